#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "noc/flat_mesh.h"
#include "sims/commands/command.h"
#include "sims/inputs/energy_file.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
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
    std::string topology = "mesh", multicast = "tree";
    std::string size, pes, slow, pattern = "uniform", network, modes, rates = "0.05..0.95:0.05";
    mapping_options mapping;
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
nlohmann::ordered_json question(const noc_options& o) {
    nlohmann::ordered_json out{{"schema", "eyeriss_vp.noc.1"},
                               {"topology", o.topology},
                               {"rows", o.setup.traffic.rows},
                               {"cols", o.setup.traffic.cols},
                               {"pattern", o.modes.empty() ? o.pattern : o.modes},
                               {"packet_words", o.sweep.run.packet_words},
                               {"seed", o.sweep.run.seed},
                               {"warm_up_cycles", o.sweep.run.warm_up},
                               {"measured_cycles", o.sweep.run.measure}};
    if (o.setup.topology != load_topology::hm) {
        out["width_bits"] = o.setup.width_bits;
        out["hop_cycles"] = hop_cycles_of(o.setup);
        out["injection_cycles"] = o.setup.injection_cycles;
    }
    if (o.setup.topology == load_topology::mesh) {
        out["ejection_cycles"] = o.setup.ejection_cycles;
        out["credit_cycles"] = o.setup.credit_cycles;
        out["vcs"] = o.setup.vcs;
        out["buffer_flits"] = o.setup.buffer_flits;
        out["multicast"] = o.multicast;
    }
    if (o.sweep.find_knee) out["knee_factor"] = o.sweep.knee_factor;
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
    out["area"] = area_json(area, area.ports * o.setup.width_bits);
    if (o.setup.topology == load_topology::mesh) {
        out["ceiling"] = rule.ceiling(o.setup.multicast);
        out["flit_hops_simulated"] = hops;
    }
    out["mean_links_per_delivery"] = rule.mean_links_per_delivery();
    out["zero_load_latency_cycles"] = result.zero_load;
    if (const auto closed_form = zero_load_of(o.setup, rule, o.sweep.run.packet_words)) {
        out["zero_load_closed_form_cycles"] = *closed_form;
    }
    out["throughput"] = result.throughput;
    if (o.sweep.find_knee) out["knee"] = result.knee;
    auto points = nlohmann::ordered_json::array();
    for (const auto& p : result.points) {
        points.push_back(point_json(p, picojoules_per_word(o.setup, energy, rule, p), true));
    }
    out["points"] = points;
    return words;
}

/// The machine's hierarchical mesh at the size that is driven.
noc::noc_parameters hm_parameters(const noc_options& o, const arch::machine& machine) {
    auto hm = machine.noc;
    hm.kind = noc::topology::hierarchical_mesh;
    hm.cluster_rows = o.setup.traffic.rows;
    hm.cluster_cols = o.setup.traffic.cols;
    hm.hop_cycles = o.setup.hop_cycles.value_or(hm.hop_cycles);
    return hm;
}

