#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>

#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// 16550 UART: byte-wide registers at offsets 0 to 7, which wider accesses hit too as on QEMU's `virt`; a
/// transmit FIFO of 16, interrupts for received data and transmitter empty. Characters take no time unless a
/// time per character is given; then the transmitter empties its FIFO at that pace. With FIFOs enabled
/// received data interrupts at the trigger level of FCR, or four character times after the last character
/// came or was read. Modem lines read as connected; loop-back is not modelled.
class uart16550 : public peripheral {
public:
    static constexpr std::uint64_t window_bytes = 0x100;
    static constexpr std::size_t fifo_depth = 16;
    /// What a device tree says of the clock of its divisor, as QEMU's `virt` has it.
    static constexpr unsigned clock_hz = 3'686'400;

    /// Takes each character that leaves the transmitter.
    using sink = std::function<void(char)>;

    sc_core::sc_out<bool> interrupt;

    uart16550(sc_core::sc_module_name name, sink output,
              const sc_core::sc_time& character_time = sc_core::SC_ZERO_TIME);

    /// Characters that arrive from outside; they wait until they are read, none is lost. To be called from a
    /// process or before the simulation starts.
    void receive(std::string_view characters);
    /// Characters that firmware has not read yet.
    [[nodiscard]] std::size_t waiting() const { return received_.size(); }
    /// True when received data would interrupt.
    [[nodiscard]] bool interrupts_on_input() const { return (ier_ & 1U) != 0; }

    void reset() override;

private:
    // In address order; two share an address where the divisor latch is reached through it.
    std::uint8_t ier_ = 0;                // interrupt enable
    std::uint8_t fcr_ = 0;                // FIFO control
    std::uint8_t lcr_ = 0;                // line control
    std::uint8_t mcr_ = 0;                // modem control
    std::uint8_t scr_ = 0;                // scratch
    std::uint8_t dll_ = 1, dlm_ = 0;      // divisor latch
    bool transmitter_interrupt_ = false;  // cleared by reading IIR or writing THR

    std::uint32_t read_rbr();
    std::uint32_t read_iir();
    [[nodiscard]] std::uint32_t read_lsr() const;
    void write_thr(std::uint8_t value);
    void write_ier(std::uint8_t value);
    void write_fcr(std::uint8_t value);
    [[nodiscard]] bool divisor_latched() const { return (lcr_ & 0x80U) != 0; }
    [[nodiscard]] std::uint8_t interrupt_code() const;
    [[nodiscard]] std::size_t trigger_level() const;
    void touch_received();
    void time_out();
    void transmit();
    void update();

    sink output_;
    sc_core::sc_time character_time_;
    std::deque<char> transmitting_, received_;
    bool timed_out_ = false;  ///< characters below the trigger level have waited long enough
    sc_core::sc_event character_sent_, input_rests_;
    sc_core::sc_event changed_;
};

}  // namespace eyeriss::platform
