#include "noc/broadcast_bus.h"

#include "noc/config_fields.h"

namespace eyeriss::noc {

broadcast_bus::broadcast_bus(sc_core::sc_module_name name, const noc_parameters& p,
                             const sc_core::sc_time& cycle)
    : network(name),
      p_(p),
      hop_(p.hop_cycles * cycle),
      iact_in_("iact_in", p.clusters()),
      weight_in_("weight_in", p.clusters()),
      from_bank_("from_bank", p.clusters() * p.pe_cols),
      from_pe_("from_pe", p.clusters() * p.pe_cols),
      iact_out_("iact_out", p.clusters()),
      weight_out_("weight_out", p.clusters()),
      to_bank_("to_bank", p.clusters() * p.pe_cols),
      to_pe_("to_pe", p.clusters() * p.pe_cols),
      psum_pes_(p.pes()) {
    for (auto* bus : {&iacts_, &weights_}) bus->x_words.assign(p.clusters(), 0);
    for (unsigned i = 0; i < p.clusters(); ++i) {
        iact_in_[i].register_b_transport(this, &broadcast_bus::spread_iacts, static_cast<int>(i));
        weight_in_[i].register_b_transport(this, &broadcast_bus::spread_weights, static_cast<int>(i));
    }
    for (unsigned i = 0; i < p.clusters() * p.pe_cols; ++i) {
        from_bank_[i].register_b_transport(this, &broadcast_bus::enter_psums, static_cast<int>(i));
        from_pe_[i].register_b_transport(this, &broadcast_bus::leave_psums, static_cast<int>(i));
    }
}

unsigned broadcast_bus::config_bits_per_cluster() const {
    return p_.pes_per_cluster() * (2 * p_.bus_tag_bits() + 4);
}

std::string broadcast_bus::configure(std::span<const std::uint32_t> words, unsigned& bad_cluster) {
    const unsigned tag_bits = p_.bus_tag_bits();
    for (auto* bus : {&iacts_, &weights_}) {
        bus->takers.assign(p_.pes() + 1, {});
        bus->used = false;
    }
    for (unsigned c = 0; c < p_.clusters(); ++c) {
        bad_cluster = c;
        config_fields fields(words, std::size_t{c} * config_words_per_cluster());
        for (unsigned i = 0; i < p_.pes_per_cluster(); ++i) {
            const auto where =
                std::string(name()) + ": PE " + std::to_string(i) + " of row " + std::to_string(c);
            for (auto* bus : {&iacts_, &weights_}) {
                const unsigned tag = fields.take(tag_bits);
                if (tag > p_.pes()) {
                    return where + " has tag " + std::to_string(tag) + ", but there are " +
                           std::to_string(p_.pes());
                }
                if (tag == 0) continue;
                bus->takers[tag].resize(p_.clusters());
                bus->takers[tag][c] |= 1U << i;
                bus->used = true;
            }
            const unsigned in = fields.take(2);
            const unsigned out = fields.take(2);
            if (in > psum_bus || out > psum_bus) return where + " takes or gives psums no known way";
            psum_pes_[pe(c, i)] = {static_cast<psum_way>(in), static_cast<psum_way>(out)};
        }
    }
    return check_psums(bad_cluster);
}

std::string broadcast_bus::check_psums(unsigned& bad_cluster) const {
    for (unsigned c = 0; c < p_.clusters(); ++c) {
        bad_cluster = c;
        for (unsigned col = 0; col < p_.pe_cols; ++col) {
            const auto where =
                std::string(name()) + ": PE " + std::to_string(col) + " of row " + std::to_string(c);
            const bool north =
                c >= p_.cluster_cols && psum_pes_[pe(c - p_.cluster_cols, col)].out == psum_link;
            const bool south = c + p_.cluster_cols < p_.clusters() &&
                               psum_pes_[pe(c + p_.cluster_cols, col)].in == psum_link;
            const auto& here = psum_pes_[pe(c, col)];
            if (here.in == psum_link && !north)
                return where + " waits for psums of a neighbour that sends none";
            if (here.out == psum_link && !south) return where + " sends psums to a neighbour that takes none";
        }
    }
    return {};
}

void broadcast_bus::clear_counts() {
    for (auto* bus : {&iacts_, &weights_}) {
        bus->y_words = 0;
        bus->x_words.assign(p_.clusters(), 0);
    }
    psums_in_ = psums_out_ = psums_on_links_ = 0;
}

std::vector<driven_link> broadcast_bus::driven_links() const {
    std::vector<driven_link> links;
    const auto add = [&](const multicast& bus, port_kind kind) {
        if (!bus.used) return;
        links.push_back({kind, 0, bus.y_words});
        for (const std::uint64_t words : bus.x_words) {
            if (words != 0) links.push_back({kind, 0, words});
        }
    };
    add(iacts_, port_kind::iact);
    add(weights_, port_kind::weight);
    links.push_back({port_kind::psum_in, 0, psums_in_});
    links.push_back({port_kind::psum_out, 0, psums_out_});
    return links;
}

void broadcast_bus::spread(multicast& bus, sc_core::sc_vector<stream_out<broadcast_bus>>& rows, burst& b,
                           const sc_core::sc_time& delay) {
    const std::uint32_t tag = b.pes;
    bus.y_words += b.words;
    if (tag >= bus.takers.size()) return;
    const auto& takers = bus.takers[tag];
    for (unsigned c = 0; c < takers.size(); ++c) {
        if (takers[c] == 0) continue;
        b.pes = takers[c];
        bus.x_words[c] += b.words;
        sc_core::sc_time there = delay + hop_;
        rows[c]->b_transport(b, there);
    }
    b.pes = tag;
}

void broadcast_bus::spread_iacts(int, burst& b, sc_core::sc_time& delay) {
    spread(iacts_, iact_out_, b, delay);
}

void broadcast_bus::spread_weights(int, burst& b, sc_core::sc_time& delay) {
    spread(weights_, weight_out_, b, delay);
}

void broadcast_bus::enter_psums(int pe, burst& b, sc_core::sc_time& delay) {
    const auto i = static_cast<std::size_t>(pe);
    if (psum_pes_[i].in != psum_bus) return;
    psums_in_ += b.words;
    b.pes = static_cast<std::uint32_t>(pe);
    sc_core::sc_time there = delay + hop_;
    to_pe_[i]->b_transport(b, there);
}

void broadcast_bus::leave_psums(int pe, burst& b, sc_core::sc_time& delay) {
    const auto i = static_cast<std::size_t>(pe);
    if (psum_pes_[i].out == psum_link) {
        psums_on_links_ += b.words;
        to_pe_[i + std::size_t{p_.cluster_cols} * p_.pe_cols]->b_transport(b, delay);
    } else if (psum_pes_[i].out == psum_bus) {
        psums_out_ += b.words;
        sc_core::sc_time there = delay + hop_;
        to_bank_[b.pes]->b_transport(b, there);
    }
}

}  // namespace eyeriss::noc
