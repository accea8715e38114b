#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/accelerator/array.h"
#include "models/accelerator/dma.h"
#include "models/accelerator/layer_program.h"

namespace eyeriss::accelerator {

/// Brings rows of iacts from DRAM into the GLB: reads the units that a pass needs, each once, decodes them,
/// cuts them into segments of C0*U and fills the banks of every cluster that sources them
/// (doc/tensor_format.md).
class iact_loader {
public:
    iact_loader(dma& port, const arch::machine& m) : dma_(port), m_(m) {}

    /// What the next load is for, for listeners.
    void set_origin(const transfer_origin& origin) { origin_ = origin; }

    /// Reads the length table, once a layer, into the control's buffer. Returns the time that it takes.
    sc_core::sc_time begin_layer(const layer_program& program);

    struct result {
        sc_core::sc_time transfer;        ///< until the last byte has arrived
        std::vector<cycle_t> bank_words;  ///< for each bank, counted over the array
    };
    /// Fills a half of the banks with a pass's streams (tiling::placed_streams). Throws layer_fault.
    result load(const arch::tiling& tiles, std::span<const arch::placed_stream> streams, unsigned half,
                array& into);

private:
    using unit = std::vector<std::uint8_t>;
    /// A unit on its way.
    struct wanted_unit {
        std::size_t index;
        unsigned block, cluster, pairs;
        std::uint32_t offset;
        std::vector<std::uint8_t> slot;
    };
    void want(std::size_t index, unsigned block, unsigned cluster);
    [[noreturn]] static void refuse(const wanted_unit& wanted, const std::string& what);
    sc_core::sc_time fetch_units(const arch::tiling& tiles, std::span<const arch::placed_stream> streams);
    [[nodiscard]] std::shared_ptr<pe::iact_row> build_row(const arch::tiling& tiles,
                                                          const arch::iact_stream& s) const;

    dma& dma_;
    arch::machine m_;
    const layer_program* program_ = nullptr;
    transfer_origin origin_;
    std::vector<std::uint8_t> table_;
    std::vector<wanted_unit> wanted_;
    std::unordered_map<std::size_t, unit> units_;  ///< of the present pass
};

/// Brings weight segments from DRAM to the weight ports and checks their CRC.
class weight_loader {
public:
    weight_loader(dma& port, const arch::machine& m) : dma_(port), m_(m) {}

    /// What the next load is for, for listeners.
    void set_origin(const transfer_origin& origin) { origin_ = origin; }

    void begin_layer(const layer_program& program, bool check_crc);
    /// A segment's tiles. `clusters`: for each tile the cluster of every weight port that takes it
    /// (array::weight_clusters). `transfer` is the time until its last byte has arrived. Throws layer_fault.
    const segment_contents& load(const arch::tiling& tiles, std::uint32_t segment,
                                 std::vector<std::vector<unsigned>> clusters, sc_core::sc_time& transfer);

    /// Reads the last segment's tiles once more for every further port that takes them, as a machine does
    /// that cannot feed several ports from one read; from `start` on.
    sc_core::sc_time read_again(const sc_core::sc_time& start);

private:
    sc_core::sc_time read_segment(const arch::tiling& tiles, std::uint32_t segment,
                                  const sc_core::sc_time& start);
    segment_contents decode(const arch::tiling& tiles, std::uint32_t segment,
                            std::span<const std::uint8_t> bytes);

    dma& dma_;
    arch::machine m_;
    const layer_program* program_ = nullptr;
    bool check_crc_ = true;
    transfer_origin origin_;
    segment_contents contents_;
    segment_contents before_;  ///< of the load before: free to be written again once no PE holds them
    std::vector<std::uint8_t> bytes_;
    std::uint32_t offset_ = 0;                     ///< of the segment
    std::vector<std::size_t> tile_ends_;           ///< within the segment
    std::vector<std::vector<unsigned>> clusters_;  ///< of the ports that take each tile
};

}  // namespace eyeriss::accelerator
