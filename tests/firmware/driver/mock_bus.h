#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "firmware/driver/eyeriss.h"
#include "tests/firmware/driver/image_builder.h"

namespace eyeriss::test {

/// A bus with one image in memory and an accelerator that behaves as a test wants.
class mock_bus {
public:
    /// Of a started layer: ends well, ends with error_code, never ends, never ends while the interrupt
    /// stands, ends after one wake-up for nothing, ends with its interrupt lost.
    enum class behaviour { completes, fails, never, stuck_interrupt, spurious, lost };

    explicit mock_bus(image& in_memory);

    [[nodiscard]] const eyeriss_bus& bus() const { return bus_; }

    behaviour on_start = behaviour::completes;
    std::deque<behaviour> script;            ///< of the next starts; then on_start
    std::function<void()> on_end = nullptr;  ///< called when a layer ends well, e.g. to write its output
    unsigned reset_reads = 0;                ///< reads of STATUS for which a reset accelerator stays busy
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
    std::vector<std::uint64_t> deadlines;                         ///< of each wait
    std::map<std::uint32_t, std::uint64_t> counters, thresholds;  ///< by PERF_SELECT

    [[nodiscard]] std::uint32_t read(std::uint32_t address);
    void write(std::uint32_t address, std::uint32_t value);
    [[nodiscard]] std::uint8_t* memory(std::uint32_t address, std::uint32_t bytes);
    /// Non-zero when patience is over, or the deadline, which then is now.
    int wait(std::uint64_t deadline = UINT64_MAX);
    /// Ends the layer that runs, as its behaviour says.
    void end_layer();
    [[nodiscard]] std::uint64_t cycles() { return now_ += 100; }
    [[nodiscard]] bool interrupt_stands();

private:
    void start();

    image* image_;
    eyeriss_bus bus_{};
    bool running_ = false;
    unsigned busy_reads_ = 0;
    behaviour now_does_ = behaviour::completes;
    std::uint64_t now_ = 0;
};

}  // namespace eyeriss::test
