#pragma once

#include <array>
#include <cstdint>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// Platform-level interrupt controller with SiFive's register layout and one context, machine mode of hart 0:
/// priorities (0..7) from 0, pending bits from 0x1000, enables from 0x2000, threshold at 0x200000, claim and
/// complete at 0x200004. Sources are level-triggered; source 0 does not exist. Claim hands out the pending,
/// enabled source of the highest priority above 0, the lowest number among equals; the source is deaf until
/// it is completed, and pends again at once if its level still stands.
class plic : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x600000;
    static constexpr unsigned sources = 96;

    /// Level of a source; a source may stay unbound.
    using level_port = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    sc_core::sc_vector<level_port> levels;
    sc_core::sc_out<bool> external_interrupt;

    explicit plic(sc_core::sc_module_name name);

private:
    struct source {
        std::uint32_t priority = 0;
        bool enabled = false, pending = false, in_service = false;
    };

    void end_of_elaboration() override;
    void sample();
    void update();
    void write_enables(unsigned first, std::uint32_t bits);
    [[nodiscard]] std::uint32_t word_of(unsigned first, bool source::*flag) const;
    [[nodiscard]] unsigned best(std::uint32_t above) const;
    std::uint32_t claim();
    void complete(std::uint32_t number);

    std::array<source, sources> state_{};
    std::uint32_t threshold_ = 0;
    sc_core::sc_event changed_;
};

}  // namespace eyeriss::platform
