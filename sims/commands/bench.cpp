#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "firmware/compiler/import_onnx.h"
#include "sims/commands/bench_loop_nest.h"
#include "sims/commands/command.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/npy.h"
#include "sims/inputs/places.h"
#include "sims/support/child.h"
#include "sims/support/error.h"
#include "sims/support/scratch_folder.h"

namespace eyeriss::sims {
namespace {

constexpr std::array<const char*, 10> benchmark_names{
    "sparse-alexnet", "sparse-mobilenet", "alexnet", "vgg16", "conv3", "arrays",
    "dram",           "interpreter",      "quantum", "noc"};

struct bench_options {
    unsigned repetitions = 3;
    std::vector<std::string> only;
};

/// One measured quantity with what it should be.
struct measurement {
    std::string name, unit;
    double value = 0;
    double on_cpu = 0;  ///< the same by CPU time in place of wall time: what an idle host would show
    double goal = 0;
    bool at_most = true;
    [[nodiscard]] bool reached() const { return at_most ? value <= goal : value >= goal; }
};

/// The fastest of several runs after one that fills the cache; what the program printed is JSON.
struct best_run {
    child_outcome child;
    nlohmann::json printed;
};

best_run repeat(const std::vector<std::string>& arguments, unsigned repetitions) {
    best_run best;
    for (unsigned i = 0; i <= repetitions; ++i) {
        auto child = run_self(arguments);
        if (child.exit_code != 0) {
            throw std::runtime_error(fmt::format("bench: 'eyeriss-vp {}' ended with exit code {}",
                                                 fmt::join(arguments, " "), child.exit_code));
        }
        if (i == 1 || (i > 1 && child.wall_seconds < best.child.wall_seconds)) {
            best.printed = nlohmann::json::parse(child.output);
            best.child = std::move(child);
        }
    }
    return best;
}

class benchmarks {
public:
    benchmarks(const bench_options& options, const common_options& common)
        : options_(options), cache_(common.cache_folder) {}

    std::vector<measurement> all() {
        if (wanted("sparse-alexnet")) {
            const auto best = network("sparse-alexnet", "timed");
            add("sparse-alexnet timed, whole process", "s", best.child.wall_seconds, best.child.cpu_seconds,
                1.0, true);
            const double mib = static_cast<double>(best.child.peak_memory_bytes) / (1U << 20U);
            add("sparse-alexnet timed, peak memory", "MiB", mib, mib, 1024.0, true);
            add_against_loop_nest("sparse-alexnet", best);
        }
        if (wanted("sparse-mobilenet")) {
            const auto best = network("sparse-mobilenet", "timed");
            add("sparse-mobilenet timed, whole process", "s", best.child.wall_seconds, best.child.cpu_seconds,
                0.5, true);
        }
        if (wanted("vgg16")) {
            const auto best = network("vgg16", "timed");
            add("vgg16 timed, whole process", "s", best.child.wall_seconds, best.child.cpu_seconds, 20.0,
                true);
            add_against_loop_nest("vgg16", best);
        }
        if (wanted("conv3")) {
            add_conv3();
        }
        if (wanted("dram")) {
            add_dram();
        }
        if (wanted("noc")) {
            add_noc_speed();
        }
        if (wanted("arrays")) {
            add_array_growth();
        }
        if (wanted("alexnet")) {
            const auto best = network("alexnet", "functional");
            add_rate("alexnet functional", "nominal GMAC/s",
                     best.printed.at("macs_nominal").get<double>() / 1e9, best, 1.0);
        }
        if (wanted("interpreter")) {
            interpreter("integer work", "integer_work", "10us", 150.0);
            interpreter("loads and stores", "memory_work", "10us", 100.0);
        }
        if (wanted("quantum")) {
            for (const std::string quantum : {"10ns", "100ns", "1us", "10us", "100us", "1ms"}) {
                interpreter("quantum " + quantum, "integer_work", quantum, 0.0);
            }
        }
        return results_;
    }

private:
    [[nodiscard]] bool wanted(const std::string& name) const {
        return options_.only.empty() ||
               std::find(options_.only.begin(), options_.only.end(), name) != options_.only.end();
    }

    [[nodiscard]] best_run network(const std::string& name, const std::string& timing,
                                   const std::string& machine = "eyeriss_v2") const {
        return repeat({"run", "--network", name, "--machine", machine, "--timing", timing, "--json",
                       "--cache", cache_, "--out", (scratch_.path() / name).string()},
                      options_.repetitions);
    }

