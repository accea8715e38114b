#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "models/dram/controller.h"
#include "platform/part_file.h"
#include "sims/commands/command.h"
#include "sims/dram/dram_generator.h"
#include "sims/dram/dram_json.h"
#include "sims/dram/dram_traffic.h"
#include "sims/inputs/places.h"
#include "sims/support/error.h"
#include "sims/support/stopwatch.h"

namespace eyeriss::sims {
namespace {

struct dram_options {
    std::string part = "ddr4-2400r-x8";
    dram::controller_parameters controller;
    traffic_pattern pattern = traffic_pattern::seq;
    std::string pattern_name = "seq";
    unsigned outstanding = 32;
    std::uint32_t request_bytes = 64;
    std::uint64_t requests = 1'000'000;
    std::uint64_t seed = 1;
    std::string trace, record;
};

struct wall_and_cpu {
    double wall_seconds = 0, cpu_seconds = 0;
};

const std::map<std::string, traffic_pattern> patterns{{"seq", traffic_pattern::seq},
                                                      {"rand", traffic_pattern::rand},
                                                      {"mix-seq", traffic_pattern::mix_seq},
                                                      {"mix-rand", traffic_pattern::mix_rand},
                                                      {"streams", traffic_pattern::streams}};
const std::map<std::string, dram::scheduler> schedulers{{"fcfs", dram::scheduler::fcfs},
                                                        {"frfcfs", dram::scheduler::frfcfs}};
const std::map<std::string, dram::page_policy> pages{{"open", dram::page_policy::open},
                                                     {"closed", dram::page_policy::closed},
                                                     {"adaptive", dram::page_policy::adaptive}};
const std::map<std::string, dram::refresh_mode> refreshes{{"off", dram::refresh_mode::off},
                                                          {"all-bank", dram::refresh_mode::all_bank},
                                                          {"per-bank", dram::refresh_mode::per_bank}};

template <typename T>
std::string name_in(const std::map<std::string, T>& names, T value) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.second == value; });
    return found->first;
}

traffic source(const dram_options& options, const dram::address_mapping& mapping, const dram::part& part) {
    if (options.trace.empty()) {
        return make_traffic(options.pattern, options.requests, options.request_bytes, mapping, part,
                            options.seed);
    }
    return
        [items = read_trace(options.trace), next = std::size_t{0}]() mutable -> std::optional<traffic_item> {
            return next == items.size() ? std::nullopt : std::optional(items[next++]);
        };
}

/// What a run was asked to do.
nlohmann::ordered_json question(const dram_options& o, const dram::controller& memory) {
    const auto& c = o.controller;
    nlohmann::ordered_json out{{"schema", "eyeriss_vp.dram.1"},
                               {"part", memory.device().name},
                               {"channels", c.channels},
                               {"ranks", c.ranks},
                               {"mapping", memory.mapping().text()},
                               {"policy", name_in(schedulers, c.order)},
                               {"page", name_in(pages, c.page)},
                               {"refresh", name_in(refreshes, c.refresh)},
                               {"postponed_refreshes", c.postponed_refreshes},
                               {"frontend_clocks", c.frontend},
                               {"phy_clocks", c.phy},
                               {"pattern", o.trace.empty() ? o.pattern_name : "trace"}};
    if (o.trace.empty()) {
        out["request_bytes"] = o.request_bytes;
        out["seed"] = o.seed;
    }
    out["outstanding"] = o.outstanding;
    return out;
}

