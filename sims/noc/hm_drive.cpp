#include "sims/noc/hm_drive.h"

#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "sims/noc/noc_results.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

using energy::action;

/// Picojoules of a word on a network's links between clusters and into them.
struct link_costs {
    double mesh = 0, local = 0;
};

link_costs costs_of(noc::port_kind kind, const energy::energy_table& table) {
    const auto& pj = table.picojoules;
    if (kind == noc::port_kind::iact) return {pj[action::iact_mesh_link], pj[action::iact_local_link]};
    if (kind == noc::port_kind::weight) return {pj[action::weight_mesh_link], pj[action::weight_local_link]};
    return {pj[action::psum_mesh_link], pj[action::psum_local_link]};
}

/// What the ports of one network did in a measurement.
struct network_use {
    unsigned sources = 0;
    double words_in = 0, to_pes = 0, on_mesh = 0;  ///< words a cycle
    std::size_t clusters_fed = 0;
    double pes_fed = 0;  ///< by a word, on average
    double picojoules = 0;
};

/// links() lists each circuit's source before the links that it drives.
network_use use_of(noc::port_kind kind, const noc::circuit_mesh& mesh, const load_point& point,
                   const energy::energy_table& table) {
    network_use use;
    const link_costs costs = costs_of(kind, table);
    std::size_t next = 0;
    const auto cycles = static_cast<double>(point.cycles);
    bool counts = false;
    for (const auto& link : point.links) {
        const double words = static_cast<double>(link.busy) / cycles;
        if (link.kind == noc::link_kind::injection) {
            const noc::circuit& c = mesh.circuits().at(next++);
            const bool psums = kind == noc::port_kind::psum_in && c.kind == noc::port_kind::psum_out;
            counts = c.kind == kind || psums;
            if (!counts) continue;
            const auto pes = static_cast<double>(static_cast<unsigned>(std::popcount(c.turns.front())));
            ++use.sources;
            use.words_in += words;
            use.to_pes += words * pes * static_cast<double>(c.destinations.size());
            use.clusters_fed = std::max(use.clusters_fed, c.destinations.size());
            use.pes_fed = std::max(use.pes_fed, pes * static_cast<double>(c.destinations.size()));
        } else if (counts) {
            const bool between = link.kind == noc::link_kind::mesh;
            use.on_mesh += between ? words : 0;
            use.picojoules += words * (between ? costs.mesh : costs.local);
        }
    }
    return use;
}

nlohmann::ordered_json networks_json(const hm_question& q, const noc::circuit_mesh& mesh,
                                     const load_point& point, const energy::energy_table& table) {
    nlohmann::ordered_json out;
    const auto add = [&](const char* name, noc::port_kind kind, hm_mode mode) {
        const auto use = use_of(kind, mesh, point, table);
        if (use.sources == 0) return;
        out[name] = {{"sources", use.sources},
                     {"clusters_fed_by_a_word", use.clusters_fed},
                     {"pes_fed_by_a_word", use.pes_fed},
                     {"words_in_per_cycle", use.words_in},
                     {"words_to_pes_per_cycle", use.to_pes},
                     {"words_on_mesh_links_per_cycle", use.on_mesh},
                     {"picojoules_per_word_to_a_pe", use.to_pes > 0 ? use.picojoules / use.to_pes : 0.0}};
        if (q.groups.empty()) out[name]["closed_form_at_full_load"] = closed_form(kind, mode, q.parameters);
    };
    add("iact", noc::port_kind::iact, q.modes.iact);
    add("weight", noc::port_kind::weight, q.modes.weight);
    add("psum", noc::port_kind::psum_in, q.modes.psum);
    return out;
}

const char* network_name(noc::port_kind kind) {
    return kind == noc::port_kind::iact ? "iact" : kind == noc::port_kind::weight ? "weight" : "psum";
}

void name(nlohmann::ordered_json& of, const noc::circuit& c) {
    of["network"] = network_name(c.kind);
    of["port"] = c.port;
}

