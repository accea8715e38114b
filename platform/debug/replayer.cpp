#include "platform/debug/replayer.h"

#include <fmt/format.h>

#include <utility>

#include "platform/soc.h"

namespace eyeriss::platform {
namespace {

std::string text_of(const debug_stop& place) {
    return fmt::format("hart {} at {:#010x} after {} instructions, {} ps{}", place.hart, place.pc,
                       place.instructions, place.at_ps, place.asleep ? ", asleep" : "");
}

bool same_place(const debug_stop& a, const debug_stop& b) {
    return a.hart == b.hart && a.pc == b.pc && a.instructions == b.instructions && a.at_ps == b.at_ps &&
           a.asleep == b.asleep;
}

bool steps(const debug_resume& how, unsigned hart) {
    return how.hart == hart &&
           (how.how == debug_resume::kind::step || how.how == debug_resume::kind::step_alone);
}

}  // namespace

replayer::replayer(soc& soc, std::vector<debug_stop> stops, debugger::fault_injector injector)
    : stops_(std::move(stops)),
      debugger_(soc, [this](unsigned hart, const hart_stop& stop) { return serve(hart, stop); }) {
    debugger_.on_fault(std::move(injector));
    for (const auto& stop : stops_) {
        if (stop.hart >= debugger_.harts()) {
            departure_ =
                fmt::format("the recording stops hart {}, this machine has {}", stop.hart, debugger_.harts());
        }
    }
    if (departure_.empty() && !stops_.empty()) {
        debugger_.stop_at(stops_.front().hart, stops_.front().at_ps);
    }
}

bool replayer::stop_sleeper() {
    if (next_ == stops_.size() || !stops_[next_].asleep) {
        return false;
    }
    const auto here = debugger_.place(stops_[next_].hart);
    const bool due = here.asleep && here.at_ps >= stops_[next_].at_ps;
    if (due) {
        debugger_.request_stop(here.hart);
    }
    return due;
}

bool replayer::poll() {
    stop_sleeper();
    return debugger_.killed() || !departure_.empty();
}

bool replayer::idle() {
    return !debugger_.killed() && stop_sleeper();
}

std::string replayer::departure() const {
    return departure_.empty() && next_ < stops_.size()
               ? fmt::format("the run ended before {}", text_of(stops_[next_]))
               : departure_;
}

void replayer::act(const debug_action& action) {
    switch (action.what) {
        case debug_action::kind::set_register:
            debugger_.set_register(action.hart, action.number, action.value);
            break;
        case debug_action::kind::set_memory:
            debugger_.write(action.address, action.bytes);
            break;
        case debug_action::kind::write_device:
            debugger_.write_device(action.address, action.value);
            break;
        case debug_action::kind::reset:
            debugger_.reset();
            break;
        case debug_action::kind::fault:
            debugger_.inject(action.text);
            break;
    }
}

debug_resume replayer::serve(unsigned hart, const hart_stop& /*stop*/) {
    const auto here = debugger_.place(hart);
    if (next_ == stops_.size() || !same_place(here, stops_[next_])) {
        departure_ = next_ == stops_.size() ? fmt::format("the recording has no stop of {}", text_of(here))
                                            : fmt::format("the run is at {}, the recording at {}",
                                                          text_of(here), text_of(stops_[next_]));
        return {debug_resume::kind::kill};
    }
    const debug_stop& recorded = stops_[next_++];
    try {
        for (const auto& action : recorded.actions) {
            act(action);
        }
    } catch (const std::invalid_argument& wrong) {
        departure_ = wrong.what();
        return {debug_resume::kind::kill};
    }
    return prepare(recorded.resume);
}

// A step stops by itself. A run that came back to a breakpoint in no time had entered an interrupt.
debug_resume replayer::prepare(const debug_resume& recorded) {
    if (next_ == stops_.size() || steps(recorded, stops_[next_].hart)) {
        return recorded;
    }
    const debug_stop& next = stops_[next_];
    if (next.at_ps == stops_[next_ - 1].at_ps && next.hart == stops_[next_ - 1].hart && !next.asleep) {
        const bool alone = recorded.how == debug_resume::kind::run_alone;
        return {alone ? debug_resume::kind::step_alone : debug_resume::kind::step, next.hart};
    }
    debugger_.stop_at(next.hart, next.at_ps);
    return recorded;
}

}  // namespace eyeriss::platform
