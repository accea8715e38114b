#include "platform/devices/uart16550.h"

#include <array>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr std::uint8_t ier_received = 0x01, ier_transmitter = 0x02, ier_mask = 0x0f;
constexpr std::uint8_t iir_none = 0x01, iir_transmitter = 0x02, iir_received = 0x04, iir_timeout = 0x0c,
                       iir_fifos = 0xc0;
constexpr std::uint8_t fcr_enable = 0x01, fcr_clear_received = 0x02, fcr_clear_transmit = 0x04,
                       fcr_trigger_shift = 6;
constexpr unsigned timeout_characters = 4;
constexpr std::uint8_t lsr_data_ready = 0x01, lsr_holding_empty = 0x20, lsr_all_empty = 0x40;
constexpr std::uint8_t msr_connected = 0xb0;  // carrier, data set ready, clear to send

}  // namespace

uart16550::uart16550(sc_core::sc_module_name name, sink output, const sc_core::sc_time& character_time)
    : peripheral(name),
      interrupt("interrupt"),
      output_(std::move(output)),
      character_time_(character_time),
      character_sent_("character_sent"),
      input_rests_("input_rests"),
      changed_("changed") {
    const auto store = [](std::uint8_t& place) {
        return accept([&place](std::uint32_t value) { place = static_cast<std::uint8_t>(value); });
    };
    const auto add = [this](const char* register_name, std::uint32_t offset, read_function read,
                            write_function write) {
        constexpr std::uint32_t rbr = 0, iir = 2;
        add_register({register_name, offset, 1, std::move(read), std::move(write), true,
                      offset == rbr || offset == iir});
    };
    add(
        "rbr_thr_dll", 0, [this] { return divisor_latched() ? std::uint32_t{dll_} : read_rbr(); },
        accept([this](std::uint32_t value) { write_thr(static_cast<std::uint8_t>(value)); }));
    add(
        "ier_dlm", 1, [this] { return divisor_latched() ? dlm_ : ier_; },
        accept([this](std::uint32_t value) { write_ier(static_cast<std::uint8_t>(value)); }));
    add(
        "iir_fcr", 2, [this] { return read_iir(); },
        accept([this](std::uint32_t value) { write_fcr(static_cast<std::uint8_t>(value)); }));
    add(
        "lcr", 3, [this] { return lcr_; }, store(lcr_));
    add(
        "mcr", 4, [this] { return mcr_; }, store(mcr_));
    add(
        "lsr", 5, [this] { return read_lsr(); }, accept([](std::uint32_t) {}));
    add(
        "msr", 6, [] { return msr_connected; }, accept([](std::uint32_t) {}));
    add(
        "scr", 7, [this] { return scr_; }, store(scr_));
    SC_HAS_PROCESS(uart16550);
    SC_METHOD(transmit);
    sensitive << character_sent_;
    dont_initialize();
    SC_METHOD(time_out);
    sensitive << input_rests_;
    dont_initialize();
    SC_METHOD(update);
    sensitive << changed_;
}

void uart16550::receive(std::string_view characters) {
    received_.insert(received_.end(), characters.begin(), characters.end());
    touch_received();
}

void uart16550::reset() {
    ier_ = fcr_ = lcr_ = mcr_ = scr_ = dlm_ = 0;
    dll_ = 1;
    transmitter_interrupt_ = false;
    transmitting_.clear();
    received_.clear();
    character_sent_.cancel();
    touch_received();
}

/// The FIFO of received characters has changed: the wait for its timeout begins anew.
void uart16550::touch_received() {
    input_rests_.cancel();
    timed_out_ = character_time_ == sc_core::SC_ZERO_TIME;
    if (!timed_out_ && !received_.empty()) {
        input_rests_.notify(timeout_characters * character_time_);
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void uart16550::time_out() {
    timed_out_ = true;
    changed_.notify(sc_core::SC_ZERO_TIME);
}

std::size_t uart16550::trigger_level() const {
    constexpr std::array<std::size_t, 4> levels{1, 4, 8, 14};
    return (fcr_ & fcr_enable) != 0 ? levels.at(fcr_ >> fcr_trigger_shift) : 1;
}

std::uint32_t uart16550::read_rbr() {
    if (received_.empty()) {
        return 0;
    }
    const auto character = static_cast<std::uint8_t>(received_.front());
    received_.pop_front();
    touch_received();
    return character;
}

std::uint8_t uart16550::interrupt_code() const {
    if ((ier_ & ier_received) != 0 && received_.size() >= trigger_level()) {
        return iir_received;
    }
    if ((ier_ & ier_received) != 0 && !received_.empty() && timed_out_) {
        return iir_timeout;
    }
    return (ier_ & ier_transmitter) != 0 && transmitter_interrupt_ ? iir_transmitter : iir_none;
}

std::uint32_t uart16550::read_iir() {
    const std::uint8_t code = interrupt_code();
    if (code == iir_transmitter) {
        transmitter_interrupt_ = false;
        changed_.notify(sc_core::SC_ZERO_TIME);
    }
    return code | ((fcr_ & fcr_enable) != 0 ? iir_fifos : 0U);
}

std::uint32_t uart16550::read_lsr() const {
    const bool all_sent = transmitting_.empty();
    return (received_.empty() ? 0U : lsr_data_ready) |
           (all_sent ? std::uint32_t{lsr_holding_empty} | lsr_all_empty : 0U);
}

void uart16550::write_thr(std::uint8_t value) {
    if (divisor_latched()) {
        dll_ = value;
        return;
    }
    transmitter_interrupt_ = false;
    if (character_time_ == sc_core::SC_ZERO_TIME) {
        output_(static_cast<char>(value));
        transmitter_interrupt_ = true;
    } else if (transmitting_.size() < fifo_depth) {
        transmitting_.push_back(static_cast<char>(value));
        if (transmitting_.size() == 1) {
            character_sent_.notify(character_time_);
        }
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void uart16550::transmit() {
    if (transmitting_.empty()) {
        return;
    }
    output_(transmitting_.front());
    transmitting_.pop_front();
    if (transmitting_.empty()) {
        transmitter_interrupt_ = true;
        changed_.notify(sc_core::SC_ZERO_TIME);
    } else {
        character_sent_.notify(character_time_);
    }
}

void uart16550::write_ier(std::uint8_t value) {
    if (divisor_latched()) {
        dlm_ = value;
        return;
    }
    const bool newly = (value & ~ier_ & ier_transmitter) != 0;
    ier_ = value & ier_mask;
    transmitter_interrupt_ = transmitter_interrupt_ || (newly && transmitting_.empty());
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void uart16550::write_fcr(std::uint8_t value) {
    fcr_ = value & (fcr_enable | 3U << fcr_trigger_shift);
    if ((value & fcr_clear_received) != 0) {
        received_.clear();
        touch_received();
    }
    if ((value & fcr_clear_transmit) != 0) {
        transmitting_.clear();
        character_sent_.cancel();
    }
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void uart16550::update() {
    interrupt.write(interrupt_code() != iir_none);
}

}  // namespace eyeriss::platform
