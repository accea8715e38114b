#include "tests/firmware/driver/mock_bus.h"

#include <algorithm>

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
    bus_.wait_for_interrupt = [](void* c, std::uint64_t deadline) { return self(c).wait(deadline); };
    bus_.cycles = [](void* c) { return self(c).cycles(); };
}

std::uint32_t mock_bus::read(std::uint32_t address) {
    const std::uint32_t offset = address - EYERISS_REG_BASE;
    if (offset == EYERISS_REG_STATUS && busy_reads_ != 0 && --busy_reads_ == 0) registers[offset] = 0;
    const auto found = registers.find(offset);
    return found == registers.end() ? 0 : found->second;
}

void mock_bus::write(std::uint32_t address, std::uint32_t value) {
    const std::uint32_t offset = address - EYERISS_REG_BASE;
    writes.emplace_back(offset, value);
    if (offset == EYERISS_REG_STATUS) {
        registers[offset] &= ~(value & (EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR | EYERISS_STATUS_COUNTER));
        return;
    }
    registers[offset] = value;
    if (offset == EYERISS_REG_CTRL && (value & EYERISS_CTRL_RESET) != 0) {
        busy_reads_ = running_ ? reset_reads : 0;
        registers[EYERISS_REG_STATUS] = busy_reads_ != 0 ? EYERISS_STATUS_BUSY : 0;
        running_ = false;
    }
    if (offset == EYERISS_REG_CTRL && (value & EYERISS_CTRL_START) != 0) start();
    const std::uint32_t selected = registers[EYERISS_REG_PERF_SELECT];
    if (offset == EYERISS_REG_PERF_SELECT) {
        registers[EYERISS_REG_PERF_LO] = static_cast<std::uint32_t>(counters[value]);
        registers[EYERISS_REG_PERF_HI] = static_cast<std::uint32_t>(counters[value] >> 32);
    }
    if (offset == EYERISS_REG_PERF_THRESHOLD_LO) {
        thresholds[selected] = std::uint64_t{registers[EYERISS_REG_PERF_THRESHOLD_HI]} << 32 | value;
    }
    if (offset == EYERISS_REG_CTRL && (value & EYERISS_CTRL_CLEAR_COUNTERS) != 0) counters.clear();
}

void mock_bus::start() {
    started.push_back(registers[EYERISS_REG_DESC_OFFSET]);
    registers[EYERISS_REG_STATUS] = EYERISS_STATUS_BUSY;
    running_ = true;
    now_does_ = on_start;
    if (!script.empty()) {
        now_does_ = script.front();
        script.pop_front();
    }
}

std::uint8_t* mock_bus::memory(std::uint32_t address, std::uint32_t bytes) {
    if (address < EYERISS_IMAGE_ADDRESS) return nullptr;
    const std::size_t offset = address - EYERISS_IMAGE_ADDRESS;
    return offset + bytes <= memory_bytes ? image_->bytes().data() + offset : nullptr;
}

int mock_bus::wait(std::uint64_t deadline) {
    ++waits;
    deadlines.push_back(deadline);
    if (now_does_ == behaviour::never || now_does_ == behaviour::lost || !running_) {
        if (now_does_ == behaviour::lost) end_layer();
        now_ = deadline == UINT64_MAX ? now_ : std::max(now_, deadline);
        return 1;
    }
    if (now_does_ == behaviour::stuck_interrupt) return 0;
    if (now_does_ == behaviour::spurious) {
        now_does_ = behaviour::completes;
        return 0;
    }
    end_layer();
    return 0;
}

bool mock_bus::interrupt_stands() {
    const std::uint32_t status = registers[EYERISS_REG_STATUS];
    const std::uint32_t control = registers[EYERISS_REG_CTRL];
    return ((status & EYERISS_STATUS_DONE) != 0 && (control & EYERISS_CTRL_IRQ_ENABLE_DONE) != 0) ||
           ((status & EYERISS_STATUS_ERROR) != 0 && (control & EYERISS_CTRL_IRQ_ENABLE_ERROR) != 0);
}

void mock_bus::end_layer() {
    running_ = false;
    const bool failed = now_does_ == behaviour::fails;
    registers[EYERISS_REG_STATUS] = failed ? EYERISS_STATUS_ERROR : EYERISS_STATUS_DONE;
    registers[EYERISS_REG_ERROR_CODE] = failed ? error_code : 0;
    registers[EYERISS_REG_ERROR_INFO] = failed ? error_info : 0;
    if (!failed && on_end) on_end();
    registers[EYERISS_REG_CYCLES_LO] = static_cast<std::uint32_t>(layer_cycles);
    registers[EYERISS_REG_CYCLES_HI] = static_cast<std::uint32_t>(layer_cycles >> 32);
    registers[EYERISS_REG_MACS_LO] = static_cast<std::uint32_t>(layer_macs);
    registers[EYERISS_REG_MACS_HI] = static_cast<std::uint32_t>(layer_macs >> 32);
    registers[EYERISS_REG_OVERFLOWS] = layer_overflows;
}

}  // namespace eyeriss::test
