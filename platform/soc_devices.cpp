#include <fmt/format.h>

#include "models/abi/counters.h"
#include "models/abi/register_table.h"
#include "platform/soc.h"

namespace eyeriss::platform {

void soc::reset() {
    watchdog_.reset();
    restart();
}

// All but the watchdog, which resets itself when it asks for this, and keeps what STATUS then says.
void soc::restart() {
    reset_accelerator();
    clint_.reset();
    plic_.reset();
    uart_.reset();
    timer_.reset();
    for (unsigned id = 0; id < harts(); ++id) {
        cpu(id).reset();
    }
}

// By what software could write: each register then holds its reset value, and each counter zero.
void soc::reset_accelerator() {
    const auto write = [this](std::uint32_t offset, std::uint32_t value) {
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_address(offset);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        payload.set_data_length(sizeof value);
        payload.set_streaming_width(sizeof value);
        sc_core::sc_time delay;
        accelerator_.registers.get_base_interface().b_transport(payload, delay);
    };
    const std::uint32_t enables = EYERISS_CTRL_CRC_CHECK;  // CTRL's reset value
    write(EYERISS_REG_CTRL, EYERISS_CTRL_RESET | EYERISS_CTRL_CLEAR_COUNTERS | enables);
    for (std::uint32_t counter = EYERISS_COUNTER_COUNT; counter-- > 0;) {
        write(EYERISS_REG_PERF_SELECT, counter);
        write(EYERISS_REG_PERF_THRESHOLD_HI, 0);
        write(EYERISS_REG_PERF_THRESHOLD_LO, 0);
    }
    for (const auto r : {EYERISS_REG_IMAGE_BASE, EYERISS_REG_DESC_OFFSET, EYERISS_REG_WATCHDOG}) write(r, 0);
    write(EYERISS_REG_LAYER, 0xffffffffU);
}

watchdog::actions soc::watchdog_actions() {
    return {[this] { restart(); }, [this] { finisher_.end(EYERISS_WATCHDOG_EXIT); }};
}

std::string_view soc::register_name(std::string_view target, std::uint64_t offset) const {
    if (target == "accelerator") {
        const auto found = register_map::find_register(offset);
        return found ? found->name : std::string_view();
    }
    for (const peripheral* device :
         {static_cast<const peripheral*>(&clint_), static_cast<const peripheral*>(&plic_),
          static_cast<const peripheral*>(&uart_), static_cast<const peripheral*>(&watchdog_),
          static_cast<const peripheral*>(&timer_), static_cast<const peripheral*>(&finisher_)}) {
        if (target == device->basename()) {
            return device->register_name(offset);
        }
    }
    return {};
}

std::string soc::place_name(std::uint32_t address) const {
    const auto* place = bus_.addresses().find(address);
    if (place == nullptr) {
        return {};
    }
    const std::uint64_t offset = address - place->range.base;
    const auto found = register_name(place->name, offset);
    return found.empty() ? fmt::format("{}+{:#x}", place->name, offset)
                         : fmt::format("{}.{}", place->name, found);
}

}  // namespace eyeriss::platform
