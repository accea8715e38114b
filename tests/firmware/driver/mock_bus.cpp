#include "tests/firmware/driver/mock_bus.h"

namespace eyeriss::test {

namespace {

mock_bus& self(void* context) {
    return *static_cast<mock_bus*>(context);
}

}  // namespace

mock_bus::mock_bus(image& in_memory) : memory_bytes(in_memory.bytes().size()), image_(&in_memory) {
    registers = {{EYERISS_REG_ID, EYERISS_ID_VALUE},
                 {EYERISS_REG_VERSION, EYERISS_ABI_VERSION},
                 {EYERISS_REG_GEOMETRY, geometry},
                 {EYERISS_REG_LAYER, EYERISS_LAYER_NONE}};
    bus_.context = this;
    bus_.read32 = [](void* c, std::uint32_t address) { return self(c).read(address); };
    bus_.write32 = [](void* c, std::uint32_t address, std::uint32_t value) { self(c).write(address, value); };
    bus_.memory = [](void* c, std::uint32_t address, std::uint32_t bytes) {
        return self(c).memory(address, bytes);
    };
    bus_.wait_for_interrupt = [](void* c) { return self(c).wait(); };
    bus_.cycles = [](void* c) { return self(c).now_ += 100; };
}

std::uint32_t mock_bus::read(std::uint32_t address) const {
    const auto found = registers.find(address - EYERISS_REG_BASE);
    return found == registers.end() ? 0 : found->second;
}

void mock_bus::write(std::uint32_t address, std::uint32_t value) {
    const std::uint32_t offset = address - EYERISS_REG_BASE;
    writes.emplace_back(offset, value);
    if (offset == EYERISS_REG_STATUS) {
        registers[offset] &= ~(value & (EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR));
        return;
    }
    registers[offset] = value;
    if (offset == EYERISS_REG_CTRL && (value & EYERISS_CTRL_RESET) != 0) {
        registers[EYERISS_REG_STATUS] = 0;
        running_ = false;
    }
    if (offset == EYERISS_REG_CTRL && (value & EYERISS_CTRL_START) != 0) start();
}

void mock_bus::start() {
    started.push_back(registers[EYERISS_REG_DESC_OFFSET]);
    registers[EYERISS_REG_STATUS] = EYERISS_STATUS_BUSY;
    running_ = true;
}

std::uint8_t* mock_bus::memory(std::uint32_t address, std::uint32_t bytes) {
    if (address < EYERISS_IMAGE_ADDRESS) return nullptr;
    const std::size_t offset = address - EYERISS_IMAGE_ADDRESS;
    return offset + bytes <= memory_bytes ? image_->bytes().data() + offset : nullptr;
}

int mock_bus::wait() {
    ++waits;
    if (on_start == behaviour::never || !running_) return 1;
    if (on_start == behaviour::stuck_interrupt) return 0;
    running_ = false;
    const bool failed = on_start == behaviour::fails;
    registers[EYERISS_REG_STATUS] = failed ? EYERISS_STATUS_ERROR : EYERISS_STATUS_DONE;
    registers[EYERISS_REG_ERROR_CODE] = failed ? error_code : 0;
    registers[EYERISS_REG_ERROR_INFO] = failed ? error_info : 0;
    registers[EYERISS_REG_CYCLES_LO] = static_cast<std::uint32_t>(layer_cycles);
    registers[EYERISS_REG_CYCLES_HI] = static_cast<std::uint32_t>(layer_cycles >> 32);
    registers[EYERISS_REG_MACS_LO] = static_cast<std::uint32_t>(layer_macs);
    registers[EYERISS_REG_MACS_HI] = static_cast<std::uint32_t>(layer_macs >> 32);
    registers[EYERISS_REG_OVERFLOWS] = layer_overflows;
    return 0;
}

}  // namespace eyeriss::test
