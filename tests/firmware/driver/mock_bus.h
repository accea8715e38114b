#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "firmware/driver/eyeriss.h"
#include "tests/firmware/driver/image_builder.h"

namespace eyeriss::test {

/// A bus with one image in memory and an accelerator that behaves as a test wants.
class mock_bus {
public:
    enum class behaviour { completes, fails, never, stuck_interrupt };

    explicit mock_bus(image& in_memory);

    [[nodiscard]] const eyeriss_bus& bus() const { return bus_; }

    behaviour on_start = behaviour::completes;
    std::uint32_t error_code = 0, error_info = 0;
    std::uint64_t layer_cycles = 0x1'0000'0003, layer_macs = 0x2'0000'0005;
    std::uint32_t layer_overflows = 0;
    /// Memory that there is behind the image's address; the image's size at first.
    std::size_t memory_bytes = 0;

    std::map<std::uint32_t, std::uint32_t> registers;  ///< by offset
    /// Every write: offset and value.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> writes;
    std::vector<std::uint32_t> started;  ///< DESC_OFFSET of each start
    unsigned waits = 0;

    [[nodiscard]] std::uint32_t read(std::uint32_t address) const;
    void write(std::uint32_t address, std::uint32_t value);
    [[nodiscard]] std::uint8_t* memory(std::uint32_t address, std::uint32_t bytes);
    /// Non-zero when patience is over.
    int wait();

private:
    void start();

    image* image_;
    eyeriss_bus bus_{};
    bool running_ = false;
    mutable std::uint64_t now_ = 0;
};

}  // namespace eyeriss::test