/// Modes of the hierarchical mesh that a pattern stands for, when it is one.
hm_question hm_question_of(const noc_options& o, const arch::machine& machine) {
    hm_question q;
    q.parameters = hm_parameters(o, machine);
    q.sweep = o.sweep;
    q.slow = o.setup.slow;
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

/// Plays a recorded trace, or the traffic of a layer as it is mapped to the machine.
void drive_replay(const noc_options& o, const common_options& common, const arch::machine& machine,
                  nlohmann::ordered_json& out) {
    noc_trace trace;
    if (o.is_layer()) {
        out["network"] = o.network_or_default();
        trace = dnn_traffic({o.network_or_default(), o.pattern.substr(noc_options::layer_prefix.size()),
                             o.sweep.run.seed, read_mapping_request(o.mapping, common.energy_file, machine)},
                            machine, common.cache());
    } else {
        trace = read_noc_trace(o.pattern.substr(noc_options::trace_prefix.size()));
    }
    auto setup = o.setup;
    if (o.size.empty()) {
        out["rows"] = setup.traffic.rows = trace.rows;
        out["cols"] = setup.traffic.cols = trace.cols;
    }
    auto hm = hm_parameters(o, machine);
    hm.cluster_rows = setup.traffic.rows;
    hm.cluster_cols = setup.traffic.cols;
    replay(trace, setup, o.sweep.run.packet_words, hm, out);
}

nlohmann::ordered_json drive(const noc_options& o, const common_options& common,
                             const arch::machine& machine) {
    const auto table = read_energy_table(
        common.energy_file.empty() ? default_energy_file() : std::filesystem::path(common.energy_file));
    auto out = question(o);
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

/// Refuses options that would change nothing, naming what they belong to.
void refuse_without_use(const CLI::App& command, const noc_options& o) {
    const bool on_hm = o.setup.topology == load_topology::hm,
               on_mesh = o.setup.topology == load_topology::mesh;
    const bool loads = !o.is_replay();
    struct use {
        const char* option;
        bool is_there;
        const char* belongs_to;
    };
    const char *mesh = "--topology mesh", *packets = "--topology mesh, bus or crossbar";
    const char *layer = "--pattern dnn:LAYER", *generator = "a pattern with loads, not a trace or a layer";
    for (const auto& u :
         {use{"--vcs", on_mesh, mesh},
          use{"--buffers", on_mesh, mesh},
          use{"--credit-cycles", on_mesh, mesh},
          use{"--ejection-cycles", on_mesh, mesh},
          use{"--multicast", on_mesh, mesh},
          use{"--injection-cycles", !on_hm, packets},
          use{"--width-bits", !on_hm,
              "--topology mesh, bus or crossbar; ports of hm have the machine's widths, "
              "--set noc.iact_port_bits, noc.weight_port_bits, noc.psum_port_bits"},
          use{"--pes", on_hm || o.is_layer(), "--topology hm or --pattern dnn:LAYER"},
          use{"--slow", loads && (on_hm || on_mesh), "--topology mesh or hm and a pattern with loads"},
          use{"--modes", on_hm && loads && command.count("--pattern") == 0, "--topology hm and no --pattern"},
          use{"--network", o.is_layer(), layer},
          use{"--mapping", o.is_layer(), layer},
          use{"--cost", o.is_layer(), layer},
          use{"--seed", !o.is_trace(), "anything but a trace"},
          use{"--fanout", o.pattern == "multicast" && o.setup.traffic.groups.empty(),
              "--pattern multicast without --groups"},
          use{"--groups", o.pattern == "multicast", "--pattern multicast"},
          use{"--hotspot", o.pattern == "hotspot", "--pattern hotspot"},
          use{"--hotspot-share", o.pattern == "hotspot", "--pattern hotspot"},
          use{"--csv", loads, generator},
          use{"--chart", loads, generator},
          use{"--rate", loads, generator},
          use{"--warm-up", loads, generator},
          use{"--measure", loads, generator},
          use{"--no-knee", loads, generator},
          use{"--knee-factor", loads && !o.no_knee, "a search for the knee"}}) {
        if (!u.is_there && command.count(u.option) != 0) {
            throw user_error(fmt::format("{}: expects {}", u.option, u.belongs_to));
        }
    }
}

/// The machine with the clusters and PEs asked for.
arch::machine sized_machine(const noc_options& o, common_options common) {
    if (!o.size.empty()) {
        const auto clusters = read_size("--size", o.size, largest_array);
        common.settings.push_back(fmt::format("noc.cluster_rows={}", clusters.rows));
        common.settings.push_back(fmt::format("noc.cluster_cols={}", clusters.cols));
    }
    if (!o.pes.empty()) {
        const auto pes = read_size("--pes", o.pes, largest_cluster);
        common.settings.push_back(fmt::format("noc.pe_rows={}", pes.rows));
        common.settings.push_back(fmt::format("noc.pe_cols={}", pes.cols));
    }
    return common.machine().machine;
}

int noc_command(noc_options o, const common_options& common, const CLI::App& command) {
    o.setup.topology = load_topologies().at(o.topology);
    o.setup.multicast = o.multicast == "tree" ? noc::mesh_multicast::tree : noc::mesh_multicast::copies;
    refuse_without_use(command, o);
    const auto machine = sized_machine(o, common);
    o.setup.traffic.rows = machine.noc.cluster_rows;
    o.setup.traffic.cols = machine.noc.cluster_cols;
    if (!o.slow.empty()) o.setup.slow = read_slow(o.slow, o.setup.traffic);
    if (!o.is_replay()) o.setup.traffic.pattern = load_patterns().at(o.pattern);
    o.sweep.rates = read_rates(o.rates);
    o.sweep.find_knee = !o.no_knee;
    const auto answer = drive(o, common, machine);
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
    command.add_option("--topology", o.topology)
        ->check(CLI::IsMember({"hm", "mesh", "bus", "crossbar"}))
        ->capture_default_str();
    command.add_option("--size", o.size, "Rows x columns of clusters [the machine's]");
    command.add_option("--pes", o.pes, "Rows x columns of a cluster's PEs [the machine's]");
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
    command.add_option("--multicast", o.multicast, "tree in the routers, or copies at the source")
        ->check(CLI::IsMember({"tree", "copies"}))
        ->capture_default_str();
    command.add_option("--width-bits", o.setup.width_bits, "Of a link, for energy and area")
        ->check(CLI::Range(1, 65536))
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
    add_mapping_options(command, o.mapping);
    command.add_option(
        "--modes", o.modes,
        "Of hm's networks, as in iact=interleaved,weight=grouped,psum=vertical; off, unicast, grouped, "
        "horizontal, vertical, interleaved or broadcast");
    command.add_option("--fanout", o.setup.traffic.fanout, "Nodes of a random multicast")
        ->capture_default_str();
    command.add_option("--groups", o.setup.traffic.groups, "Who multicasts to whom, as in 0:0-3,7;8:8-15");
    command.add_option("--slow", o.slow, "Clusters that take a word every so many cycles, as in 5:7;9:2");
    command.add_option("--hotspot", o.setup.traffic.hotspot, "Node that the hotspot pattern prefers")
        ->capture_default_str();
    command.add_option("--hotspot-share", o.setup.traffic.hotspot_share, "Of packets that go there")
        ->capture_default_str();
    command.add_option("--rate", o.rates, "Words a sender and cycle: one, or from..to:step")
        ->capture_default_str();
    command.add_option("--packet-flits", o.sweep.run.packet_words, "Words a packet")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command.add_option("--warm-up", o.sweep.run.warm_up, "Cycles before the measurement")
        ->check(CLI::Range(0, 1'000'000'000))
        ->capture_default_str();
    command.add_option("--measure", o.sweep.run.measure, "Cycles of the measurement")
        ->check(CLI::Range(1, 1'000'000'000))
        ->capture_default_str();
    command
        .add_option("--seed", o.sweep.run.seed, "Of all random choices; of dnn:LAYER, of network and input")
        ->check([](const std::string& text) {
            return text.starts_with('-') ? fmt::format("{} expects 0 or more", text) : std::string();
        })
        ->capture_default_str();
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
        [=, &common, &chosen] { chosen = [=, &common] { return noc_command(*options, common, *command); }; });
}

}  // namespace eyeriss::sims
