#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

namespace eyeriss::platform {

/// Something that came from outside the simulation: characters typed at a UART, a fault that someone
/// injected.
struct outside_event {
    std::uint64_t at_ps = 0;  ///< simulated time at which it took effect
    std::string source;       ///< who takes it, e.g. "uart"
    std::string data;         ///< bytes that its taker understands
    bool operator==(const outside_event&) const = default;
};

/// The one door through which input comes into the simulation, so that it can be recorded and replayed.
///
/// Input takes effect a fixed time after it was submitted, the lookahead: no hart has run past that point
/// yet, so what a program sees depends on the time alone, and the same input at the same time gives the same
/// run.
class outside : public sc_core::sc_module {
public:
    /// Takes the data of one event, in a process of the simulation at the event's time.
    using taker = std::function<void(std::string_view data)>;
    using observer = std::function<void(const outside_event&)>;

    /// `lookahead`: what harts run ahead of simulated time at most.
    outside(sc_core::sc_module_name name, const sc_core::sc_time& lookahead);

    /// Says who takes what a source submits. One taker a source.
    void attach(std::string source, taker take);
    /// Input that has just come; to be called between runs, or from a process. Without effect in a replay.
    /// Throws std::invalid_argument for a source that nobody takes.
    void submit(std::string_view source, std::string_view data);
    /// Tells observers of something that has taken effect by another way.
    void note(std::string_view source, std::string_view data) const;
    /// Called for each event when it takes effect. To be set before the first.
    void observe(observer seen) { observers_.push_back(std::move(seen)); }

    /// Lets these events take effect at their times, and nothing else; ascending in time, before the
    /// simulation starts. Throws std::invalid_argument for a source that nobody takes and for a time before
    /// the last one.
    void replay(const std::vector<outside_event>& events);
    [[nodiscard]] bool replaying() const { return replaying_; }

private:
    void deliver();
    void arm();
    [[nodiscard]] const taker& taker_of(std::string_view source) const;

    sc_core::sc_time lookahead_;
    std::map<std::string, taker, std::less<>> takers_;
    std::vector<observer> observers_;
    std::deque<outside_event> pending_;
    sc_core::sc_event due_;
    bool replaying_ = false;
};

}  // namespace eyeriss::platform
