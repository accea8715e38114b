#include <fmt/format.h>

#include "models/abi/register_table.h"
#include "platform/soc.h"

namespace eyeriss::platform {

void soc::reset() {
    std::uint32_t command = EYERISS_CTRL_RESET | EYERISS_CTRL_CRC_CHECK;  // its reset value
    tlm::tlm_generic_payload write;
    write.set_command(tlm::TLM_WRITE_COMMAND);
    write.set_address(EYERISS_REG_CTRL);
    write.set_data_ptr(reinterpret_cast<unsigned char*>(&command));
    write.set_data_length(sizeof command);
    write.set_streaming_width(sizeof command);
    sc_core::sc_time delay;
    accelerator_.registers.get_base_interface().b_transport(write, delay);
    reset_devices();
    for (unsigned id = 0; id < harts(); ++id) {
        cpu(id).reset();
    }
}

// The watchdog resets itself when it asks for this, and keeps what STATUS then says.
void soc::reset_devices() {
    clint_.reset();
    plic_.reset();
    uart_.reset();
    timer_.reset();
}

watchdog::actions soc::watchdog_actions() {
    return {[this] { reset(); }, [this] { finisher_.end(EYERISS_WATCHDOG_EXIT); }};
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