nlohmann::ordered_json results(const dram_options& o, dram::controller& memory,
                               const dram_generator& generator, const wall_and_cpu& spent) {
    auto out = question(o, memory);
    const double seconds = static_cast<double>(generator.last_ps()) * 1e-12;
    dram::bank_statistics all;
    nlohmann::ordered_json channels = nlohmann::ordered_json::array();
    for (unsigned i = 0; i < memory.channels(); ++i) {
        const auto counts = memory.counts(i);
        all += counts.total();
        channels.push_back(channel_json(memory.device(), counts));
    }
    const auto& port = memory.port_counts(0);
    out["requests"] = generator.answered();
    out["simulated_seconds"] = seconds;
    out["gigabytes_per_second"] = seconds > 0 ? static_cast<double>(generator.bytes()) / seconds * 1e-9 : 0.0;
    out["peak_gigabytes_per_second"] = memory.device().peak_bytes_per_second() * memory.channels() * 1e-9;
    out["read_latency_ns"] = latency_json(port.read_latency);
    out["write_latency_ns"] = latency_json(port.write_latency);
    out["row_hit_rate"] =
        all.bursts() > 0 ? static_cast<double>(all.hits) / static_cast<double>(all.bursts()) : 0.0;
    out["row"] = {{"hits", all.hits}, {"misses", all.misses}, {"conflicts", all.conflicts}};
    out["most_in_flight"] = port.most_in_flight;
    out["blocked_requests"] = port.blocked;
    out["energy_uj"] = energy_json(memory.energy());
    out["bandwidth_window_ns"] = static_cast<double>(port.bandwidth.width_ps()) / 1000.0;
    out["bandwidth_window_bytes"] = port.bandwidth.bytes();
    out["channel"] = channels;
    const auto requests = static_cast<double>(generator.answered());
    out["wall_seconds"] = spent.wall_seconds;
    out["host"] = {{"requests_per_wall_second", requests / spent.wall_seconds},
                   {"requests_per_cpu_second", requests / spent.cpu_seconds}};
    return out;
}

void print(const nlohmann::ordered_json& r) {
    const auto number = [&](const char* key) { return r.at(key).get<double>(); };
    const auto& latency = r.at("read_latency_ns");
    fmt::print("{} x {}, mapping {}\n", r.at("channels").get<unsigned>(), r.at("part").get<std::string>(),
               r.at("mapping").get<std::string>());
    fmt::print("{} requests ({}, {} outstanding) in {:.3f} us\n", r.at("requests").get<std::uint64_t>(),
               r.at("pattern").get<std::string>(), r.at("outstanding").get<unsigned>(),
               number("simulated_seconds") * 1e6);
    fmt::print("bandwidth     {:.3f} of {:.3f} GB/s\n", number("gigabytes_per_second"),
               number("peak_gigabytes_per_second"));
    fmt::print("read latency  {:.2f} ns mean, {:.2f} p50, {:.2f} p95, {:.2f} p99, {:.2f} max\n",
               latency.at("mean").get<double>(), latency.at("p50").get<double>(),
               latency.at("p95").get<double>(), latency.at("p99").get<double>(),
               latency.at("max").get<double>());
    fmt::print("row hits      {:.1f} %\n", number("row_hit_rate") * 100);
    fmt::print("energy        {:.3f} uJ\n", r.at("energy_uj").at("total").get<double>());
    fmt::print("speed         {:.0f} requests a wall second\n",
               r.at("host").at("requests_per_wall_second").get<double>());
}

void check_request(const dram_options& o, const dram::controller& memory) {
    if (o.request_bytes == 0 || o.request_bytes > memory.capacity_bytes()) {
        throw user_error(fmt::format("--request-bytes: {} expects 1 to the capacity of {} bytes",
                                     o.request_bytes, memory.capacity_bytes()));
    }
}

/// Puts memory and generator together and runs them until nothing is left to do.
nlohmann::ordered_json simulate(const dram_options& options) {
    const auto part = platform::read_part(platform::find_part(options.part, parts_folder()));
    dram::controller_options seen;
    seen.keeps_data = false;
    dram::controller memory("memory", part, options.controller, seen);
    check_request(options, memory);
    dram_generator generator("generator", source(options, memory.mapping(), part), options.outstanding);
    generator.socket.bind(memory.port(0));
    std::ofstream recording;
    if (!options.record.empty()) {
        recording.open(options.record);
        if (!recording) {
            throw user_error(fmt::format("--record: {} cannot be written", options.record));
        }
        memory.record([&](const dram::request_record& r) {
            recording << trace_line(r.at_ps, r.is_write, r.address, r.bytes);
        });
    }
    const stopwatch watch;
    sc_core::sc_start();
    const wall_and_cpu spent{watch.wall_seconds(), watch.cpu_seconds()};
    if (!generator.first_error().empty()) {
        throw user_error(
            fmt::format("{}{}", options.trace.empty() ? "" : options.trace + ": ", generator.first_error()));
    }
    if (generator.answered() != generator.sent()) {
        throw std::runtime_error(fmt::format("{} of {} requests were not answered",
                                             generator.sent() - generator.answered(), generator.sent()));
    }
    return results(options, memory, generator, spent);
}

