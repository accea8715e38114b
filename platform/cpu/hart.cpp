#include "platform/cpu/hart.h"

#include <algorithm>
#include <stdexcept>
#include <typeinfo>
#include <utility>
#include <vector>

namespace eyeriss::platform {

namespace {

std::uint64_t period_of(unsigned clock_mhz) {
    if (clock_mhz == 0) {
        throw std::invalid_argument("core.clock_mhz: expects at least 1");
    }
    return std::max<std::uint64_t>(sc_core::sc_time(1.0 / clock_mhz, sc_core::SC_US).value(), 1);
}

unsigned harts_below(const std::vector<sc_core::sc_object*>& objects) {
    unsigned count = 0;
    for (const sc_core::sc_object* object : objects) {
        if (object == nullptr) continue;
        // Cheaper than a dynamic_cast, of which a large array would need hundreds of thousands.
        const bool is_hart = typeid(*object) == typeid(hart);
        count += is_hart ? 1 : harts_below(object->get_child_objects());
    }
    return count;
}

}  // namespace

hart::hart(sc_core::sc_module_name name, const arch::core_parameters& parameters, std::uint32_t hart_id,
           std::uint32_t reset_vector)
    : sc_module(name),
      bus("bus"),
      software_interrupt("software_interrupt"),
      timer_interrupt("timer_interrupt"),
      external_interrupt("external_interrupt"),
      hart_id_(hart_id),
      reset_vector_(reset_vector),
      core_(hart_id, bus,
            {[this] { synchronise(); }, [this](const auto& delay) { add_delay(delay); },
             [this](const auto& latency) { lengthen(latency); }}),
      period_(period_of(parameters.clock_mhz)),
      quantum_cycles_(std::max<std::uint64_t>(
          sc_core::sc_time(parameters.quantum_ns, sc_core::SC_NS).value() / period_, 1)),
      released_("released"),
      interrupt_changed_("interrupt_changed") {
    core_.pc = reset_vector;
    bus.register_invalidate_direct_mem_ptr(this, &hart::invalidate_direct_mem_ptr);
    SC_HAS_PROCESS(hart);
    SC_THREAD(execute);
    SC_METHOD(update_interrupts);
    sensitive << software_interrupt << timer_interrupt << external_interrupt;
}

void hart::release(const sc_core::sc_time& until, std::uint64_t instruction_limit) {
    time_limit_ = until;
    instruction_limit_ = instruction_limit;
    halt_ = halt::none;
    released_.notify(sc_core::SC_ZERO_TIME);
}

void hart::set_reg(unsigned index, std::uint32_t value) {
    if (index != 0) {
        core_.x.at(index) = value;
    }
}

void hart::set_time_source(std::function<std::uint64_t(const sc_core::sc_time&)> mtime) {
    core_.csr.set_time_source([mtime = std::move(mtime), this](std::uint64_t cycle) {
        return mtime(sc_core::sc_time::from_value(cycle * period_));
    });
}

hart_statistics hart::statistics() const {
    return {cycles_in(sc_core::sc_time_stamp()), core_.retired(), active_cycles_,
            core_.memory.transactions()};
}

void hart::start_of_simulation() {
    constexpr unsigned deltas_among_several = 16;
    if (harts_below(sc_core::sc_get_top_level_objects()) > 1) {
        settling_deltas_ = deltas_among_several;
    }
}

void hart::execute() {
    while (true) {
        settle();
        if (halt_ == halt::none) {
            halt_ = limit_reached();
        }
        if (reset_due_) {
            reset_due_ = false;
            core_.reset(reset_vector_);
        }
        if (core_.take_host_call()) {
            host_call_(*this);
            wait(sc_core::SC_ZERO_TIME);  // the call may have ended the run
        } else if (halt_ != halt::none) {
            stand_still();
        } else if (const auto stop = debugger_ != nullptr ? stop_due() : std::nullopt) {
            ask_debugger(*stop);
        } else if (held_ || (core_.sleeping() && !core_.csr.wakes())) {
            sleep();
        } else {
            core_.wake();
            run_slice();
        }
    }
}

void hart::stand_still() {
    if (halt_ == halt::instruction_limit) {
        sc_core::sc_pause();
    }
    wait(released_);
    wait_until(cycles_in(sc_core::sc_time_stamp()));
}

void hart::sleep() {
    wait(interrupt_changed_ | released_);
    wait_until(cycles_in(sc_core::sc_time_stamp()));
}

void hart::run_slice() {
    base_cycle_ = cycles_in(sc_core::sc_time_stamp());
    const std::uint64_t started = base_cycle_;
    core_.set_cycle_base(base_cycle_);
    const std::uint64_t used = core_.run(std::exchange(stepping_, false) ? step_budget() : budget());
    active_cycles_ += base_cycle_ + used - started;
    wait_until(base_cycle_ + used);
}

// Whatever is due at this time happens before the next instruction, however many delta cycles it takes. Harts
// that are due together go on by their numbers: the kernel's order depends on what else is scheduled.
void hart::settle() {
    for (unsigned i = 0; i < settling_deltas_ && sc_core::sc_pending_activity_at_current_time(); ++i) {
        wait(sc_core::SC_ZERO_TIME);
    }
    const bool several = settling_deltas_ != std::numeric_limits<unsigned>::max();
    for (unsigned i = 0; several && i < hart_id_; ++i) {
        wait(sc_core::SC_ZERO_TIME);
    }
}

std::uint64_t hart::cycles_in(const sc_core::sc_time& time) const {
    return time.value() / period_ + (time.value() % period_ != 0 ? 1 : 0);
}

// Instructions that start before the next activity, and before the limits.
std::uint64_t hart::budget() const {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    const std::uint64_t until_activity = cycles_in(sc_core::sc_time_to_pending_activity());
    const std::uint64_t until_limit = cycles_in(std::min(time_limit_, stop_time_) - now);
    // Several harts may be within their slices at a time: each takes its share of what is left.
    const std::uint64_t instructions = instructions_left() / std::max<std::size_t>(counted_.size(), 1);
    return std::max<std::uint64_t>(1, std::min({quantum_cycles_, until_activity, until_limit, instructions}));
}

// One instruction; none when an interrupt is taken in its place.
std::uint64_t hart::step_budget() {
    stepped_ = true;
    return core_.csr.interrupt() ? 0 : 1;
}

void hart::attach(hart_debugger* debugger) {
    debugger_ = debugger;
    stop_time_ = sc_core::sc_max_time();
    stop_requested_ = stepping_ = stepped_ = false;
    hold(false);
    set_breakpoints({});
    set_watchpoints({});
}

void hart::request_stop() {
    stop_requested_ = true;
    released_.notify(sc_core::SC_ZERO_TIME);
}

void hart::hold(bool held) {
    held_ = held;
    released_.notify(sc_core::SC_ZERO_TIME);
}

void hart::reset() {
    if (core_.within_instruction()) {
        reset_due_ = true;
    } else {
        core_.reset(reset_vector_);
    }
    released_.notify(sc_core::SC_ZERO_TIME);
}

// A breakpoint is reached when its instruction would run next: an interrupt that is due goes first.
std::optional<hart_stop> hart::stop_due() {
    const bool stepped = std::exchange(stepped_, false);
    const bool at_breakpoint = core_.take_breakpoint() && !core_.csr.interrupt();
    if (const auto hit = core_.memory.take_watch_hit()) {
        return hart_stop{hart_stop::cause::watchpoint, hit};
    }
    if (at_breakpoint) {
        return hart_stop{hart_stop::cause::breakpoint};
    }
    if (stepped) {
        return hart_stop{hart_stop::cause::step};
    }
    if (stop_requested_) {
        return hart_stop{hart_stop::cause::request};
    }
    return sc_core::sc_time_stamp() >= stop_time_ ? std::optional(hart_stop{hart_stop::cause::time})
                                                  : std::nullopt;
}

void hart::ask_debugger(const hart_stop& stop) {
    stop_requested_ = false;
    stop_time_ = sc_core::sc_max_time();
    const std::uint32_t stood_at = core_.pc;
    debugger_->stopped(*this, stop);
    if (core_.pc == stood_at) {
        core_.pass_breakpoint();
    }
}

counter_values hart::counters() const {
    return {cycles_in(sc_core::sc_time_stamp()), core_.retired()};
}

std::optional<std::uint32_t> hart::csr(std::uint32_t number) const {
    return core_.csr.peek(number, counters());
}

bool hart::set_csr(std::uint32_t number, std::uint32_t value) {
    return core_.poke_csr(number, value, counters());
}

void hart::on_host_call(std::function<void(hart&)> call) {
    host_call_ = std::move(call);
    core_.take_host_calls(host_call_ != nullptr);
}

hart::halt hart::limit_reached() const {
    if (instructions_left() == 0) {
        return halt::instruction_limit;
    }
    return sc_core::sc_time_stamp() >= time_limit_ ? halt::time_limit : halt::none;
}

std::uint64_t hart::instructions_left() const {
    std::uint64_t retired = counted_.empty() ? core_.retired() : 0;
    for (const hart* each : counted_) {
        retired += each->core_.retired();
    }
    return instruction_limit_ - std::min(retired, instruction_limit_);
}

void hart::wait_until(std::uint64_t cycle) {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    const sc_core::sc_time target = sc_core::sc_time::from_value(cycle * period_);
    if (target > now) {
        wait(target - now);
    }
}

void hart::synchronise() {
    wait_until(base_cycle_ + core_.slice_cycles());
}

// The instruction lasts until the target is done: later ones of the slice move by the cycles lost.
void hart::add_delay(const sc_core::sc_time& delay) {
    const std::uint64_t done = cycles_in(sc_core::sc_time_stamp() + delay);
    const std::uint64_t here = base_cycle_ + core_.slice_cycles();
    if (done > here) {
        base_cycle_ += done - here;
        core_.set_cycle_base(base_cycle_);
    }
}

void hart::lengthen(const sc_core::sc_time& latency) {
    const std::uint64_t cycles = cycles_in(latency);
    base_cycle_ += cycles;
    core_.lengthen(cycles);
}

void hart::update_interrupts() {
    core_.csr.set_line(interrupt_line::software, software_interrupt.read());
    core_.csr.set_line(interrupt_line::timer, timer_interrupt.read());
    core_.csr.set_line(interrupt_line::external, external_interrupt.read());
    interrupt_changed_.notify();
}

void hart::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
    core_.memory.invalidate(start, end);
    core_.flush();
}

}  // namespace eyeriss::platform
