#include "platform/debug/gdb_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "platform/debug/packet.h"
#include "platform/debug/target_description.h"

namespace eyeriss::platform::gdb {
namespace {

const std::string ok = "OK";
const std::string malformed = "E01";
const std::string not_there = "E0e";      // EFAULT
const std::string no_such_annex = "E00";  // as the protocol's qXfer says

std::string features() {
    return fmt::format(
        "PacketSize={:x};qXfer:features:read+;swbreak+;hwbreak+;vContSupported+;QStartNoAckMode+",
        message_reader::longest_payload);
}

std::string thread_id(unsigned hart) {
    return fmt::format("{:x}", hart + 1);
}

}  // namespace

void session::stopped(unsigned hart, const hart_stop& stop) {
    stopped_hart_ = general_hart_ = resumed_hart_ = hart;
    const auto pc = target_.register_value(hart, debugger::pc_number).value_or(0);
    const bool asked = stop.why == hart_stop::cause::request || stop.why == hart_stop::cause::time;
    stop_reply_ = fmt::format("T{}thread:{};{:x}:{};", asked ? "02" : "05", thread_id(hart),
                              debugger::pc_number, word_to_hex(pc));
    if (stop.watched) {
        const auto* kind = stop.watched->kind == watch_kind::write  ? "watch"
                           : stop.watched->kind == watch_kind::read ? "rwatch"
                                                                    : "awatch";
        stop_reply_ += fmt::format("{}:{:x};", kind, stop.watched->address);
    } else if (stop.why == hart_stop::cause::breakpoint) {
        stop_reply_ += target_.breakpoint_at(pc) == point_kind::hardware ? "hwbreak:;" : "swbreak:;";
    }
}

answer session::handle(std::string_view packet) {
    if (packet.empty()) {
        return {};
    }
    const char command = packet.front();
    const auto rest = packet.substr(1);
    switch (command) {
        case '?':
            return {stop_reply_};
        case 'g':
            return {read_registers()};
        case 'G':
            return {write_registers(rest)};
        case 'p':
            return {read_register(rest)};
        case 'P':
            return {write_register(rest)};
        case 'm':
            return {read_memory(rest)};
        case 'M':
            return {write_memory(rest, false)};
        case 'X':
            return {write_memory(rest, true)};
        case 'Z':
            return {change_point(rest, true)};
        case 'z':
            return {change_point(rest, false)};
        case 'H':
            return {choose_thread(rest)};
        case 'T':
            return {hart_of(rest) ? ok : malformed};
        case 'c':
            return rest.empty() ? resume_one(false) : answer{malformed};
        case 's':
            return rest.empty() ? resume_one(true) : answer{malformed};
        case 'v':
            return packet.starts_with("vCont")   ? resume_threads(packet.substr(5))
                   : packet.starts_with("vKill") ? answer{ok, debug_resume{debug_resume::kind::kill}, true}
                                                 : answer{};
        case 'D':
            return {ok, debug_resume{debug_resume::kind::detach}, true};
        case 'k':
            return {{}, debug_resume{debug_resume::kind::kill}, true};
        case 'q':
            return query(packet);
        case 'Q':
            return set_value(packet);
        default:
            return {};
    }
}

answer session::query(std::string_view packet) {
    constexpr std::string_view read_features = "qXfer:features:read:";
    constexpr std::string_view read_description = "qXfer:features:read:target.xml:";
    if (packet.starts_with("qSupported")) {
        return {features()};
    }
    if (packet.starts_with(read_description)) {
        return {transfer_piece(target_description(), packet.substr(read_description.size()))};
    }
    if (packet.starts_with(read_features)) {
        return {no_such_annex};
    }
    if (packet == "qfThreadInfo") {
        return {threads()};
    }
    if (packet == "qsThreadInfo") {
        return {"l"};
    }
    if (packet.starts_with("qThreadExtraInfo,")) {
        return {thread_text(packet.substr(packet.find(',') + 1))};
    }
    if (packet == "qC") {
        return {fmt::format("QC{}", thread_id(stopped_hart_))};
    }
    if (packet.starts_with("qAttached")) {
        return {"1"};
    }
    if (packet.starts_with("qSymbol")) {
        return {ok};
    }
    if (packet.starts_with("qRcmd,")) {
        const auto line = from_hex(packet.substr(packet.find(',') + 1));
        if (!line) {
            return {malformed};
        }
        const auto told = monitor_.run(std::string(line->begin(), line->end()), stopped_hart_);
        return {told.empty() ? ok : text_to_hex(told)};
    }
    return {};
}

answer session::set_value(std::string_view packet) {
    if (packet == "QStartNoAckMode") {
        answer out{ok};
        out.acknowledges = false;
        return out;
    }
    return {};
}

answer session::resume_one(bool step) {
    return {{}, debug_resume{step ? debug_resume::kind::step : debug_resume::kind::run, resumed_hart_}};
}

// "?", or ";action[:thread]" for each; the leftmost that fits a thread holds for it. One hart can step at a
// time, and it, one hart, or all run.
answer session::resume_threads(std::string_view actions) {
    if (actions == "?") {
        return {"vCont;c;C;s;S"};
    }
    if (!actions.starts_with(';') || actions.size() == 1) {
        return {malformed};
    }
    actions.remove_prefix(1);
    std::optional<unsigned> steps;
    std::vector<bool> runs(target_.harts());
    while (!actions.empty()) {
        auto action = take_until(actions, ';');
        const auto what = take_until(action, ':');
        const bool all = action.empty() || action == "-1";
        const auto hart = all ? std::optional(stopped_hart_) : hart_of(action);
        if (what.empty() || !hart || std::string_view("cCsS").find(what.front()) == std::string_view::npos) {
            return {malformed};
        }
        if (what.front() == 's' || what.front() == 'S') {
            steps = steps.value_or(*hart);
        } else if (all) {
            runs.assign(runs.size(), true);
        } else {
            runs[*hart] = true;
        }
    }
    if (!steps) {
        const bool one = runs.size() > 1 && std::ranges::count(runs, true) == 1;
        const auto first = static_cast<unsigned>(std::ranges::find(runs, true) - runs.begin());
        return {{}, one ? debug_resume{debug_resume::kind::run_alone, first} : debug_resume{}};
    }
    const bool others = std::ranges::find(runs, true) != runs.end();
    return {{}, debug_resume{others ? debug_resume::kind::step : debug_resume::kind::step_alone, *steps}};
}

std::string session::read_registers() const {
    std::string out;
    for (std::uint32_t number = 0; number <= debugger::pc_number; ++number) {
        out += word_to_hex(target_.register_value(general_hart_, number).value_or(0));
    }
    return out;
}

std::string session::write_registers(std::string_view digits) {
    constexpr std::size_t digits_each = 8;
    if (digits.size() != digits_each * (debugger::pc_number + 1) || !from_hex(digits)) {
        return malformed;
    }
    for (std::uint32_t number = 0; number <= debugger::pc_number; ++number) {
        const auto value = word_from_hex(digits.substr(number * digits_each, digits_each));
        if (!target_.set_register(general_hart_, number, value.value_or(0))) {
            return malformed;
        }
    }
    return ok;
}

std::string session::read_register(std::string_view number) const {
    const auto which = number_from_hex(number);
    const auto value = which ? target_.register_value(general_hart_, *which) : std::nullopt;
    return value ? word_to_hex(*value) : malformed;
}

std::string session::write_register(std::string_view assignment) {
    const auto number = number_from_hex(take_until(assignment, '='));
    const auto value = word_from_hex(assignment);
    return number && value && target_.set_register(general_hart_, *number, *value) ? ok : malformed;
}

std::string session::read_memory(std::string_view place) const {
    const auto address = number_from_hex(take_until(place, ','));
    const auto length = number_from_hex(place);
    if (!address || !length) {
        return malformed;
    }
    std::vector<std::uint8_t> data(std::min<std::size_t>(*length, message_reader::longest_payload / 2));
    const std::size_t read = target_.read(*address, data);
    return read == 0 && !data.empty() ? not_there : to_hex(std::span(data).first(read));
}

std::string session::write_memory(std::string_view packet, bool binary) {
    auto place = take_until(packet, ':');
    const auto address = number_from_hex(take_until(place, ','));
    const auto length = number_from_hex(place);
    const auto data =
        binary ? std::optional(std::vector<std::uint8_t>(packet.begin(), packet.end())) : from_hex(packet);
    if (!address || !length || !data || data->size() != *length) {
        return malformed;
    }
    return data->empty() || target_.write(*address, *data) ? ok : not_there;
}

std::string session::change_point(std::string_view packet, bool set) {
    auto text = take_until(packet, ';');
    const auto type = number_from_hex(take_until(text, ','));
    const auto address = number_from_hex(take_until(text, ','));
    const auto kind = number_from_hex(text);
    if (!type || !address || !kind) {
        return malformed;
    }
    if (*type > static_cast<std::uint32_t>(point_kind::access)) {
        return {};
    }
    const auto point = static_cast<point_kind>(*type);
    if (set) {
        return target_.set_point(point, *address, *kind) ? ok : malformed;
    }
    target_.remove_point(point, *address, *kind);
    return ok;
}

std::string session::choose_thread(std::string_view choice) {
    if (choice.empty() || (choice.front() != 'g' && choice.front() != 'c')) {
        return malformed;
    }
    unsigned& chosen = choice.front() == 'g' ? general_hart_ : resumed_hart_;
    const auto id = choice.substr(1);
    if (id == "0" || id == "-1") {
        chosen = stopped_hart_;
        return ok;
    }
    const auto hart = hart_of(id);
    chosen = hart.value_or(chosen);
    return hart ? ok : malformed;
}

std::string session::threads() const {
    std::string out = "m";
    for (unsigned hart = 0; hart < target_.harts(); ++hart) {
        out += fmt::format("{}{}", hart == 0 ? "" : ",", thread_id(hart));
    }
    return out;
}

std::string session::thread_text(std::string_view id) const {
    const auto hart = hart_of(id);
    return hart ? text_to_hex(fmt::format("hart {}{}", *hart, target_.place(*hart).asleep ? ", asleep" : ""))
                : malformed;
}

std::optional<unsigned> session::hart_of(std::string_view id) const {
    const auto number = number_from_hex(id);
    return number && *number >= 1 && *number <= target_.harts() ? std::optional(*number - 1) : std::nullopt;
}

}  // namespace eyeriss::platform::gdb
