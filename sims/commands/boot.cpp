#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "models/abi/image.h"
#include "platform/soc.h"
#include "sims/commands/command.h"
#include "sims/dram/dram_choice.h"
#include "sims/session/access_log.h"
#include "sims/session/cpu_watch.h"
#include "sims/session/fault_options.h"
#include "sims/session/host_uart.h"
#include "sims/session/interrupt.h"
#include "sims/session/outer_world.h"
#include "sims/session/simulate.h"
#include "sims/support/duration.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"
#include "sims/support/stopwatch.h"

namespace eyeriss::sims {
namespace {

struct boot_options {
    std::string elf, image, max_time, quantum;
    std::string uart = "stdio";
    std::string uart_time, log;
    std::string timing = "timed";
    std::optional<std::uint64_t> max_instructions;
    cpu_watch_options watch;
    outer_world_options world;
    fault_options faults;
};

constexpr std::uint64_t ps_per_ns = 1000;

/// The machine, with --quantum in place of core.quantum_ns.
platform::configuration boot_machine(const boot_options& options, const common_options& common) {
    auto adjusted = common;
    if (!options.quantum.empty()) {
        const auto quantum = parse_duration_ps(options.quantum, "--quantum");
        if (quantum % ps_per_ns != 0) {
            throw user_error(fmt::format("--quantum is {}: expects whole nanoseconds", options.quantum));
        }
        adjusted.settings.push_back(fmt::format("core.quantum_ns={}", quantum / ps_per_ns));
    }
    return adjusted.machine();
}

void print_end(const platform::run_result& outcome, const platform::soc& soc, const access_log& accesses,
               const stopwatch& running) {
    nlohmann::ordered_json out;
    out["exit_code"] = outcome.exit_code ? nlohmann::ordered_json(*outcome.exit_code) : nullptr;
    out["stopped_by"] = to_string(outcome.reason);
    out["instructions"] = soc.instructions();
    out["simulated_seconds"] = sc_core::sc_time_stamp().to_seconds();
    out["refused_accesses"] = refused_json(accesses.refused());
    out["wall_seconds"] = running.wall_seconds();
    out["host"]["cpu_seconds"] = running.cpu_seconds();
    fmt::print("{}\n", out.dump(2));
}

/// The exit code of the process; one that the system would cut to 0 becomes 1.
int exit_code(const platform::run_result& outcome) {
    if (outcome.exit_code) {
        const int code = *outcome.exit_code;
        return code != 0 && (code & 0xff) == 0 ? exit_failed_check : code;
    }
    return outcome.reason == platform::stop_reason::interrupted ? exit_interrupted : exit_failed_check;
}

int boot(const boot_options& options, const common_options& common) {
    const auto config = boot_machine(options, common);
    run_limits limits{std::nullopt, options.max_instructions};
    if (!options.max_time.empty()) {
        limits.time_ps = parse_duration_ps(options.max_time, "--max-time");
    }
    std::vector<std::uint8_t> image;
    if (!options.image.empty()) {
        image = read_bytes(options.image);
        const auto room = (config.machine.dram.capacity_mib << 20U) + 0x80000000U;
        if (EYERISS_IMAGE_ADDRESS + std::uint64_t{image.size()} > room) {
            throw user_error(fmt::format("{}: has {} bytes: dram.capacity_mib={} holds less from {:#x} on",
                                         options.image, image.size(), config.machine.dram.capacity_mib,
                                         EYERISS_IMAGE_ADDRESS));
        }
    }
    platform::soc_options soc_options;
    soc_options.dram = chosen_dram(config.machine);
    soc_options.timing =
        options.timing == "timed" ? accelerator::timing::timed : accelerator::timing::functional;
    if (!options.uart_time.empty()) {
        soc_options.uart_character_time = sc_core::sc_time(
            static_cast<double>(parse_duration_ps(options.uart_time, "--uart-time")), sc_core::SC_PS);
    }
    const auto uart = open_host_uart(options.uart);
    soc_options.uart_output = [&uart](char c) { uart->put(c); };
    soc_options.semihosting = semihosting_of(options.world, soc_options.uart_output);
    platform::soc soc("soc", config.machine, soc_options);
    soc.load_elf(options.elf);
    if (!image.empty()) {
        soc.write_memory(EYERISS_IMAGE_ADDRESS, image);
    }
    hart_observers harts(soc);
    cpu_watch cpu(options.watch, soc, harts, options.elf);
    access_log accesses(options.log, soc);
    const interrupt_watch watch;
    std::vector<recorded_part> parts;
    if (options.world.records_or_replays()) {
        parts = {{"firmware", hash_file(options.elf)},
                 part_of("image", image),
                 part_of(config.machine),
                 part_of("options", fmt::format("{} {}", options.timing, options.uart_time))};
    }
    outer_world world(options.world, soc, parts);
    arm(read_faults(options.faults, config.machine), soc);
    const stopwatch running;
    const auto outcome = world.run(with_input(to_platform(limits), *uart, soc));
    cpu.finish();
    accesses.finish();
    std::fflush(stdout);
    if (outcome.reason == platform::stop_reason::idle) {
        fmt::print(stderr, "eyeriss-vp: {}\n", idle_report(soc));
    }
    accesses.print_refused();
    if (common.json) {
        print_end(outcome, soc, accesses, running);
    } else if (!common.quiet) {
        fmt::print(stderr, "eyeriss-vp: {} after {} and {} instructions\n",
                   outcome.exit_code ? fmt::format("exit code {}", *outcome.exit_code)
                                     : fmt::format("stopped by {}", to_string(outcome.reason)),
                   sc_core::sc_time_stamp().to_string(), soc.instructions());
    }
    return exit_code(outcome);
}

}  // namespace

void add_boot(CLI::App& app, const common_options& common, action& chosen) {
    auto* command =
        app.add_subcommand("boot", "Run any firmware; the exit code is the one it gives the finisher.");
    command->fallthrough();
    auto options = std::make_shared<boot_options>();
    command->add_option("FILE", options->elf, "Executable, ELF32 for RISC-V")->required();
    command->add_option("--image", options->image,
                        fmt::format("Network image, put at {:#x} as it is", EYERISS_IMAGE_ADDRESS));
    command->add_option("--uart", options->uart, "stdio, pty, tcp:PORT, or a file, which gives no input")
        ->capture_default_str();
    command->add_option("--uart-time", options->uart_time,
                        "Time of a character on the line, e.g. 87us [none]");
    command->add_option("--timing", options->timing, "functional: outputs only; timed: with cycles")
        ->check(CLI::IsMember({"functional", "timed"}))
        ->capture_default_str();
    command->add_option("--max-time", options->max_time, "End after this simulated time, e.g. 10ms");
    command->add_option("--max-instructions", options->max_instructions, "End after so many instructions");
    add_cpu_watch(*command, options->watch);
    add_access_log(*command, options->log);
    add_outer_world(*command, options->world);
    add_fault_options(*command, options->faults);
    command->add_option("--quantum", options->quantum, "core.quantum_ns as a time, e.g. 1us");
    command->callback([=, &common, &chosen] { chosen = [=, &common] { return boot(*options, common); }; });
}

}  // namespace eyeriss::sims