/// Says of each link and sender whose it is; links() lists each circuit's source before the links that it
/// drives, and senders are numbered as the circuits.
void name_circuits(nlohmann::ordered_json& point, const noc::circuit_mesh& mesh) {
    std::size_t next = 0;
    for (auto& link : point["links"]) {
        next += link.at("kind") == "injection" ? 1 : 0;
        name(link, mesh.circuits().at(next - 1));
    }
    for (auto& sender : point["senders"]) {
        const auto& c = mesh.circuits().at(sender.at("from").get<std::size_t>());
        sender["from"] = c.cluster;
        name(sender, c);
    }
}

void slow_down(noc::circuit_mesh& mesh, const hm_question& q) {
    using noc::port_kind;
    for (const auto& s : q.slow) {
        for (const auto kind :
             {port_kind::iact, port_kind::weight, port_kind::psum_in, port_kind::psum_out}) {
            for (unsigned pe = 0; pe < q.parameters.pes_per_cluster(); ++pe) {
                mesh.slow_pe(kind, s.cluster, pe, s.cycles);
            }
        }
    }
}

std::uint64_t port_bits(const noc::circuit_mesh& mesh, const noc::noc_parameters& p) {
    return mesh.area(noc::port_kind::iact).ports * p.iact_port_bits +
           mesh.area(noc::port_kind::weight).ports * p.weight_port_bits +
           mesh.area(noc::port_kind::psum_in).ports * p.psum_port_bits;
}

}  // namespace

void drive_hm(const hm_question& q, const energy::cost_table& costs, const arch::machine& machine,
              nlohmann::ordered_json& out) {
    auto sized = machine;
    sized.noc = q.parameters;
    const auto table = energy::resolve(costs, sized);
    const auto circuits =
        q.groups.empty() ? circuits_of(q.modes, q.parameters) : circuits_of(q.groups, q.parameters);
    if (circuits.empty()) throw user_error("--modes: all networks are off");
    noc::circuit_mesh mesh("hm", q.parameters);
    const circuit_rule rule(circuits, q.parameters.clusters());
    auto points = nlohmann::ordered_json::array();
    std::uint64_t words = 0;
    const auto run = [&](const load_plan& plan) {
        if (const auto message = mesh.set(circuits); !message.empty()) {
            throw user_error(fmt::format("noc: {}", message));
        }
        slow_down(mesh, q);
        auto point = run_load(mesh, rule, plan);
        mesh.check_flow();
        words += mesh.words_to_pes();
        return point;
    };
    const auto result = run_sweep(q.sweep, run);
    for (const auto& p : result.points) {
        const auto networks = networks_json(q, mesh, p, table);
        double to_pes = 0, picojoules = 0;
        for (const auto& [name, n] : networks.items()) {
            const double here = n.at("words_to_pes_per_cycle").get<double>();
            to_pes += here;
            picojoules += here * n.at("picojoules_per_word_to_a_pe").get<double>();
        }
        auto json = point_json(p, to_pes > 0 ? picojoules / to_pes : 0.0, true);
        json["words_to_pes_per_cycle"] = to_pes;
        json["networks"] = networks;
        name_circuits(json, mesh);
        points.push_back(json);
    }
    const auto& p = q.parameters;
    out["pe_rows"] = p.pe_rows;
    out["pe_cols"] = p.pe_cols;
    out["hop_cycles"] = p.hop_cycles;
    out["iact_port_bits"] = p.iact_port_bits;
    out["weight_port_bits"] = p.weight_port_bits;
    out["psum_port_bits"] = p.psum_port_bits;
    out["area"] = area_json(mesh.area(), port_bits(mesh, p));
    out["config_bits_per_cluster"] = mesh.mesh().config_bits_per_cluster();
    out["config_bits"] = mesh.mesh().config_bits_per_cluster() * p.clusters();
    out["zero_load_latency_cycles"] = result.zero_load;
    out["throughput"] = result.throughput;
    if (q.sweep.find_knee) out["knee"] = result.knee;
    out["points"] = points;
    out["words_to_pes_simulated"] = words;
}

}  // namespace eyeriss::sims
