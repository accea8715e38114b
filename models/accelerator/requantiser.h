#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/accelerator/dma.h"
#include "models/accelerator/layer_program.h"

namespace eyeriss::accelerator {

/// Turns finished psums into output bytes: bias at 32 bits, scale, zero point, clip.
///
/// Default rule (ONNX Runtime's): clip(rint_half_even(float32(acc + bias) * scale) + zero point). The other
/// choice is a Q31 multiplier and a shift, rounded half away from zero. Or the 32-bit sums themselves.
class requantiser {
public:
    /// Fetches the layer's parameters and checks their CRC; returns the time that it takes. Throws
    /// layer_fault.
    sc_core::sc_time begin_layer(dma& port, const layer_program& program, bool check_crc);

    /// Bytes of one value in the output: 1, or 4 for sums.
    [[nodiscard]] unsigned value_bytes() const { return wide_ ? 4 : 1; }
    /// A row of psums, value (f, m) at f*channels + m, channels from `first_channel` of all output channels.
    /// `out` holds value_bytes() for each.
    void run(std::span<const std::int32_t> psums, unsigned first_channel, unsigned channels,
             std::span<std::uint8_t> out) const;

private:
    [[nodiscard]] std::int32_t fixed(std::int64_t sum, const eyeriss_requant& r) const;

    std::vector<eyeriss_requant> parameters_;
    std::vector<float> scales_;
    bool wide_ = false, fixed_ = false;
    std::int32_t zero_point_ = 0, low_ = 0, high_ = 0;
};

}  // namespace eyeriss::accelerator
