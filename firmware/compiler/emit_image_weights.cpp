#include "firmware/compiler/emit_image_weights.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <bit>
#include <cmath>
#include <limits>

#include "models/csc/weight_tile.h"

namespace eyeriss::compiler {

namespace {

constexpr unsigned q31_bits = 31;
constexpr unsigned largest_shift = 62;

/// A tile's weights by columns, column s*c_count + c.
void gather(const conv_op& op, const arch::pe_tile& t, std::vector<std::int8_t>& column_major) {
    const auto& shape = op.shape;
    column_major.resize(std::size_t{t.m_count} * t.c_count * t.s_count);
    for (unsigned m = 0; m < t.m_count; ++m) {
        const std::size_t filter = (std::size_t{t.g} * shape.m + t.m_begin + m) * shape.c + t.c_begin;
        for (unsigned c = 0; c < t.c_count; ++c) {
            const std::int8_t* const row =
                op.weights.data() + ((filter + c) * shape.r + t.r) * shape.s + t.s_begin;
            for (unsigned s = 0; s < t.s_count; ++s) {
                column_major[(std::size_t{s} * t.c_count + c) * t.m_count + m] = row[s];
            }
        }
    }
}

eyeriss_requant fixed_entry(std::int32_t bias, float scale, std::string_view layer_name,
                            std::size_t channel) {
    int exponent = 0;
    const double fraction = std::frexp(static_cast<double>(scale), &exponent);
    auto multiplier = static_cast<std::int64_t>(std::nearbyint(std::ldexp(fraction, q31_bits)));
    if (multiplier == std::int64_t{1} << q31_bits) {
        multiplier >>= 1;
        ++exponent;
    }
    const int shift = static_cast<int>(q31_bits) - exponent;
    if (shift < static_cast<int>(q31_bits) || shift > static_cast<int>(largest_shift)) {
        throw compile_error(fmt::format(
            "layer '{}': scale {} of output channel {} has no Q31 multiplier with a shift of 31 to "
            "62; it must be below 1 and at least 2^-32, or use the float32 requantiser",
            layer_name, scale, channel));
    }
    return {bias, static_cast<std::uint32_t>(multiplier), static_cast<std::uint32_t>(shift)};
}

}  // namespace

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
    return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::vector<eyeriss_weight_segment> append_weights(const conv_op& op, const arch::mapping& map,
                                                   const arch::machine& m, std::vector<std::uint8_t>& image) {
    const arch::tiling tiles(op.shape, map, m);
    std::vector<eyeriss_weight_segment> table;
    std::vector<std::int8_t> column_major;
    for (std::uint32_t segment = 0; segment < tiles.weight_segments(); ++segment) {
        image.resize((image.size() + 3) / 4 * 4);
        const std::size_t begin = image.size();
        for (const auto& t : tiles.segment_tiles(segment)) {
            if (t.m_count == 0 || t.c_count == 0 || t.s_count == 0) {
                image.insert(image.end(), 2, 0);
                continue;
            }
            gather(op, t, column_major);
            csc::encode_weight_tile(column_major, t.m_count, t.c_count * t.s_count, map.weight_dense, image);
        }
        if (image.size() > std::numeric_limits<std::uint32_t>::max()) {
            throw compile_error("the image's weights exceed the 4 GiB that its offsets reach");
        }
        table.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(image.size() - begin),
                         crc32_of(std::span(image).subspan(begin))});
    }
    return table;
}

std::vector<eyeriss_requant> requant_entries(const conv_op& op, requant_rule rule,
                                             std::string_view layer_name) {
    std::vector<eyeriss_requant> entries;
    for (std::size_t i = 0; i < op.bias.size(); ++i) {
        if (op.accumulators) {
            entries.push_back({op.bias[i], 0, 0});
            continue;
        }
        const float scale = op.scale.at(i);
        if (!std::isfinite(scale) || scale <= 0) {
            throw compile_error(
                fmt::format("layer '{}': scale {} of output channel {} must be a positive finite number",
                            layer_name, scale, i));
        }
        entries.push_back(rule == requant_rule::fixed
                              ? fixed_entry(op.bias[i], scale, layer_name, i)
                              : eyeriss_requant{op.bias[i], std::bit_cast<std::uint32_t>(scale), 0});
    }
    return entries;
}

}  // namespace eyeriss::compiler
