#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "noc/flat_mesh.h"
#include "sims/commands/command.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/places.h"
#include "sims/noc/dnn_traffic.h"
#include "sims/noc/hm_drive.h"
#include "sims/noc/noc_results.h"
#include "sims/noc/noc_setup.h"
#include "sims/noc/trace_replay.h"
#include "sims/support/error.h"
#include "sims/support/stopwatch.h"

namespace eyeriss::sims {
namespace {

struct noc_options {
    noc_setup setup;
    std::string size, pattern = "uniform", network, modes, rates = "0.05..0.95:0.05";
    sweep_plan sweep;
    bool no_knee = false, links = false;
    std::string csv, chart;

    static constexpr std::string_view trace_prefix = "trace:", layer_prefix = "dnn:";
    [[nodiscard]] bool is_trace() const { return pattern.starts_with(trace_prefix); }
    [[nodiscard]] bool is_layer() const { return pattern.starts_with(layer_prefix); }
    [[nodiscard]] bool is_replay() const { return is_trace() || is_layer(); }
    [[nodiscard]] std::string network_or_default() const { return network.empty() ? "lenet5" : network; }
};

/// What the run was asked to do.
nlohmann::ordered_json question(const noc_options& o, const std::string& topology) {
    nlohmann::ordered_json out{{"schema", "eyeriss_vp.noc.1"},
                               {"topology", topology},
                               {"rows", o.setup.traffic.rows},
                               {"cols", o.setup.traffic.cols},
                               {"pattern", o.modes.empty() ? o.pattern : o.modes},
                               {"packet_words", o.sweep.run.packet_words},
                               {"width_bits", o.setup.width_bits},
                               {"seed", o.sweep.run.seed},
                               {"warm_up_cycles", o.sweep.run.warm_up},
                               {"measured_cycles", o.sweep.run.measure}};
    if (o.setup.topology == load_topology::mesh) {
        out["vcs"] = o.setup.vcs;
        out["buffer_flits"] = o.setup.buffer_flits;
        out["multicast"] = o.setup.multicast == noc::mesh_multicast::tree ? "tree" : "copies";
    }
    return out;
}

/// Loads through a network that anything can be sent over at any time.
std::uint64_t drive_packets(const noc_options& o, const energy::cost_table& table,
                            const arch::machine& machine, nlohmann::ordered_json& out) {
    const destination_rule rule(o.setup.traffic);
    check_packets(o.setup, o.sweep.run.packet_words);
    const auto energy = noc_energy_of(o.setup, table, machine);
    std::uint64_t words = 0, hops = 0;
    const auto result = run_sweep(o.sweep, [&](const load_plan& plan) {
        auto network = make_load_network(o.setup);
        auto point = run_load(*network, rule, plan);
        words += point.words_delivered;
        if (const auto* mesh = dynamic_cast<const noc::flat_mesh*>(network.get())) hops += mesh->flit_hops();
        return point;
    });
    const auto area = make_load_network(o.setup)->area();
    out["area"] = {
        {"ports", area.ports}, {"crosspoints", area.crosspoints}, {"buffer_words", area.buffer_words}};
    if (o.setup.topology == load_topology::mesh) {
        out["ceiling"] = rule.ceiling(o.setup.multicast);
        out["flit_hops_simulated"] = hops;
    }
    out["mean_links_per_delivery"] = rule.mean_links_per_delivery();
    out["zero_load_latency_cycles"] = result.zero_load;
    out["throughput"] = result.throughput;
    if (o.sweep.find_knee) out["knee"] = result.knee;
    auto points = nlohmann::ordered_json::array();
    for (const auto& p : result.points) {
        points.push_back(point_json(p, picojoules_per_word(o.setup, energy, rule, p), true));
    }
    out["points"] = points;
    return words;
}

/// Modes of the hierarchical mesh that a pattern stands for, when it is one.
hm_question hm_question_of(const noc_options& o, const arch::machine& machine) {
    hm_question q;
    q.parameters = machine.noc;
    q.parameters.kind = noc::topology::hierarchical_mesh;
    q.parameters.cluster_rows = o.setup.traffic.rows;
    q.parameters.cluster_cols = o.setup.traffic.cols;
    q.parameters.hop_cycles = o.setup.hop_cycles.value_or(machine.noc.hop_cycles);
    q.sweep = o.sweep;
    if (!o.modes.empty()) {
        q.modes = read_modes(o.modes);
    } else if (o.setup.traffic.pattern == load_pattern::multicast && !o.setup.traffic.groups.empty()) {
        q.groups = read_groups(o.setup.traffic.groups, o.setup.traffic.rows, o.setup.traffic.cols);
    } else if (hm_modes().count(o.pattern) != 0) {
        q.modes.iact = hm_modes().at(o.pattern);
    } else {
        throw user_error(
            fmt::format("--pattern: {} expects packets that choose their way; the circuits of hm are set "
                        "once, by --modes "
                        "or --pattern unicast, horizontal, vertical, broadcast or multicast with --groups",
                        o.pattern));
    }
    return q;
}

/// The machine, of as many clusters as `--size` asks for.
arch::machine sized_machine(const noc_options& o, common_options common) {
    common.settings.push_back(fmt::format("noc.cluster_rows={}", o.setup.traffic.rows));
    common.settings.push_back(fmt::format("noc.cluster_cols={}", o.setup.traffic.cols));
    return common.machine().machine;
}

/// Plays a recorded trace, or the traffic of a layer as it is mapped to the machine. A trace says its array's
/// size itself where `--size` does not.
void drive_replay(const noc_options& o, const common_options& common, const arch::machine& machine,
                  nlohmann::ordered_json& out) {
    auto setup = o.setup;
    auto hm = machine.noc;
    noc_trace trace;
    if (o.is_layer()) {
        const auto sized = sized_machine(o, common);
        hm = sized.noc;
        out["network"] = o.network_or_default();
        trace = dnn_traffic(o.network_or_default(), o.pattern.substr(noc_options::layer_prefix.size()), sized,
                            common.cache());
    } else {
        trace = read_noc_trace(o.pattern.substr(noc_options::trace_prefix.size()));
        if (o.size.empty()) {
            out["rows"] = setup.traffic.rows = trace.rows;
            out["cols"] = setup.traffic.cols = trace.cols;
        }
    }
    hm.kind = noc::topology::hierarchical_mesh;
    hm.cluster_rows = setup.traffic.rows;
    hm.cluster_cols = setup.traffic.cols;
    replay(trace, setup, o.sweep.run.packet_words, hm, out);
}

nlohmann::ordered_json drive(const noc_options& o, const common_options& common) {
    const auto machine = common.machine().machine;
    const auto table = read_energy_table(
        common.energy_file.empty() ? default_energy_file() : std::filesystem::path(common.energy_file));
    const auto named = std::find_if(load_topologies().begin(), load_topologies().end(),
                                    [&](const auto& t) { return t.second == o.setup.topology; });
    auto out = question(o, named->first);
    const stopwatch watch;
    std::uint64_t words = 0;
    if (o.is_replay()) {
        drive_replay(o, common, machine, out);
        out["wall_seconds"] = watch.wall_seconds();
        return out;
    }
    if (o.setup.topology == load_topology::hm) {
        drive_hm(hm_question_of(o, machine), table, machine, out);
        words = out.at("words_to_pes_simulated").get<std::uint64_t>();
    } else {
        words = drive_packets(o, table, machine, out);
    }
    out["wall_seconds"] = watch.wall_seconds();
    const auto rate = [&](std::uint64_t count) { return static_cast<double>(count) / watch.wall_seconds(); };
    const auto cpu_rate = [&](std::uint64_t count) {
        return static_cast<double>(count) / watch.cpu_seconds();
    };
    out["host"] = {{"cpu_seconds", watch.cpu_seconds()},
                   {"delivered_words_per_wall_second", rate(words)},
                   {"delivered_words_per_cpu_second", cpu_rate(words)}};
    if (out.contains("flit_hops_simulated")) {
        const auto hops = out.at("flit_hops_simulated").get<std::uint64_t>();
        out["host"]["flit_hops_per_wall_second"] = rate(hops);
        out["host"]["flit_hops_per_cpu_second"] = cpu_rate(hops);
    }
    return out;
}

int noc_command(noc_options o, const common_options& common) {
    const auto machine = common.machine().machine;
    o.setup.traffic.rows = machine.noc.cluster_rows;
    o.setup.traffic.cols = machine.noc.cluster_cols;
    if (!o.size.empty()) read_size(o.size, o.setup.traffic);
    if (o.is_replay() && !(o.csv.empty() && o.chart.empty())) {
        throw user_error("--csv, --chart: expect a pattern with loads, not a trace or a layer");
    }
    if (!o.is_layer() && !o.network.empty()) throw user_error("--network: expects --pattern dnn:LAYER");
    if (!o.is_replay()) o.setup.traffic.pattern = load_patterns().at(o.pattern);
    o.sweep.rates = read_rates(o.rates);
    o.sweep.find_knee = !o.no_knee;
    const auto answer = drive(o, common);
    if (!o.csv.empty()) write_file("--csv", o.csv, points_csv(answer.at("points")));
    if (!o.chart.empty()) draw_chart(o.chart, answer);
    if (common.json) {
        fmt::print("{}\n", answer.dump(2));
    } else if (!common.quiet) {
        fmt::print("{}", o.is_replay() ? layers_text(answer) : points_text(answer));
    }
    return exit_success;
}

void add_network_options(CLI::App& command, noc_options& o) {
    command.add_option("--topology", o.setup.topology, "hm, mesh, bus or crossbar")
        ->transform(CLI::CheckedTransformer(load_topologies()).description(""))
        ->type_name("NAME");
    command.add_option("--size", o.size, "Rows x columns of clusters [the machine's]");
    command.add_option("--vcs", o.setup.vcs, "Virtual channels of a mesh's port")->capture_default_str();
    command.add_option("--buffers", o.setup.buffer_flits, "Flits of a virtual channel")
        ->capture_default_str();
    command.add_option("--hop-cycles", o.setup.hop_cycles,
                       "Cycles a router, or across bus or crossbar [3; 1]");
    command.add_option("--injection-cycles", o.setup.injection_cycles, "From a node into the network")
        ->capture_default_str();
    command.add_option("--ejection-cycles", o.setup.ejection_cycles, "From the last router to the node")
        ->capture_default_str();
    command.add_option("--credit-cycles", o.setup.credit_cycles, "From a freed place to who may fill it")
        ->capture_default_str();
    command.add_option("--multicast", o.setup.multicast, "tree in the routers, or copies at the source")
        ->transform(CLI::CheckedTransformer(
                        std::map<std::string, noc::mesh_multicast>{{"tree", noc::mesh_multicast::tree},
                                                                   {"copies", noc::mesh_multicast::copies}})
                        .description(""))
        ->type_name("NAME");
    command.add_option("--width-bits", o.setup.width_bits, "Of a link, for energy and area")
        ->capture_default_str();
}

void add_traffic_options(CLI::App& command, noc_options& o) {
    std::vector<std::string> names;
    for (const auto& [name, pattern] : load_patterns()) names.push_back(name);
    command
        .add_option("--pattern", o.pattern, fmt::format("{}, trace:FILE, dnn:LAYER", fmt::join(names, ", ")))
        ->check([names](const std::string& text) {
            const bool known = std::find(names.begin(), names.end(), text) != names.end() ||
                               text.starts_with(noc_options::trace_prefix) ||
                               text.starts_with(noc_options::layer_prefix);
            return known ? std::string()
                         : fmt::format("'{}' expects trace:FILE, dnn:LAYER or one of {}", text,
                                       fmt::join(names, ", "));
        });
    command.add_option("--network", o.network, "Of dnn:LAYER: a built-in network, or an ONNX file [lenet5]");
    command.add_option(
        "--modes", o.modes,
        "Of hm's networks, as in iact=interleaved,weight=grouped,psum=vertical; off, unicast, grouped, "
        "horizontal, vertical, interleaved or broadcast");
    command.add_option("--fanout", o.setup.traffic.fanout, "Nodes of a random multicast")
        ->capture_default_str();
    command.add_option("--groups", o.setup.traffic.groups, "Who multicasts to whom, as in 0:0-3,7;8:8-15");
    command.add_option("--hotspot", o.setup.traffic.hotspot, "Node that the hotspot pattern prefers")
        ->capture_default_str();
    command.add_option("--hotspot-share", o.setup.traffic.hotspot_share, "Of packets that go there")
        ->capture_default_str();
    command.add_option("--rate", o.rates, "Words a sender and cycle: one, or from..to:step")
        ->capture_default_str();
    command.add_option("--packet-flits", o.sweep.run.packet_words, "Words a packet")->capture_default_str();
    command.add_option("--warm-up", o.sweep.run.warm_up, "Cycles before the measurement")
        ->capture_default_str();
    command.add_option("--measure", o.sweep.run.measure, "Cycles of the measurement")
        ->check(CLI::Range(1, 1'000'000'000))
        ->capture_default_str();
    command.add_option("--seed", o.sweep.run.seed, "Of all random choices")->capture_default_str();
    command.add_option("--knee-factor", o.sweep.knee_factor, "Of the latency without load")
        ->check(CLI::Range(1.0, 1000.0))
        ->capture_default_str();
    command.add_flag("--no-knee", o.no_knee, "Leave out the search for the knee");
}

}  // namespace

void add_noc(CLI::App& app, const common_options& common, action& chosen) {
    auto* command = app.add_subcommand("noc", "Drive an on-chip network alone with a generator or a trace.");
    command->fallthrough();
    auto options = std::make_shared<noc_options>();
    add_network_options(*command, *options);
    add_traffic_options(*command, *options);
    command->add_option("--csv", options->csv, "Write the points to a file");
    command->add_option("--chart", options->chart, "Draw load, latency and links into an SVG");
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return noc_command(*options, common); }; });
}

}  // namespace eyeriss::sims