    /// Millions of instructions a second of a program under a quantum.
    void interpreter(const std::string& name, const std::string& firmware, const std::string& quantum,
                     double goal) {
        const auto best = repeat(
            {"boot", firmware_file(firmware).string(), "--json", "--uart", "/dev/null", "--quantum", quantum},
            options_.repetitions);
        add_rate("interpreter, " + name, "MIPS", best.printed.at("instructions").get<double>() / 1e6, best,
                 goal);
    }

    /// A whole timed run against a plain nest of loops over the same layers, and its nominal MACs a second.
    void add_against_loop_nest(const std::string& name, const best_run& best) {
        const auto source = find_network(name, 1, content_cache(cache_));
        double seconds = 0;
        for (const auto& layer : compiler::import_onnx(source.file).layers) {
            if (const auto* conv = std::get_if<compiler::conv_op>(&layer.op))
                seconds += loop_nest_seconds(conv->shape);
        }
        add(name + " timed over a plain int8 loop nest", "x", best.child.wall_seconds / seconds,
            best.child.cpu_seconds / seconds, 0.0, false);
        add_rate(name + " timed", "nominal GMAC/s", best.printed.at("macs_nominal").get<double>() / 1e9, best,
                 0.0);
    }

    /// An int8 array in which so many of 100 values are other than 0, by a fixed seed.
    [[nodiscard]] std::string sparse_array(const std::string& name, std::vector<std::size_t> shape,
                                           unsigned percent) const {
        npy_array array{npy_type::i8, std::move(shape), {}};
        array.bytes.resize(array.elements());
        std::mt19937 random(2019);
        for (auto& byte : array.bytes) {
            const auto drawn = static_cast<unsigned>(random());
            if (drawn % 100 < percent) byte = static_cast<std::uint8_t>(drawn / 100 % 7 + 1);
        }
        const auto file = scratch_.path() / (name + ".npy");
        write_npy(file, array);
        return file.string();
    }

    /// AlexNet's CONV3 alone (C 256, M 384, 3x3, 13x13) with values, network-on-chip and a DRAM controller; a
    /// third of the weights and two fifths of the iacts are non-zero. The simulation's own time, so short
    /// that it takes more runs to find the fastest.
    void add_conv3() {
        const auto iact = sparse_array("iact", {1, 256, 13, 13}, 40);
        const auto weight = sparse_array("weight", {384, 256, 3, 3}, 33);
        for (const std::string timing : {"timed", "functional"}) {
            const auto best = repeat({"layer", "--iact", iact, "--weight", weight, "--pad", "1", "--set",
                                      "dram.model=ddr4-2400r-x8", "--timing", timing, "--json", "--out",
                                      (scratch_.path() / "conv3").string()},
                                     3 * options_.repetitions);
            add("CONV3 sparse, " + timing, "s", best.printed.at("wall_seconds").get<double>(),
                best.printed.at("host").at("cpu_seconds").get<double>(), timing == "timed" ? 0.15 : 0.02,
                true);
        }
    }

    /// Requests a second of the DRAM controller alone, and what recording them costs.
    void add_dram() {
        const auto rate = [this](const std::string& pattern, const std::vector<std::string>& more) {
            std::vector<std::string> arguments{
                "dram",          "--part", "ddr4-2400r-x8", "--pattern", pattern,
                "--outstanding", "32",     "--requests",    "2000000",   "--json"};
            arguments.insert(arguments.end(), more.begin(), more.end());
            return repeat(arguments, options_.repetitions).printed.at("host");
        };
        const auto of = [](const nlohmann::json& host, const std::string& time) {
            return host.at("requests_per_" + time + "_second").get<double>();
        };
        const auto sequential = rate("seq", {});
        const auto random = rate("rand", {});
        const auto recorded = rate("seq", {"--record", (scratch_.path() / "requests").string()});
        add("DRAM controller, sequential", "M requests/s", of(sequential, "wall") * 1e-6,
            of(sequential, "cpu") * 1e-6, 2.0, false);
        add("DRAM controller, random", "M requests/s", of(random, "wall") * 1e-6, of(random, "cpu") * 1e-6,
            1.0, false);
        add("DRAM controller, recorded over not", "x", of(sequential, "wall") / of(recorded, "wall"),
            of(sequential, "cpu") / of(recorded, "cpu"), 2.0, true);
    }

