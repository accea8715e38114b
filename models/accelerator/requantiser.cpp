#include "models/accelerator/requantiser.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "models/accelerator/fault.h"

namespace eyeriss::accelerator {

sc_core::sc_time requantiser::begin_layer(dma& port, const layer_program& program, bool check_crc) {
    const auto& d = program.descriptor;
    wide_ = program.flag(EYERISS_DESC_OUT_ACC32);
    fixed_ = program.flag(EYERISS_DESC_REQUANT_FIXED);
    zero_point_ = static_cast<std::int32_t>(d.out_zero_point);
    low_ = d.clip_low;
    high_ = d.clip_high;
    const std::size_t size = std::size_t{program.shape.channels_out()} * sizeof(eyeriss_requant);
    std::vector<std::uint8_t> bytes(size + 4);
    const auto elapsed = port.read(d.requant_offset, bytes);
    std::uint32_t crc = 0;
    std::memcpy(&crc, bytes.data() + size, sizeof crc);
    const auto computed = crc32_of(std::span(bytes).first(size));
    if (check_crc && crc != computed) {
        throw layer_fault(
            EYERISS_ERR_PAYLOAD_CRC, 0xffffffffU,
            fmt::format("requantiser parameters: checksum is {:#010x}, computed {:#010x}", crc, computed));
    }
    parameters_.resize(program.shape.channels_out());
    std::memcpy(parameters_.data(), bytes.data(), size);
    scales_.resize(parameters_.size());
    std::transform(parameters_.begin(), parameters_.end(), scales_.begin(),
                   [](const eyeriss_requant& r) { return std::bit_cast<float>(r.scale_bits); });
    return elapsed;
}

namespace {

/// Rounds half to even: adding 1.5 * 2^23 leaves no fraction bits, and the default rounding mode does the
/// rest. The result is exact for |x| <= 2^21; larger values clip in any case. Not a number counts as the
/// least.
std::int32_t round_half_even(float x) {
    constexpr float limit = 1048576.0F;
    constexpr float magic = 12582912.0F;
    const float clamped = std::min(std::max(-limit, x), limit);
    const volatile float shifted = clamped + magic;
    return static_cast<std::int32_t>(shifted - magic);
}

}  // namespace

std::int32_t requantiser::fixed(std::int64_t sum, const eyeriss_requant& r) const {
    const std::int64_t product = sum * static_cast<std::int32_t>(r.scale_bits);
    const unsigned shift = std::clamp(r.shift, 1U, 62U);
    const std::int64_t half = std::int64_t{1} << (shift - 1);
    const std::int64_t rounded = product >= 0 ? (product + half) >> shift : -((-product + half) >> shift);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(rounded, -(1 << 20), 1 << 20));
}

void requantiser::run(std::span<const std::int32_t> psums, unsigned first_channel, unsigned channels,
                      std::span<std::uint8_t> out) const {
    for (std::size_t i = 0; i < psums.size(); ++i) {
        const std::size_t channel = first_channel + i % channels;
        const auto& r = parameters_[channel];
        const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(psums[i]) +
                                                   static_cast<std::uint32_t>(r.bias));
        if (wide_) {
            std::memcpy(out.data() + 4 * i, &sum, sizeof sum);
            continue;
        }
        const std::int64_t q =
            fixed_ ? fixed(sum, r) : round_half_even(static_cast<float>(sum) * scales_[channel]);
        // Zero point and clips are as the descriptor has them: any, and in any order.
        out[i] = static_cast<std::uint8_t>(
            std::min(std::max(q + zero_point_, std::int64_t{low_}), std::int64_t{high_}));
    }
}

}  // namespace eyeriss::accelerator
