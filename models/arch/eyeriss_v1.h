#pragma once

#include <array>
#include <string_view>

#include "models/arch/mapping.h"

/// The chip of JSSC 52(1), 2017: its published mappings of AlexNet, and what its buffers and its DRAM move
/// under them. Plain counts from shapes; cycles come from the machine itself (sims/machines/eyeriss_v1.yaml).
namespace eyeriss::arch {

/// A row-stationary mapping in the chip's terms.
struct v1_mapping {
    unsigned m = 1;  ///< output channels whose psums are in the buffer at once
    unsigned n = 1;  ///< images in the buffer at once
    unsigned e = 1;  ///< width of a PE set: output rows worked on at once
    unsigned p = 1;  ///< filters of a PE
    unsigned q = 1;  ///< channels of a PE
    unsigned r = 1;  ///< PE sets that work on different channels of the same outputs
    unsigned t = 1;  ///< PE sets that work on different filters
    bool operator==(const v1_mapping&) const = default;
};

/// A convolution of AlexNet with what was published of it, batch 4.
struct v1_layer {
    std::string_view name;
    layer_shape shape;
    v1_mapping map;
    double zeros_in = 0;  ///< share of zero iacts
    double zeros_out =
        0;  ///< of outputs: the next layer's share; CONV5's, of which there is none, as its own
    bool coded_in = true;  ///< the first layer's input is raw
    double processing_ms = 0;
    unsigned active_pes = 0;
    double glb_mb = 0, dram_mb = 0;
};

/// The five rows of the chip's table, CONV1 to CONV5.
[[nodiscard]] const std::array<v1_layer, 5>& v1_alexnet();

/// The same mapping in the platform's terms, on a machine with broadcast buses. PE sets of r and t are
/// stacked where they fit below each other, else side by side; a set wider than the array is folded. The
/// platform's one loop over m passes over all output channels, not over m of them: it moves more iacts, and
/// takes the same time. Iacts are double-buffered if the pool of banks holds both sets and the psums.
[[nodiscard]] mapping v1_to_mapping(const v1_mapping& v1, const layer_shape& layer, const machine& machine);

/// PEs with work in a full pass.
[[nodiscard]] unsigned v1_active_pes(const v1_mapping& v1, const layer_shape& layer);

/// Bytes that the global buffer reads and writes, at 16 bits a value: every iact fetched is written once and
/// read by m/(p t) passes; every psum is written by each of the C/(q r) passes over channels and read again
/// by the next, the last time on its way out. Filters pass through a buffer of their own.
[[nodiscard]] double v1_glb_bytes(const v1_mapping& v1, const layer_shape& layer);

/// Bytes to and from DRAM: iacts once for each m output channels, rows that neighbouring strips of e share
/// read again; filters once for each strip and each n images; outputs once. Feature maps in the run-length
/// code of models/csc/run_length.h at the layer's shares of zeros, taken as independent.
[[nodiscard]] double v1_dram_bytes(const v1_layer& layer);

}  // namespace eyeriss::arch