    /// Networks alone under their generators: flits over links of a flat mesh, words that PEs of the
    /// hierarchical mesh take.
    void add_noc_speed() {
        const auto rate = [this](const std::string& name, const std::vector<std::string>& what,
                                 const std::string& counted, double goal) {
            std::vector<std::string> arguments{"noc", "--no-knee", "--json"};
            arguments.insert(arguments.end(), what.begin(), what.end());
            const auto host = repeat(arguments, options_.repetitions).printed.at("host");
            const auto of = [&](const char* time) {
                return host.at(counted + "_per_" + time + "_second").get<double>() * 1e-6;
            };
            add(name, "M " + counted + "/s", of("wall"), of("cpu"), goal, false);
        };
        rate("flat mesh 8x8, uniform",
             {"--topology", "mesh", "--size", "8x8", "--rate", "0.3", "--measure", "50000"}, "flit_hops",
             5.0);
        rate("hm 32x32, interleaved",
             {"--topology", "hm", "--size", "32x32", "--modes", "interleaved", "--packet-flits", "8",
              "--rate", "1"},
             "delivered_words", 20.0);
    }

    /// Simulating a nominal MAC on 16384 PEs against 256: of a network that keeps most of them busy, and of
    /// one that leaves each little to do.
    void add_array_growth() {
        const auto cpu = [](const best_run& run) {
            return run.printed.at("host").at("cpu_seconds").get<double>();
        };
        for (const std::string name : {"vgg16", "sparse-alexnet"}) {
            const auto small = network(name, "timed", "array_256");
            const auto large = network(name, "timed", "array_16384");
            add(name + ", 16384 PEs over 256 PEs", "x",
                large.printed.at("wall_seconds").get<double>() /
                    small.printed.at("wall_seconds").get<double>(),
                cpu(large) / cpu(small), 2.0, true);
        }
    }

    void add(const std::string& name, const std::string& unit, double value, double on_cpu, double goal,
             bool at_most) {
        results_.push_back({name, unit, value, on_cpu, goal, at_most});
    }

    /// Work over the simulation's own time, start-up left out.
    void add_rate(const std::string& name, const std::string& unit, double work, const best_run& best,
                  double goal) {
        const double wall = best.printed.at("wall_seconds").get<double>();
        const double cpu = best.printed.at("host").at("cpu_seconds").get<double>();
        add(name, unit, work / wall, work / cpu, goal, false);
    }

    const bench_options& options_;
    std::string cache_;
    scratch_folder scratch_;
    std::vector<measurement> results_;
};

int bench(const bench_options& options, const common_options& common) {
    const auto results = benchmarks(options, common).all();
    auto json = nlohmann::ordered_json::array();
    for (const auto& m : results) {
        json.push_back({{"name", m.name},
                        {"value", m.value},
                        {"value_by_cpu_time", m.on_cpu},
                        {"unit", m.unit},
                        {"goal", fmt::format("{} {}", m.at_most ? "at most" : "at least", m.goal)},
                        {"reached", m.reached()}});
    }
    if (common.json) {
        fmt::print("{}\n", json.dump(2));
        return exit_success;
    }
    fmt::print("{:<40} {:>10} {:>10} {:<15} {:<10} {}\n", "benchmark", "wall", "by CPU", "unit", "goal",
               "reached");
    for (const auto& m : results) {
        fmt::print("{:<40} {:>10.3f} {:>10.3f} {:<15} {:<10} {}\n", m.name, m.value, m.on_cpu, m.unit,
                   fmt::format("{} {}", m.at_most ? "<=" : ">=", m.goal), m.reached() ? "yes" : "no");
    }
    return exit_success;
}

}  // namespace

void add_bench(CLI::App& app, const common_options& common, action& chosen) {
    auto* command =
        app.add_subcommand("bench", "Measure wall time, memory and speed; the fastest of some runs.");
    command->fallthrough();
    auto options = std::make_shared<bench_options>();
    command->add_option("--repetitions", options->repetitions, "Runs of each, after one that fills the cache")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command->add_option("--only", options->only, fmt::format("Some of {}", fmt::join(benchmark_names, ", ")))
        ->check(CLI::IsMember(std::vector<std::string>(benchmark_names.begin(), benchmark_names.end())));
    command->callback([=, &common, &chosen] { chosen = [=, &common] { return bench(*options, common); }; });
}

}  // namespace eyeriss::sims
