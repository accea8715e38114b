#include "platform/devices/timer.h"

namespace eyeriss::platform {

timer::timer(sc_core::sc_module_name name)
    : table_peripheral(name, register_map::timer),
      interrupt("interrupt"),
      period_("period", EYERISS_TIMER_HZ),
      changed_("changed") {
    on_read(EYERISS_TIMER_VALUE, [this] { return period_.left(); });
    on_write(EYERISS_TIMER_CTRL, [this](std::uint32_t) { control(); });
    on_write(EYERISS_TIMER_STATUS, [this](std::uint32_t) { changed_.notify(sc_core::SC_ZERO_TIME); });
    SC_HAS_PROCESS(timer);
    SC_METHOD(expire);
    sensitive << period_.over;
    dont_initialize();
    SC_METHOD(drive);
    sensitive << changed_;
}

void timer::reset() {
    table_peripheral::reset();
    control();
}

void timer::control() {
    const bool enable = (value(EYERISS_TIMER_CTRL) & EYERISS_TIMER_CTRL_ENABLE) != 0;
    if (enable && !enabled_) {
        period_.start(value(EYERISS_TIMER_LOAD));
    } else if (!enable) {
        period_.stop();
    }
    enabled_ = enable;
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void timer::expire() {
    change(EYERISS_TIMER_STATUS, 0, EYERISS_TIMER_STATUS_EXPIRED);
    if ((value(EYERISS_TIMER_CTRL) & EYERISS_TIMER_CTRL_PERIODIC) != 0) {
        period_.start(value(EYERISS_TIMER_LOAD));
    } else {
        enabled_ = false;
        change(EYERISS_TIMER_CTRL, EYERISS_TIMER_CTRL_ENABLE, 0);
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void timer::drive() {
    const bool expired = (value(EYERISS_TIMER_STATUS) & EYERISS_TIMER_STATUS_EXPIRED) != 0;
    interrupt.write(expired && (value(EYERISS_TIMER_CTRL) & EYERISS_TIMER_CTRL_IRQ_ENABLE) != 0);
}

}  // namespace eyeriss::platform
