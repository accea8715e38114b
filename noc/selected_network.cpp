#include "noc/selected_network.h"

#include <algorithm>

#include "noc/config_fields.h"
#include "noc/mesh_tree.h"

namespace eyeriss::noc {

selected_network::selected_network(sc_core::sc_module_name name, const noc_parameters& p,
                                   const sc_core::sc_time& cycle)
    : network(name),
      p_(p),
      cycle_(cycle),
      iact_in_("iact_in", p.iact_ports()),
      weight_in_("weight_in", p.weight_ports()),
      from_bank_("from_bank", p.psum_ports()),
      from_pe_("from_pe", p.psum_ports()),
      iact_out_("iact_out", p.iact_ports()),
      weight_out_("weight_out", p.weight_ports()),
      to_bank_("to_bank", p.psum_ports()),
      to_pe_("to_pe", p.psum_ports()) {
    for (unsigned i = 0; i < p.iact_ports(); ++i)
        iact_in_[i].register_b_transport(this, &selected_network::spread_iacts, static_cast<int>(i));
    for (unsigned i = 0; i < p.weight_ports(); ++i)
        weight_in_[i].register_b_transport(this, &selected_network::spread_weights, static_cast<int>(i));
    for (unsigned i = 0; i < p.psum_ports(); ++i) {
        from_bank_[i].register_b_transport(this, &selected_network::enter_psums, static_cast<int>(i));
        from_pe_[i].register_b_transport(this, &selected_network::leave_psums, static_cast<int>(i));
    }
    iacts_.listeners.resize(p.iact_ports());
    weights_.listeners.resize(p.weight_ports());
    clear_counts();
}

std::string selected_network::configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) {
    for (auto* planes : {&iacts_, &weights_}) planes->listeners.assign(planes->listeners.size(), {});
    bank_feeds_.assign(p_.psum_ports(), false);
    pe_after_.assign(p_.psum_ports(), nobody);
    bank_after_.assign(p_.psum_ports(), nobody);
    for (unsigned c = 0; c < p_.clusters(); ++c) {
        bad_cluster = c;
        config_fields fields(words, std::size_t{c} * config_words_per_cluster());
        const auto listen = [&](plane_set& planes, unsigned sinks, unsigned bits, const char* what) {
            for (unsigned i = 0; i < sinks; ++i) {
                const unsigned named = fields.take(bits);
                if (named > planes.listeners.size()) {
                    return std::string(this->name()) + ": " + what + " sink " + std::to_string(i) +
                           " of cluster " + std::to_string(c) + " listens to source " +
                           std::to_string(named) + ", but there are " +
                           std::to_string(planes.listeners.size());
                }
                if (named != 0) planes.listeners[named - 1].push_back(c * sinks + i);
            }
            return std::string();
        };
        auto message = listen(iacts_, p_.iact_routers(), p_.iact_selection_bits(), "iact");
        if (message.empty()) message = listen(weights_, p_.pe_rows, p_.weight_selection_bits(), "weight");
        for (unsigned col = 0; col < p_.pe_cols && message.empty(); ++col) {
            const unsigned pe = fields.take(p_.psum_selection_bits());
            message = configure_psums(c, col, pe, fields.take(p_.psum_selection_bits()));
        }
        if (!message.empty()) return message;
    }
    return {};
}

std::string selected_network::configure_psums(unsigned cluster, unsigned column, unsigned pe, unsigned bank) {
    const unsigned here = p_.psum_port(cluster, column);
    const auto where = [&](const char* taker) {
        return std::string(name()) + ": " + taker + " of column " + std::to_string(column) + " of cluster " +
               std::to_string(cluster);
    };
    if (pe == psum_from_bank) bank_feeds_[here] = true;
    for (const auto& [select, after, taker] :
         {std::tuple{pe, &pe_after_, "the bottom PE"}, std::tuple{bank, &bank_after_, "the bank"}}) {
        if (select == psum_from_bank && after == &bank_after_)
            return where(taker) + " would take its own psums";
        if (select < psum_from_cluster) continue;
        if (select >= psum_from_cluster + p_.clusters()) {
            return where(taker) + " listens to cluster " + std::to_string(select - psum_from_cluster) +
                   ", but there are " + std::to_string(p_.clusters());
        }
        const unsigned sender = p_.psum_port(select - psum_from_cluster, column);
        if (pe_after_[sender] != nobody || bank_after_[sender] != nobody)
            return where(taker) + " takes psums that another takes already";
        (*after)[sender] = here;
    }
    return {};
}

