#pragma once

#include <systemc>

namespace eyeriss::accelerator {

/// An interrupt line with the faults that it can have: rises that are lost or late, and pulses without cause.
/// A lost rise stays unseen until the cause has gone and come again.
class line_faults {
public:
    /// The level that the line has while its cause has this level. `delay` becomes the time after which to
    /// ask again for a late rise, else stays.
    [[nodiscard]] bool drive(bool cause, sc_core::sc_time& delay) {
        const bool rises = cause && !cause_;
        cause_ = cause;
        if (!cause) masked_ = false;
        if (rises && to_lose_ > 0) {
            --to_lose_;
            masked_ = true;
        } else if (rises && late_ != sc_core::SC_ZERO_TIME) {
            delay = late_;
            late_ = sc_core::SC_ZERO_TIME;
            masked_ = true;
        }
        return (cause && !masked_) || pulse_;
    }
    void lose_next() { ++to_lose_; }
    void delay_next(const sc_core::sc_time& delay) { late_ = delay; }
    void end_delay() { masked_ = false; }
    void set_pulse(bool on) { pulse_ = on; }

private:
    bool cause_ = false, masked_ = false, pulse_ = false;
    unsigned to_lose_ = 0;
    sc_core::sc_time late_;
};

}  // namespace eyeriss::accelerator
