#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// Platform-level interrupt controller with SiFive's register layout: priorities (0..7) from 0, pending bits
/// from 0x1000; of context c the enables from 0x2000 + 0x80 c, threshold at 0x200000 + 0x1000 c, claim and
/// complete 4 behind it. As on QEMU's `virt`, hart h has context 2 h for machine mode and context 2 h + 1 for
/// supervisor mode, which these harts lack: its registers work, its interrupt goes nowhere. Words without a
/// register read 0 and ignore writes, as there.
///
/// Sources are level-triggered; source 0 does not exist. Claim hands out the pending, enabled source of the
/// highest priority above 0, the lowest number among equals; the source is deaf until it is completed, and
/// pends again at once if its level still stands.
class plic : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x600000;
    static constexpr unsigned sources = 96;

    /// Level of a source; a source may stay unbound.
    using level_port = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    sc_core::sc_vector<level_port> levels;
    /// To machine mode of each hart.
    sc_core::sc_vector<sc_core::sc_out<bool>> external_interrupt;

    explicit plic(sc_core::sc_module_name name, unsigned harts = 1);

    void reset() override;

private:
    static constexpr unsigned contexts_a_hart = 2;

    struct source {
        std::uint32_t priority = 0;
        bool pending = false, in_service = false;
    };
    struct context {
        std::bitset<sources> enabled;
        std::uint32_t threshold = 0;
    };

    void end_of_elaboration() override;
    void add_sources();
    void add_context(unsigned index);
    void sample();
    void update();
    void write_enables(context& at, unsigned first, std::uint32_t bits);
    [[nodiscard]] std::uint32_t pending_word(unsigned first) const;
    [[nodiscard]] unsigned best(const context& at, std::uint32_t above) const;
    std::uint32_t claim(const context& at);
    void complete(const context& at, std::uint32_t number);

    std::array<source, sources> state_{};
    std::vector<context> contexts_;
    sc_core::sc_event changed_;
};

}  // namespace eyeriss::platform
