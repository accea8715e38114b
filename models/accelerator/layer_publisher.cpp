#include "models/accelerator/layer_publisher.h"

#include <fmt/format.h>

#include <algorithm>

namespace eyeriss::accelerator {

namespace {

using observe::attribute;
using observe::stream_kind;

ledger difference(const ledger& now, const ledger& before) {
    ledger out{};
    for (std::size_t c = 0; c < cause_count; ++c) out[c] = now[c] - before[c];
    return out;
}

std::int64_t number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

/// The cause that took most of these cycles.
std::string_view largest(const ledger& spent) {
    const auto most = std::max_element(spent.begin(), spent.end());
    return cause_names.at(static_cast<std::size_t>(most - spent.begin()));
}

}  // namespace

layer_publisher::layer_publisher(observe::recorder& recorder, const arch::machine& m,
                                 const sc_core::sc_time& cycle)
    : recorder_(recorder), m_(m), cycle_(cycle) {
    layers_ = recorder_.open("accelerator.layer", stream_kind::layer);
    passes_ = recorder_.open("accelerator.pass", stream_kind::pass);
    clusters_.resize(m.noc.clusters());
    for (unsigned c = 0; c < m.noc.clusters(); ++c)
        clusters_[c].stream = recorder_.open(fmt::format("cluster.c{}", c), stream_kind::cluster, c);
    const std::array<std::pair<std::string_view, unsigned>, 3> networks{
        {{"iact", m.noc.iact_port_bits}, {"weight", m.noc.weight_port_bits}, {"psum", m.noc.psum_port_bits}}};
    for (unsigned n = 0; n < networks.size(); ++n) {
        networks_.at(n).bits = networks.at(n).second;
        networks_.at(n).stream =
            recorder_.open(fmt::format("noc.{}", networks.at(n).first), stream_kind::network, n);
    }
    open_ports("iact", "p", iact_, m.noc.iact_ports(), m.noc.iact_routers());
    open_ports("weight", "p", weight_, m.noc.weight_ports(), m.noc.pe_rows);
    open_ports("psum", "in", psum_in_, m.noc.psum_ports(), m.noc.pe_cols);
    open_ports("psum", "out", psum_out_, m.noc.psum_ports(), m.noc.pe_cols);
    for (unsigned b = 0; b < m.noc.clusters() * m.noc.iact_routers(); ++b) {
        const unsigned cluster = b / m.noc.iact_routers();
        banks_.push_back(recorder_.open(fmt::format("glb.c{}.iact{}", cluster, b % m.noc.iact_routers()),
                                        stream_kind::bank, cluster));
    }
}

/// On a bus all clusters share the one port.
void layer_publisher::open_ports(std::string_view network, std::string_view port,
                                 std::vector<port_view>& views, unsigned count, unsigned in_cluster) {
    views.resize(count);
    for (unsigned i = 0; i < count; ++i) {
        const unsigned cluster = i / in_cluster;
        auto name = m_.noc.is_bus() ? fmt::format("noc.{}.{}", network, port)
                                    : fmt::format("noc.{}.c{}.{}{}", network, cluster, port, i % in_cluster);
        views[i].stream = recorder_.open(std::move(name), stream_kind::link, cluster);
    }
}

void layer_publisher::begin_layer(cycle_t start, cycle_t configured, std::uint64_t passes) {
    began_ = true;
    first_pass_ = recorder_.reserve(passes);
    configured_ = last_end_ = configured;
    if (recorder_.wants(stream_kind::layer))
        recorder_.record({layers_, 0, layer_, at(start), at(configured), "configuration"});
    for (auto& c : clusters_) {
        c.seen = {};
        c.until = start;
    }
    for (auto& n : networks_) n.mesh = n.local = 0;
    for (auto* ports : {&iact_, &weight_, &psum_in_, &psum_out_}) {
        for (auto& port : *ports) port.seen = {0, 0, configured - start};
    }
}

void layer_publisher::loaded(std::uint64_t pass, std::span<const cycle_t> words,
                             std::span<const cycle_t> filled) {
    if (!recorder_.wants(stream_kind::bank)) return;
    for (std::size_t b = 0; b < words.size(); ++b) {
        if (words[b] == 0) continue;
        const attribute amount{"words", number(words[b])};
        const cycle_t begin = filled[b] - std::min(filled[b], words[b]);
        recorder_.record({banks_[b], 0, this->pass(pass), at(begin), at(filled[b]), "fill", {&amount, 1}});
    }
}

void layer_publisher::publish_network(std::size_t which, const noc::network::traffic& now, std::uint64_t pass,
                                      cycle_t begin, cycle_t end) {
    network_view& view = networks_.at(which);
    const std::uint64_t before = view.mesh + view.local;
    const std::uint64_t words = now.mesh + now.local - before;
    if (words == 0) return;
    const std::uint64_t bytes = (before + words) * view.bits / 8 - before * view.bits / 8;
    const std::array attributes{attribute{"bytes", number(bytes)}, attribute{"words", number(words)},
                                attribute{"mesh_words", number(now.mesh - view.mesh)},
                                attribute{"local_words", number(now.local - view.local)}};
    view.mesh = now.mesh;
    view.local = now.local;
    recorder_.record({view.stream, 0, this->pass(pass), at(begin), at(end), "words", attributes});
}

/// Idle cycles since the last look are shown before the active ones.
void layer_publisher::publish_port(port_view& view, const arch::timing::port_ledger& now, cycle_t until,
                                   observe::transaction_id parent) {
    const cycle_t busy = now.busy - view.seen.busy, stalled = now.stalled - view.seen.stalled;
    view.seen = now;
    if (busy + stalled == 0) return;
    const std::array attributes{attribute{"busy", number(busy)}, attribute{"stalled", number(stalled)}};
    recorder_.record({view.stream, 0, parent, at(until - busy - stalled), at(until),
                      busy >= stalled ? "busy" : "stalled", attributes});
}

void layer_publisher::publish_cluster(cluster_view& view, const ledger& now, cycle_t until,
                                      std::string_view name, observe::transaction_id parent) {
    const ledger spent = difference(now, view.seen);
    std::array<attribute, cause_count> attributes{};
    std::size_t used = 0;
    for (std::size_t c = 0; c < cause_count; ++c) {
        if (spent[c] != 0) attributes.at(used++) = {cause_names.at(c), number(spent[c])};
    }
    until = std::max(until, view.until);
    if (used != 0) {
        recorder_.record({view.stream, 0, parent, at(view.until), at(until),
                          name.empty() ? largest(spent) : name, std::span(attributes).first(used)});
    }
    view.seen = now;
    view.until = until;
}

/// Of clusters in which a PE had work: nowhere else did anything change.
void layer_publisher::publish_clusters(const arch::timing::array_timing& timing,
                                       std::span<const std::uint32_t> working, std::uint64_t pass) {
    const unsigned pes = m_.noc.pes_per_cluster();
    unsigned next = 0;
    for (const std::uint32_t worker : working) {
        const unsigned c = worker / pes;
        if (c < next) continue;
        next = c + 1;
        ledger sum{};
        cycle_t until = 0;
        for (unsigned pe = c * pes; pe < (c + 1) * pes; ++pe) {
            const ledger& spent = timing.spent(pe);
            for (std::size_t k = 0; k < cause_count; ++k) sum[k] += spent[k];
            until = std::max(until, timing.psums_moved(pe));
        }
        publish_cluster(clusters_[c], sum, until, {}, this->pass(pass));
    }
}

void layer_publisher::passed(std::uint64_t pass, const arch::timing::pass_times& times,
                             const arch::timing::array_timing& timing, const noc::network& network,
                             std::span<const std::uint32_t> working) {
    const cycle_t begin = last_end_;
    last_end_ = std::max(last_end_, times.last_end);
    if (recorder_.wants(stream_kind::pass)) {
        const attribute index{"pass", number(pass)};
        recorder_.record({passes_, this->pass(pass), layer_, at(begin), at(last_end_), "pass", {&index, 1}});
    }
    if (recorder_.wants(stream_kind::network)) {
        publish_network(0, network.iact_traffic(), pass, begin, last_end_);
        publish_network(1, network.weight_traffic(), pass, begin, last_end_);
        publish_network(2, network.psum_traffic(), pass, begin, last_end_);
    }
    if (recorder_.wants(stream_kind::link)) {
        for (std::size_t group = 0; group < 4; ++group) {
            auto& views = *std::array{&iact_, &weight_, &psum_in_, &psum_out_}.at(group);
            for (std::size_t i = 0; i < views.size(); ++i) {
                const auto& account = timing.account(static_cast<arch::timing::port_group>(group), i);
                publish_port(views[i], account.so_far(), account.until(), this->pass(pass));
            }
        }
    }
    if (recorder_.wants(stream_kind::cluster)) publish_clusters(timing, working, pass);
}

/// What is charged only when the layer's end is known.
void layer_publisher::publish_rest(const layer_report& report, cycle_t end) {
    const unsigned pes = m_.noc.pes_per_cluster();
    for (unsigned c = 0; c < clusters_.size(); ++c) {
        ledger sum{};
        for (unsigned pe = c * pes; pe < (c + 1) * pes; ++pe) {
            for (std::size_t k = 0; k < cause_count; ++k) sum[k] += report.ledgers.pes[pe][k];
        }
        publish_cluster(clusters_[c], sum, end, "end of layer", layer_);
    }
}

void layer_publisher::end_layer(const layer_report& report, cycle_t start, cycle_t end) {
    if (recorder_.wants(stream_kind::cluster) && began_ && !report.ledgers.pes.empty())
        publish_rest(report, end);
    began_ = false;
    const std::array attributes{attribute{"index", report.layer_index},
                                attribute{"error", report.error},
                                attribute{"passes", number(report.passes)},
                                attribute{"cycles", number(report.cycles)},
                                attribute{"macs_effectual", number(report.macs_effectual)},
                                attribute{"dram_read_bytes", number(report.dram_read_bytes)},
                                attribute{"dram_write_bytes", number(report.dram_write_bytes)}};
    if (recorder_.wants(stream_kind::layer))
        recorder_.record({layers_, layer_, 0, at(start), at(end), "layer", attributes});
}

}  // namespace eyeriss::accelerator
