#include "sims/noc/trace_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "noc/circuit_mesh.h"
#include "sims/noc/load_run.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

/// What happened to a layer's transfers.
struct replayed {
    std::uint64_t transfers = 0, words_sent = 0, words_to_clusters = 0, words_to_pes = 0;
    std::uint64_t expected_to_clusters = 0;
    std::uint64_t words_on_mesh = 0;
    noc::cycle_t first = ~noc::cycle_t{0}, last = 0;
    latency_counts latency;
};

/// A port's transfers as packets over a network of its own plane.
class plane {
public:
    plane(const noc_setup& setup, std::uint32_t packet_words)
        : network_(make_load_network(setup)), packet_words_(packet_words) {}

    void send(const noc::transfer& t) {
        if (t.cycle > network_->now()) network_->advance(t.cycle);
        std::vector<unsigned> to;
        to.reserve(t.destinations.size());
        for (const auto& d : t.destinations) to.push_back(d.cluster);
        for (std::uint64_t left = t.words; left > 0;) {
            const auto words = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, packet_words_));
            network_->inject({t.cluster, to, words, t.cycle, 0});
            left -= words;
        }
    }

    void finish(replayed& sum) {
        for (noc::cycle_t at = network_->now(); !network_->idle();) network_->advance(at += 256);
        for (const auto& d : network_->deliveries()) {
            sum.words_to_clusters += d.words;
            sum.last = std::max(sum.last, d.last);
            sum.latency.add(d.last - d.created);
        }
        for (const auto& l : network_->links()) {
            if (l.kind == noc::link_kind::mesh || l.kind == noc::link_kind::bus) sum.words_on_mesh += l.busy;
        }
    }

private:
    std::unique_ptr<noc::packet_network> network_;
    std::uint32_t packet_words_;
};

void replay_packets(const layer_trace& layer, const noc_setup& setup, std::uint32_t packet_words,
                    replayed& sum) {
    const bool one_bus = setup.topology == load_topology::bus;
    std::map<std::tuple<noc::port_kind, unsigned>, plane> planes;
    for (const auto& t : layer.transfers) {
        const auto key = std::make_tuple(t.network, one_bus ? 0U : t.port);
        planes.try_emplace(key, setup, packet_words).first->second.send(t);
    }
    for (auto& [key, p] : planes) p.finish(sum);
}

/// The circuits that a layer's transfers need, and which of them carries each transfer.
std::vector<noc::circuit> circuits_for(const layer_trace& layer, std::vector<unsigned>& circuit_of) {
    std::map<std::tuple<noc::port_kind, unsigned, unsigned>, unsigned> known;
    std::vector<noc::circuit> circuits;
    for (const auto& t : layer.transfers) {
        std::vector<unsigned> clusters;
        std::uint32_t pes = 0;
        for (const auto& d : t.destinations) {
            clusters.push_back(d.cluster);
            pes |= d.pes;
        }
        const auto [place, is_new] = known.try_emplace({t.network, t.cluster, t.port}, circuits.size());
        if (is_new) circuits.push_back({t.network, t.cluster, t.port, clusters, {}});
        auto& c = circuits[place->second];
        if (c.destinations != clusters) {
            throw user_error(
                fmt::format("trace: layer {}: port {} of cluster {} feeds other clusters at cycle {} than "
                            "before; circuits of hm stay as they are for a layer",
                            layer.name, t.port, t.cluster, t.cycle));
        }
        c.turns.push_back(pes);
        circuit_of.push_back(place->second);
    }
    return circuits;
}

void replay_circuits(const layer_trace& layer, noc::circuit_mesh& mesh, replayed& sum) {
    std::vector<unsigned> circuit_of;
    const auto circuits = circuits_for(layer, circuit_of);
    if (const auto message = mesh.set(circuits); !message.empty()) {
        throw user_error(fmt::format("trace: layer {}: {}", layer.name, message));
    }
    for (std::size_t i = 0; i < layer.transfers.size(); ++i) {
        const auto& t = layer.transfers[i];
        const auto& to = circuits[circuit_of[i]].destinations;
        mesh.inject({circuit_of[i], to, static_cast<std::uint32_t>(t.words), t.cycle, 0});
    }
    for (noc::cycle_t at = mesh.now(); !mesh.idle();) mesh.advance(at += 4096);
    mesh.check_flow();
    for (const auto& d : mesh.deliveries()) {
        sum.words_to_clusters += d.words;
        sum.last = std::max(sum.last, d.last);
        sum.latency.add(d.last - d.created);
    }
    for (const auto& l : mesh.links()) {
        if (l.kind == noc::link_kind::mesh) sum.words_on_mesh += l.busy;
    }
}

nlohmann::ordered_json layer_json(const std::string& name, const replayed& r) {
    const auto latency = r.latency.summary();
    const noc::cycle_t cycles = r.transfers == 0 ? 0 : r.last + 1 - r.first;
    return {{"layer", name},
            {"transfers", r.transfers},
            {"words_sent", r.words_sent},
            {"words_to_clusters", r.words_to_clusters},
            {"words_to_pes", r.words_to_pes},
            {"words_on_mesh_links", r.words_on_mesh},
            {"cycles", cycles},
            {"words_to_pes_per_cycle",
             cycles == 0 ? 0.0 : static_cast<double>(r.words_to_pes) / static_cast<double>(cycles)},
            {"latency_cycles",
             {{"mean", latency.mean},
              {"p50", latency.p50},
              {"p95", latency.p95},
              {"p99", latency.p99},
              {"max", latency.most}}}};
}

}  // namespace

void replay(const noc_trace& trace, const noc_setup& setup, std::uint32_t packet_words,
            const noc::noc_parameters& hm, nlohmann::ordered_json& out) {
    if (trace.rows != setup.traffic.rows || trace.cols != setup.traffic.cols) {
        throw user_error(fmt::format("--size: {}x{} expects the trace's {}x{}", setup.traffic.rows,
                                     setup.traffic.cols, trace.rows, trace.cols));
    }
    std::unique_ptr<noc::circuit_mesh> mesh;
    if (setup.topology == load_topology::hm) mesh = std::make_unique<noc::circuit_mesh>("hm", hm);
    auto layers = nlohmann::ordered_json::array();
    noc::cycle_t cycles = 0;
    for (const auto& layer : trace.layers) {
        replayed sum;
        for (const auto& t : layer.transfers) {
            ++sum.transfers;
            sum.words_sent += t.words;
            sum.expected_to_clusters += t.words * t.destinations.size();
            sum.first = std::min(sum.first, t.cycle);
            // A circuit's burst may pass more PEs than take it: their number may differ between clusters.
            for (const auto& d : t.destinations) {
                sum.words_to_pes += t.words * static_cast<unsigned>(std::popcount(d.pes));
            }
        }
        if (mesh) {
            replay_circuits(layer, *mesh, sum);
        } else {
            replay_packets(layer, setup, packet_words, sum);
        }
        if (sum.words_to_clusters != sum.expected_to_clusters) {
            throw std::runtime_error(fmt::format("noc: layer {}: {} words should have arrived, {} did",
                                                 layer.name, sum.expected_to_clusters,
                                                 sum.words_to_clusters));
        }
        layers.push_back(layer_json(layer.name, sum));
        cycles += layers.back().at("cycles").get<noc::cycle_t>();
    }
    out["layers"] = layers;
    out["cycles"] = cycles;
}

}  // namespace eyeriss::sims
