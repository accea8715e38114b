#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "models/accelerator/array.h"
#include "models/accelerator/dma.h"
#include "models/accelerator/layer_program.h"
#include "models/accelerator/requantiser.h"

namespace eyeriss::accelerator {

/// Bytes on their way to DRAM.
struct output_burst {
    std::uint32_t offset = 0;
    std::vector<std::uint8_t> bytes;
    unsigned cluster = 0;  ///< where the first of its psums came from
};

/// Gathers the finished rows of a pass, requantises and compresses them into units of the output feature map.
/// Every pass makes whole units (mapping::output_block_channels), so nothing is kept from pass to pass but
/// the length table, which is written once at the layer's end.
class output_writer {
public:
    sc_core::sc_time begin_layer(dma& port, const layer_program& program, bool check_crc);
    /// The units that a pass has finished.
    [[nodiscard]] std::vector<output_burst> pass_outputs(const std::vector<finished_row>& rows);
    /// The length table; empty when the format has none. Throws layer_fault when units are missing.
    [[nodiscard]] std::vector<output_burst> last_outputs() const;

    /// Finished psums that were requantised since begin_layer.
    [[nodiscard]] std::uint64_t requantised() const { return requantised_; }

private:
    struct unit {
        std::vector<std::uint8_t> values;
        unsigned channels_done = 0;
        unsigned cluster = 0;
    };
    void gather(const finished_row& row, std::map<std::size_t, unit>& units);
    [[nodiscard]] output_burst encode(std::size_t index, const unit& u);

    const layer_program* program_ = nullptr;
    requantiser requantiser_;
    std::vector<std::uint8_t> table_;
    std::vector<std::uint8_t> row_bytes_;
    std::size_t units_written_ = 0;
    std::uint64_t requantised_ = 0;
};

}  // namespace eyeriss::accelerator