int dram_command(dram_options options, const common_options& common) {
    options.pattern = patterns.at(options.pattern_name);
    const auto answer = simulate(options);
    if (common.json) {
        fmt::print("{}\n", answer.dump(2));
    } else if (!common.quiet) {
        print(answer);
    }
    return exit_success;
}

void add_policies(CLI::App& command, dram::controller_parameters& c) {
    command.add_option("--policy", c.order, "fcfs or frfcfs")
        ->transform(CLI::CheckedTransformer(schedulers).description(""))
        ->type_name("NAME");
    command.add_option("--page", c.page, "open, closed or adaptive")
        ->transform(CLI::CheckedTransformer(pages).description(""))
        ->type_name("NAME");
    command.add_option("--refresh", c.refresh, "off, all-bank or per-bank")
        ->transform(CLI::CheckedTransformer(refreshes).description(""))
        ->type_name("NAME");
    command.add_option("--postponed-refreshes", c.postponed_refreshes,
                       "Refreshes that may be owed while requests wait");
    command.add_option("--window", c.window, "Bursts of a direction that frfcfs chooses from")
        ->capture_default_str();
    command.add_option("--starvation-clocks", c.starvation, "Age from which a burst goes first")
        ->capture_default_str();
    command.add_option("--read-queue", c.read_queue, "Bursts a channel")->capture_default_str();
    command.add_option("--write-queue", c.write_queue, "Bursts a channel")->capture_default_str();
    command.add_option("--write-high", c.write_high, "Writes that start a group of writes")
        ->capture_default_str();
    command.add_option("--write-low", c.write_low, "Writes at which the group ends")->capture_default_str();
    command.add_option("--frontend-clocks", c.frontend, "From the socket into the queue")
        ->capture_default_str();
    command.add_option("--phy-clocks", c.phy, "From the data pins to the socket")->capture_default_str();
}

}  // namespace

void add_dram(CLI::App& app, const common_options& common, action& chosen) {
    auto* command =
        app.add_subcommand("dram", "Run a DRAM controller alone under a traffic generator or a trace.");
    command->fallthrough();
    auto options = std::make_shared<dram_options>();
    auto& c = options->controller;
    command->add_option("--part", options->part, "Part by name or a part file")->capture_default_str();
    command->add_option("--channels", c.channels, "Channels")->capture_default_str();
    command->add_option("--ranks", c.ranks, "Ranks a channel")->capture_default_str();
    command->add_option("--mapping", c.mapping, "roba, roco or a list of address bits from the top")
        ->capture_default_str();
    command
        ->add_option("--pattern", options->pattern_name,
                     "seq, rand, mix-seq, mix-rand (every third a write) or streams")
        ->check(CLI::IsMember({"seq", "rand", "mix-seq", "mix-rand", "streams"}))
        ->capture_default_str();
    command->add_option("--outstanding", options->outstanding, "Reads in flight")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command->add_option("--request-bytes", options->request_bytes, "Bytes a request")->capture_default_str();
    command->add_option("--requests", options->requests, "Requests")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of random patterns")->capture_default_str();
    auto* trace = command->add_option("--trace", options->trace, "Replay a trace file instead of a pattern");
    trace->excludes(command->get_option("--pattern"));
    command->add_option("--record", options->record, "Write the requests to a trace file");
    add_policies(*command, c);
    command->callback(
        [=, &common, &chosen] { chosen = [=, &common] { return dram_command(*options, common); }; });
}

}  // namespace eyeriss::sims
