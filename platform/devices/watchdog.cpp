#include "platform/devices/watchdog.h"

#include <utility>

namespace eyeriss::platform {

watchdog::watchdog(sc_core::sc_module_name name, actions at_end)
    : table_peripheral(name, register_map::watchdog),
      interrupt("interrupt"),
      at_end_(std::move(at_end)),
      stage_("stage", EYERISS_WATCHDOG_HZ),
      changed_("changed") {
    on_read(EYERISS_WATCHDOG_VALUE, [this] { return stage_.left(); });
    on_write(EYERISS_WATCHDOG_CTRL, [this](std::uint32_t) { control(); });
    on_write(EYERISS_WATCHDOG_STATUS, [this](std::uint32_t) { changed_.notify(sc_core::SC_ZERO_TIME); });
    on_write(EYERISS_WATCHDOG_KICK, [this](std::uint32_t) { kick(); });
    SC_HAS_PROCESS(watchdog);
    SC_METHOD(expire);
    sensitive << stage_.over;
    dont_initialize();
    SC_METHOD(drive);
    sensitive << changed_;
}

void watchdog::reset() {
    table_peripheral::reset();
    control();
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void watchdog::control() {
    const bool enable = (value(EYERISS_WATCHDOG_CTRL) & EYERISS_WATCHDOG_CTRL_ENABLE) != 0;
    if (enable && !enabled_) {
        second_ = false;
        stage_.start(value(EYERISS_WATCHDOG_LOAD));
    } else if (!enable) {
        stage_.stop();
    }
    enabled_ = enable;
}

void watchdog::kick() {
    change(EYERISS_WATCHDOG_STATUS, EYERISS_WATCHDOG_STATUS_EXPIRED, 0);
    changed_.notify(sc_core::SC_ZERO_TIME);
    second_ = false;
    if (enabled_) {
        stage_.start(value(EYERISS_WATCHDOG_LOAD));
    }
}

void watchdog::expire() {
    if (!second_) {
        second_ = true;
        change(EYERISS_WATCHDOG_STATUS, 0, EYERISS_WATCHDOG_STATUS_EXPIRED);
        stage_.start(value(EYERISS_WATCHDOG_LOAD));
    } else if ((value(EYERISS_WATCHDOG_CTRL) & EYERISS_WATCHDOG_CTRL_RESTART) != 0) {
        reset();
        change(EYERISS_WATCHDOG_STATUS, 0, EYERISS_WATCHDOG_STATUS_RESTARTED);
        at_end_.restart();
    } else {
        at_end_.end();
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void watchdog::drive() {
    interrupt.write((value(EYERISS_WATCHDOG_STATUS) & EYERISS_WATCHDOG_STATUS_EXPIRED) != 0);
}

}  // namespace eyeriss::platform
