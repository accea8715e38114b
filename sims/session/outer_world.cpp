#include "sims/session/outer_world.h"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "models/faults/fault_text.h"
#include "platform/debug/gdb_server.h"
#include "platform/debug/replayer.h"
#include "sims/session/interrupt.h"
#include "sims/session/simulate.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"

namespace eyeriss::sims {
namespace {

constexpr const char *interrupted_text = "interrupt", *fault_source = "fault";

bool asked(const std::function<bool()>& question) {
    return question && question();
}

recorded_end end_of(platform::soc& soc, const std::string& stopped_by) {
    recorded_end out{stopped_by,
                     sc_core::sc_time_stamp().value() / sc_core::sc_time(1, sc_core::SC_PS).value()};
    for (unsigned id = 0; id < soc.harts(); ++id) {
        out.instructions.push_back(soc.cpu(id).statistics().instructions);
    }
    return out;
}

std::string text_of(const recorded_end& end) {
    return fmt::format("{} at {} ps after {} instructions", end.stopped_by, end.at_ps,
                       fmt::join(end.instructions, ", "));
}

void check_parts(const std::string& file, const std::vector<recorded_part>& recorded,
                 const std::vector<recorded_part>& here) {
    for (std::size_t i = 0; i < here.size(); ++i) {
        if (i >= recorded.size() || !(recorded[i] == here[i])) {
            throw user_error(fmt::format("--replay {}: was recorded with another {}; expects the same", file,
                                         here[i].kind));
        }
    }
}

void take_inputs(const std::string& file, const std::vector<platform::outside_event>& inputs,
                 platform::soc& soc) {
    try {
        for (const auto& input : inputs) {
            if (input.source == fault_source) {
                static_cast<void>(faults::parse_fault(input.data));
            }
        }
        soc.outside().replay(inputs);
    } catch (const std::invalid_argument& wrong) {
        throw user_error(fmt::format("--replay {}: {}", file, wrong.what()));
    }
}

}  // namespace

void add_outer_world(CLI::App& command, outer_world_options& options) {
    auto* gdb =
        command.add_option("--gdb", options.gdb,
                           "Wait for GDB at this port of 127.0.0.1 before the first instruction; 0: a "
                           "free one, which is printed");
    command.add_option("--semihosting", options.semihosting,
                       "Let firmware reach files below this folder, and end the run, by semihosting calls");
    auto* record = command.add_option("--record", options.record,
                                      "File for all that comes from outside: input, debugger, faults");
    command.add_option("--replay", options.replay, "Run as recorded, to the cycle")
        ->excludes(gdb)
        ->excludes(record);
}

std::optional<platform::semihosting_options> semihosting_of(const outer_world_options& options,
                                                            std::function<void(char)> console) {
    if (options.semihosting.empty()) {
        return std::nullopt;
    }
    return platform::semihosting_options{options.semihosting, std::move(console)};
}

recorded_part part_of(std::string kind, std::span<const std::uint8_t> bytes) {
    sha256 hash;
    hash.add(bytes);
    return {std::move(kind), hash.hex()};
}

recorded_part part_of(std::string kind, std::string_view text) {
    sha256 hash;
    hash.add(text);
    return {std::move(kind), hash.hex()};
}

recorded_part part_of(const arch::machine& machine) {
    std::string text;
    for (const auto& p : arch::parameters()) {
        text += fmt::format("{}={}\n", p.key, p.get(machine));
    }
    return part_of("machine", text);
}

struct outer_world::state {
    explicit state(platform::soc& machine) : soc(machine) {}

    platform::soc& soc;
    std::optional<recording> replayed;
    std::string replay_file;
    std::optional<platform::replayer> replay;
    std::optional<platform::gdb_server> gdb;
    std::optional<recording_writer> record;
    bool started = false, given_anew = false;

    bool interrupted() {
        const bool recorded_interrupt = replayed && replayed->end.stopped_by == interrupted_text &&
                                        end_of(soc, interrupted_text).at_ps >= replayed->end.at_ps;
        return (gdb && gdb->poll()) || (replay && replay->poll()) || recorded_interrupt;
    }
    bool idle() { return (gdb && gdb->idle()) || (replay && replay->idle()); }
    [[nodiscard]] bool killed() { return (gdb && gdb->target().killed()) || (replay && replay->killed()); }
    void check_end(const recorded_end& end) const;
};

void outer_world::state::check_end(const recorded_end& end) const {
    if (const auto departure = replay->departure(); !departure.empty()) {
        throw std::runtime_error(fmt::format("--replay {}: {}", replay_file, departure));
    }
    if (!(end == replayed->end)) {
        throw std::runtime_error(fmt::format("--replay {}: the run ended by {}, the recorded one by {}",
                                             replay_file, text_of(end), text_of(replayed->end)));
    }
}

outer_world::outer_world(const outer_world_options& options, platform::soc& soc,
                         const std::vector<recorded_part>& parts)
    : state_(std::make_unique<state>(soc)) {
    state_->replay_file = options.replay;
    const auto injector = [&soc](std::string_view text) { return soc.faults().inject_text(text); };
    soc.outside().attach(fault_source, injector);
    if (!options.replay.empty()) {
        soc.outside().observe([this](const auto&) { state_->given_anew |= !state_->started; });
        state_->replayed = read_recording(options.replay);
        check_parts(options.replay, state_->replayed->parts, parts);
        take_inputs(options.replay, state_->replayed->inputs, soc);
        state_->replay.emplace(soc, state_->replayed->stops, injector);
    }
    if (!options.record.empty()) {
        state_->record.emplace(options.record, parts);
        soc.outside().observe([this](const auto& input) { state_->record->add(input); });
    }
    if (options.gdb) {
        state_->gdb.emplace(
            soc, platform::gdb_server::settings{
                     *options.gdb, [] { return interrupt_watch::requested(); },
                     [](const std::string& line) { fmt::print(stderr, "eyeriss-vp: {}\n", line); }});
        state_->gdb->target().on_fault(injector);
        if (state_->record) {
            state_->gdb->target().observe([this](const auto& stop) { state_->record->add(stop); });
        }
    }
}

outer_world::~outer_world() = default;

platform::run_result outer_world::run(platform::run_limits limits) {
    auto& world = *state_;
    if (world.given_anew) {
        throw user_error(
            fmt::format("--fault: expects none with --replay {}, which has its own", world.replay_file));
    }
    world.started = true;
    if (world.gdb) {
        fmt::print(stderr, "eyeriss-vp: gdb: waiting at 127.0.0.1:{}\n", world.gdb->port());
        std::fflush(stderr);
        if (!world.gdb->wait_for_client()) {
            return {platform::stop_reason::interrupted, {}};
        }
    }
    limits.interrupted = [&world, also = limits.interrupted] {
        const bool ended = world.interrupted();
        return asked(also) || ended;
    };
    // A program that waits for input stops in a debugger, unless input has come meanwhile.
    limits.idle = [&world, input = limits.interrupted, also = limits.idle] {
        return (world.gdb && !input() && sc_core::sc_pending_activity()) || world.idle() || asked(also);
    };
    auto result = world.soc.run(limits);
    if (world.killed()) {
        result = {platform::stop_reason::interrupted, {}};
    }
    const auto end = end_of(world.soc, to_string(result.reason));
    if (world.record) {
        world.record->finish(end);
    }
    if (world.gdb) {
        world.gdb->finished(result.exit_code.value_or(exit_failed_check));
    }
    if (world.replay) {
        world.check_end(end);
    }
    return result;
}

}  // namespace eyeriss::sims
