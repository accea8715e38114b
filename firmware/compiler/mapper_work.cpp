#include "firmware/compiler/mapper_work.h"

#include <algorithm>

namespace eyeriss::compiler {

namespace {

constexpr unsigned pair_bits = 12;
constexpr unsigned segment_end_bits = 4;

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

}  // namespace

iact_profile::iact_profile(const arch::layer_shape& shape, const calibration& data, bool raw)
    : shape_(shape),
      raw_(raw),
      width_((shape.f() - 1) * shape.stride_w + shape.s + shape.stride_w),
      turns_(std::size_t{shape.channels_in()} * shape.r * shape.s),
      padded_rows_((shape.e() - 1) * shape.stride_h + shape.r) {
    const std::size_t rows = std::size_t{shape.batch} * shape.channels_in() * padded_rows_;
    before_.reserve(rows * (std::size_t{width_} + 1));
    // Compressed padding takes a turn when a zero point makes it a real value.
    const std::uint32_t padding = !raw && data.pad_value != 0 ? 1 : 0;
    std::vector<std::uint32_t> per_filter_column(shape.s);
    for (unsigned n = 0; n < shape.batch; ++n) {
        for (unsigned channel = 0; channel < shape.channels_in(); ++channel) {
            for (unsigned y = 0; y < padded_rows_; ++y) {
                const bool inside = y >= shape.pad_top && y - shape.pad_top < shape.h;
                const std::uint8_t* const from =
                    inside ? data.input.data() + ((std::size_t{n} * shape.channels_in() + channel) * shape.h +
                                                  (y - shape.pad_top)) *
                                                     shape.w
                           : nullptr;
                const std::size_t start = before_.size();
                before_.push_back(0);
                for (unsigned x = 0; x < width_; ++x) {
                    const bool pixel = inside && x >= shape.pad_left && x - shape.pad_left < shape.w;
                    const std::uint32_t turn = !pixel ? padding
                                               : raw  ? 1U
                                                      : (from[x - shape.pad_left] != 0 ? 1U : 0U);
                    before_.push_back(before_.back() + turn);
                }
                const std::uint32_t* const row = before_.data() + start;
                for (unsigned s = 0; s < shape.s; ++s) {
                    std::uint32_t turns = 0;
                    for (unsigned f = 0; f < shape.f(); ++f) {
                        const unsigned x = f * shape.stride_w + s;
                        turns += row[x + 1] - row[x];
                    }
                    per_filter_column[s] = turns;
                }
                for (unsigned r = 0; r < shape.r; ++r) {
                    if (y < r || (y - r) % shape.stride_h != 0 || (y - r) / shape.stride_h >= shape.e()) {
                        continue;
                    }
                    std::uint32_t* const to = turns_.data() + (std::size_t{channel} * shape.r + r) * shape.s;
                    for (unsigned s = 0; s < shape.s; ++s) to[s] += per_filter_column[s];
                }
            }
        }
    }
    for (unsigned s0 = 1; s0 <= shape.s; ++s0) pairs_.push_back(count_pairs(s0));
}

unsigned iact_profile::segments(unsigned s_count) const {
    return shape_.f() + ceil_div(s_count, shape_.stride_w) - 1;
}

std::uint64_t iact_profile::count_pairs(unsigned s0) const {
    std::uint64_t pairs = 0;
    const std::uint32_t* row = before_.data();
    for (std::size_t i = 0; i < std::size_t{shape_.batch} * shape_.channels_in(); ++i) {
        for (unsigned y = 0; y < padded_rows_; ++y, row += width_ + 1) {
            unsigned users = 0;
            for (unsigned r = 0; r < shape_.r && r <= y; ++r) {
                users += (y - r) % shape_.stride_h == 0 && (y - r) / shape_.stride_h < shape_.e() ? 1 : 0;
            }
            for (unsigned s = 0; s < shape_.s && users != 0; s += s0) {
                const unsigned end = s + segments(std::min(s0, shape_.s - s)) * shape_.stride_w;
                pairs += std::uint64_t{users} * (row[std::min(end, width_)] - row[s]);
            }
        }
    }
    return pairs;
}

std::uint64_t iact_profile::demanded_bits(unsigned c0, unsigned s0, unsigned operand_bits) const {
    const std::uint64_t uses = std::uint64_t{shape_.batch} * shape_.e() * shape_.r;
    std::uint64_t all_segments = 0;
    for (unsigned s = 0; s < shape_.s; s += s0) all_segments += segments(std::min(s0, shape_.s - s));
    if (raw_) return uses * shape_.channels_in() * all_segments * shape_.stride_w * operand_bits;
    const std::uint64_t ends = uses * shape_.groups * ceil_div(shape_.c, c0) * all_segments;
    return pairs(s0) * pair_bits + ends * segment_end_bits;
}

}  // namespace eyeriss::compiler
