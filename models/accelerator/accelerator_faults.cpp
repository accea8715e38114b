#include "models/accelerator/accelerator.h"
#include "models/accelerator/engine.h"

namespace eyeriss::accelerator {

void accelerator::inject(const faults::fault& f) {
    switch (f.what) {
        case faults::kind::irq_lost:
        case faults::kind::irq_spurious:
        case faults::kind::irq_late:
            inject_line_fault(f);
            break;
        default:
            engine_->inject(f);
            break;
    }
}

void accelerator::inject_line_fault(const faults::fault& f) {
    auto& line = line_faults_[static_cast<std::size_t>(f.line)];
    if (f.what == faults::kind::irq_lost) {
        line.lose_next();
    } else if (f.what == faults::kind::irq_late) {
        line.delay_next(sc_core::sc_time(static_cast<double>(f.duration_ps), sc_core::SC_PS));
    } else {
        const sc_core::sc_time pulse(1, sc_core::SC_NS);  // a level input of the PLIC takes any pulse
        line.set_pulse(true);
        status_changed_.notify(sc_core::SC_ZERO_TIME);
        sc_core::sc_spawn([this, &line, pulse] {
            wait(pulse);
            line.set_pulse(false);
            status_changed_.notify(sc_core::SC_ZERO_TIME);
        });
    }
}

void accelerator::before_descriptor(std::function<void(std::uint32_t)> hook) {
    engine_->before_descriptor(std::move(hook));
}

std::vector<std::string> accelerator::who_waits() const {
    return engine_->who_waits();
}

}  // namespace eyeriss::accelerator
