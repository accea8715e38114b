#include "models/accelerator/accelerator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "models/abi/registers.h"
#include "models/accelerator/engine.h"

namespace eyeriss::accelerator {

namespace {

enum class access : std::uint8_t { rw, ro, w1c };

struct register_info {
    std::uint32_t offset;
    access mode;
    std::uint32_t reset;
};

#define EYERISS_REGISTER_INFO(name, offset, mode, reset, meaning) register_info{offset, access::mode, reset},
constexpr std::array register_table{EYERISS_REGISTERS(EYERISS_REGISTER_INFO)};
#undef EYERISS_REGISTER_INFO

std::optional<register_info> find_register(std::uint64_t offset) {
    for (const auto& r : register_table) {
        if (r.offset == offset) return r;
    }
    return std::nullopt;
}

constexpr std::size_t word(std::uint32_t offset) {
    return offset / 4;
}

}  // namespace

struct accelerator::state {
    std::array<std::uint32_t, word(EYERISS_REG_END_) + 1> values{};
    std::string last_error;

    [[nodiscard]] std::uint32_t& at(std::uint32_t offset) { return values[word(offset)]; }
    [[nodiscard]] std::uint32_t at(std::uint32_t offset) const { return values[word(offset)]; }
    void reset() {
        for (const auto& r : register_table) at(r.offset) = r.reset;
    }
    [[nodiscard]] bool interrupt() const {
        return (at(EYERISS_REG_CTRL) & EYERISS_CTRL_IRQ_ENABLE) != 0 &&
               (at(EYERISS_REG_STATUS) & (EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR)) != 0;
    }
};

accelerator::accelerator(sc_core::sc_module_name name, const arch::machine& machine, timing mode)
    : sc_module(name),
      registers("registers"),
      read_port("read_port"),
      write_port("write_port"),
      irq("irq"),
      state_(std::make_unique<state>()) {
    engine_ = std::make_unique<engine>(
        "engine", machine, mode == timing::timed,
        [this](tlm::tlm_generic_payload& t, sc_core::sc_time& d) { read_port->b_transport(t, d); },
        [this](tlm::tlm_generic_payload& t, sc_core::sc_time& d) { write_port->b_transport(t, d); });
    state_->reset();
    state_->at(EYERISS_REG_GEOMETRY) = machine.geometry();
    registers.register_b_transport(this, &accelerator::transport);
    registers.register_transport_dbg(this, &accelerator::transport_debug);
    SC_HAS_PROCESS(accelerator);
    SC_THREAD(run_layers);
    SC_METHOD(drive_irq);
    sensitive << status_changed_;
}

accelerator::~accelerator() = default;

void accelerator::observe_layers(layer_observer observer) {
    layer_observer_ = std::move(observer);
}
void accelerator::observe_markers(marker_observer observer) {
    marker_observer_ = std::move(observer);
}
const std::string& accelerator::last_error() const {
    return state_->last_error;
}

void accelerator::transport(tlm::tlm_generic_payload& t, sc_core::sc_time& /*delay*/) {
    t.set_dmi_allowed(false);
    const auto reg = find_register(t.get_address());
    if (t.get_byte_enable_ptr() != nullptr) {
        t.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    } else if (t.get_data_length() != 4 || t.get_streaming_width() < 4) {
        t.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (!reg) {
        t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else {
        std::uint32_t value = 0;
        if (t.is_read()) {
            value = read_register(reg->offset);
            std::memcpy(t.get_data_ptr(), &value, sizeof value);
        } else if (t.is_write()) {
            std::memcpy(&value, t.get_data_ptr(), sizeof value);
            if (reg->mode != access::ro) write_register(reg->offset, value);
        }
        t.set_response_status(reg->mode == access::ro && t.is_write() ? tlm::TLM_COMMAND_ERROR_RESPONSE
                                                                      : tlm::TLM_OK_RESPONSE);
    }
}

unsigned accelerator::transport_debug(tlm::tlm_generic_payload& t) {
    const auto reg = find_register(t.get_address());
    if (!reg || !t.is_read() || t.get_data_length() < 4) return 0;
    const std::uint32_t value = read_register(reg->offset);
    std::memcpy(t.get_data_ptr(), &value, sizeof value);
    return 4;
}

std::uint32_t accelerator::read_register(std::uint32_t offset) const {
    return state_->at(offset);
}

void accelerator::write_register(std::uint32_t offset, std::uint32_t value) {
    constexpr std::uint32_t kept = EYERISS_CTRL_IRQ_ENABLE | EYERISS_CTRL_CRC_CHECK;
    auto& status = state_->at(EYERISS_REG_STATUS);
    if (offset == EYERISS_REG_CTRL) {
        state_->at(EYERISS_REG_CTRL) = value & kept;
        if ((value & EYERISS_CTRL_RESET) != 0) {
            engine_->abandon();
            status &= EYERISS_STATUS_BUSY;
            for (const auto counter :
                 {EYERISS_REG_ERROR_CODE, EYERISS_REG_ERROR_INFO, EYERISS_REG_CYCLES_LO,
                  EYERISS_REG_CYCLES_HI, EYERISS_REG_MACS_LO, EYERISS_REG_MACS_HI, EYERISS_REG_OVERFLOWS}) {
                state_->at(counter) = 0;
            }
        } else if ((value & EYERISS_CTRL_START) != 0 && (status & EYERISS_STATUS_BUSY) == 0) {
            status = EYERISS_STATUS_BUSY;
            start_.notify(sc_core::SC_ZERO_TIME);
        }
    } else if (offset == EYERISS_REG_STATUS) {
        status &= ~(value & (EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR));
    } else {
        state_->at(offset) = value;
        if (offset == EYERISS_REG_LAYER && marker_observer_) {
            marker_observer_(value, sc_core::sc_time_stamp().to_seconds());
        }
    }
    status_changed_.notify(sc_core::SC_ZERO_TIME);
}

void accelerator::run_layers() {
    for (;;) {
        wait(start_);
        const bool check_crc = (state_->at(EYERISS_REG_CTRL) & EYERISS_CTRL_CRC_CHECK) != 0;
        const layer_report report =
            engine_->run(state_->at(EYERISS_REG_IMAGE_BASE), state_->at(EYERISS_REG_DESC_OFFSET), check_crc,
                         state_->last_error);
        const bool abandoned = report.error == EYERISS_OK && !state_->last_error.empty();
        state_->at(EYERISS_REG_STATUS) = abandoned                    ? 0U
                                         : report.error != EYERISS_OK ? EYERISS_STATUS_ERROR
                                                                      : EYERISS_STATUS_DONE;
        if (!abandoned) {
            const auto put = [&](std::uint32_t low, std::uint32_t high, std::uint64_t value) {
                state_->at(low) = static_cast<std::uint32_t>(value);
                state_->at(high) = static_cast<std::uint32_t>(value >> 32);
            };
            state_->at(EYERISS_REG_ERROR_CODE) = report.error;
            state_->at(EYERISS_REG_ERROR_INFO) = report.error_info;
            put(EYERISS_REG_CYCLES_LO, EYERISS_REG_CYCLES_HI, report.cycles);
            put(EYERISS_REG_MACS_LO, EYERISS_REG_MACS_HI, report.macs_effectual);
            state_->at(EYERISS_REG_OVERFLOWS) =
                static_cast<std::uint32_t>(std::min<std::uint64_t>(report.psum_overflows, 0xffffffffU));
            if (layer_observer_) layer_observer_(report);
        }
        status_changed_.notify(sc_core::SC_ZERO_TIME);
    }
}

void accelerator::drive_irq() {
    irq.write(state_->interrupt());
}

}  // namespace eyeriss::accelerator