void selected_network::clear_counts() {
    iacts_.counts = weights_.counts = psum_counts_ = {};
    iacts_.sink_words.assign(p_.iact_ports(), 0);
    weights_.sink_words.assign(p_.weight_ports(), 0);
    into_pes_.assign(p_.psum_ports(), 0);
    into_banks_.assign(p_.psum_ports(), 0);
}

std::vector<driven_link> selected_network::driven_links() const {
    std::vector<driven_link> links;
    const auto add = [&](const plane_set& planes, port_kind kind) {
        for (unsigned port = 0; port < planes.listeners.size(); ++port) {
            for (const unsigned listener : planes.listeners[port])
                links.push_back({kind, port, planes.sink_words[listener]});
        }
    };
    if (p_.kind == topology::crossbar) {
        add(iacts_, port_kind::iact);
        add(weights_, port_kind::weight);
    }
    for (unsigned i = 0; i < bank_after_.size(); ++i) {
        if (bank_feeds_[i]) links.push_back({port_kind::psum_in, i, into_pes_[i]});
        if (bank_after_[i] != nobody)
            links.push_back({port_kind::psum_out, bank_after_[i], into_banks_[bank_after_[i]]});
    }
    return links;
}

link_counts selected_network::links() const {
    // Bottom PEs and banks each have a link of their own.
    link_counts n{p_.iact_ports(), p_.weight_ports(), 2 * p_.psum_ports()};
    if (p_.kind == topology::crossbar) return n;
    const unsigned mesh =
        2 * (p_.cluster_rows * (p_.cluster_cols - 1) + p_.cluster_cols * (p_.cluster_rows - 1));
    n.iact = p_.planes(p_.iact_routers()) * (mesh + p_.clusters());
    n.weight = p_.planes(p_.pe_rows) * (mesh + p_.clusters());
    n.psum += p_.planes(p_.pe_cols) * (mesh + p_.clusters());
    return n;
}

void selected_network::count(traffic& counts, unsigned from, std::span<const unsigned> to,
                             std::uint64_t words) const {
    const word_moves moves = moves_of(p_, from, to);
    counts.local += words * to.size();
    counts.mesh += words * moves.links;
    counts.buffered += words * moves.buffers;
}

void selected_network::spread(plane_set& planes, sc_core::sc_vector<stream_out<selected_network>>& sinks,
                              unsigned ports, unsigned port, burst& b, const sc_core::sc_time& delay) {
    const unsigned from = port / ports;
    std::vector<unsigned> reached;
    for (const unsigned listener : planes.listeners[port]) {
        const auto before = b.arrivals.size();
        sc_core::sc_time there =
            delay + static_cast<double>(p_.transit_cycles(from, listener / ports)) * cycle_;
        sinks[listener]->b_transport(b, there);
        if (b.arrivals.size() == before) continue;
        reached.push_back(listener / ports);
        planes.sink_words[listener] += b.words;
    }
    count(planes.counts, from, reached, b.words);
}

void selected_network::spread_iacts(int port, burst& b, sc_core::sc_time& delay) {
    spread(iacts_, iact_out_, p_.iact_routers(), static_cast<unsigned>(port), b, delay);
}

void selected_network::spread_weights(int port, burst& b, sc_core::sc_time& delay) {
    spread(weights_, weight_out_, p_.pe_rows, static_cast<unsigned>(port), b, delay);
}

void selected_network::enter_psums(int column, burst& b, sc_core::sc_time& delay) {
    const auto i = static_cast<std::size_t>(column);
    if (!bank_feeds_[i]) return;
    psum_counts_.local += b.words;
    into_pes_[i] += b.words;
    to_pe_[i]->b_transport(b, delay);
}

void selected_network::leave_psums(int column, burst& b, sc_core::sc_time& delay) {
    const auto i = static_cast<std::size_t>(column);
    const bool on = pe_after_[i] != nobody;
    const unsigned taker = on ? pe_after_[i] : bank_after_[i];
    if (taker == nobody) return;
    const unsigned from = static_cast<unsigned>(i) / p_.pe_cols;
    const unsigned there = taker / p_.pe_cols;
    const std::uint64_t apart = p_.distance(from, there);
    psum_counts_.local += b.words;
    psum_counts_.mesh += b.words * apart;
    if (apart != 0 && p_.kind == topology::mesh) psum_counts_.buffered += b.words * (apart + 1);
    (on ? into_pes_ : into_banks_)[taker] += b.words;
    sc_core::sc_time later = delay + static_cast<double>(p_.transit_cycles(from, there)) * cycle_;
    (on ? to_pe_ : to_bank_)[taker]->b_transport(b, later);
}

}  // namespace eyeriss::noc
