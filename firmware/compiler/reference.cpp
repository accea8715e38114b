#include "firmware/compiler/reference.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include <fmt/format.h>

#include "firmware/compiler/quantise.h"

namespace eyeriss::compiler {

namespace {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

template <typename... cases>
struct overloaded : cases... {
    using cases::operator()...;
};
template <typename... cases>
overloaded(cases...) -> overloaded<cases...>;

void store(bytes& out, std::size_t index, std::int32_t value) {
    const auto word = static_cast<std::uint32_t>(value);
    for (unsigned i = 0; i < 4; ++i) out[4 * index + i] = static_cast<std::uint8_t>(word >> (8 * i));
}

std::uint8_t clip_byte(std::int64_t value, std::int64_t low, std::int64_t high) {
    return static_cast<std::uint8_t>(std::clamp(value, low, high));
}

bytes run(const conv_op& op, const tensor& in, const tensor& out, byte_view x, sum_range* range) {
    const std::vector<std::int32_t> sums = conv_sums(op.shape, x, in.type, in.zero_point, op.weights);
    if (range != nullptr && !sums.empty()) {
        const auto [low, high] = std::minmax_element(sums.begin(), sums.end());
        *range = {*low, *high};
    }
    const std::size_t positions = std::size_t{op.shape.e()} * op.shape.f();
    const std::size_t channels = op.shape.channels_out();
    bytes result(sums.size() * (op.accumulators ? 4 : 1));
    for (std::size_t plane = 0; plane < sums.size() / positions; ++plane) {
        const std::size_t m = plane % channels;
        for (std::size_t i = plane * positions; i < (plane + 1) * positions; ++i) {
            if (op.accumulators) {
                store(result, i,
                      std::bit_cast<std::int32_t>(std::bit_cast<std::uint32_t>(sums[i]) +
                                                  std::bit_cast<std::uint32_t>(op.bias[m])));
            } else {
                result[i] = static_cast<std::uint8_t>(
                    requantise(sums[i], op.bias[m], op.scale[m], out.zero_point, op.clip_low, op.clip_high));
            }
        }
    }
    return result;
}

// The part of a pooling window that lies in the image.
struct window {
    std::size_t y_begin, y_end, x_begin, x_end;
    [[nodiscard]] std::size_t taps() const { return (y_end - y_begin) * (x_end - x_begin); }
};

window window_at(const pool_op& op, const tensor& in, unsigned y, unsigned x) {
    const auto cut = [](unsigned at, unsigned stride, unsigned pad, unsigned kernel, unsigned size) {
        const std::size_t start = std::size_t{at} * stride;
        return std::pair{start > pad ? start - pad : 0,
                         std::min<std::size_t>(std::max<std::size_t>(start + kernel, pad) - pad, size)};
    };
    const auto [y0, y1] = cut(y, op.stride_h, op.pad_top, op.kernel_h, in.h);
    const auto [x0, x1] = cut(x, op.stride_w, op.pad_left, op.kernel_w, in.w);
    return {y0, y1, x0, x1};
}

std::uint8_t pool_window(const pool_op& op, const tensor& in, const tensor& out, byte_view plane,
                         const window& at) {
    std::int32_t largest = lowest(in.type);
    std::int64_t sum = 0;
    for (std::size_t y = at.y_begin; y < at.y_end; ++y) {
        for (std::size_t x = at.x_begin; x < at.x_end; ++x) {
            const std::int32_t value = byte_value(plane[y * in.w + x], in.type);
            largest = std::max(largest, value);
            sum += value - in.zero_point;
        }
    }
    if (op.max) return static_cast<std::uint8_t>(largest);
    const std::size_t count = op.count_include_pad ? std::size_t{op.kernel_h} * op.kernel_w : at.taps();
    const std::int64_t mean =
        divide_half_even(sum * op.multiplier, static_cast<std::int64_t>(count) << op.shift);
    return clip_byte(mean + out.zero_point, lowest(out.type), highest(out.type));
}

bytes run(const pool_op& op, const tensor& in, const tensor& out, byte_view x) {
    bytes result;
    result.reserve(out.elements());
    const std::size_t plane_values = std::size_t{in.h} * in.w;
    for (std::size_t plane = 0; plane < std::size_t{in.n} * in.c; ++plane) {
        const byte_view values = x.subspan(plane * plane_values, plane_values);
        for (unsigned oy = 0; oy < out.h; ++oy) {
            for (unsigned ox = 0; ox < out.w; ++ox) {
                result.push_back(pool_window(op, in, out, values, window_at(op, in, oy, ox)));
            }
        }
    }
    return result;
}

bytes run(const add_op& op, const tensor& a, const tensor& b, const tensor& out, byte_view x, byte_view y) {
    bytes result(x.size());
    const std::int64_t one = std::int64_t{1} << op.shift;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::int64_t sum = std::int64_t{byte_value(x[i], a.type) - a.zero_point} * op.multiplier_a +
                                 std::int64_t{byte_value(y[i], b.type) - b.zero_point} * op.multiplier_b;
        result[i] = clip_byte(divide_half_even(sum, one) + out.zero_point, op.clip_low, op.clip_high);
    }
    return result;
}

bytes through(const std::vector<std::uint8_t>& table, byte_view x) {
    bytes result(x.begin(), x.end());
    if (!table.empty()) {
        for (std::uint8_t& byte : result) byte = table[byte];
    }
    return result;
}

bytes run(const concat_op& op, const tensor& out, std::span<const byte_view> inputs) {
    bytes result;
    result.reserve(out.elements());
    for (std::size_t n = 0; n < out.n; ++n) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::size_t part = inputs[i].size() / out.n;
            const bytes mapped = through(op.tables[i], inputs[i].subspan(n * part, part));
            result.insert(result.end(), mapped.begin(), mapped.end());
        }
    }
    return result;
}

bytes run(const softmax_op& op, const tensor& in, const tensor& out, byte_view x) {
    bytes result(x.size());
    const std::size_t positions = std::size_t{in.h} * in.w;
    for (std::size_t column = 0; column < in.n * positions; ++column) {
        const std::size_t first = column / positions * in.c * positions + column % positions;
        const auto value = [&](std::size_t c) { return byte_value(x[first + c * positions], in.type); };
        std::int32_t largest = lowest(in.type);
        for (std::size_t c = 0; c < in.c; ++c) largest = std::max(largest, value(c));
        const auto exponential = [&](std::size_t c) {
            return std::int64_t{op.exp_q20[static_cast<std::size_t>(largest - value(c))]};
        };
        std::int64_t sum = 0;
        for (std::size_t c = 0; c < in.c; ++c) sum += exponential(c);
        for (std::size_t c = 0; c < in.c; ++c) {
            const std::int64_t q = divide_half_even(exponential(c) * op.inverse_scale, sum) + out.zero_point;
            result[first + c * positions] = clip_byte(q, lowest(out.type), highest(out.type));
        }
    }
    return result;
}

}  // namespace

bool fits_psum_bits(const sum_range& range, unsigned bits) {
    const std::int64_t limit = std::int64_t{1} << (bits - 1);
    return range.low >= -limit && range.high < limit;
}

std::vector<std::uint8_t> run_layer(const graph& net, const layer& of, std::span<const byte_view> inputs,
                                    sum_range* sums) {
    const tensor& out = net.tensors[of.output];
    const auto in = [&](std::size_t i) -> const tensor& { return net.tensors[of.inputs[i]]; };
    return std::visit(overloaded{
                          [&](const conv_op& op) { return run(op, in(0), out, inputs[0], sums); },
                          [&](const pool_op& op) { return run(op, in(0), out, inputs[0]); },
                          [&](const add_op& op) { return run(op, in(0), in(1), out, inputs[0], inputs[1]); },
                          [&](const concat_op& op) { return run(op, out, inputs); },
                          [&](const requant_op& op) { return through(op.table, inputs[0]); },
                          [&](const softmax_op& op) { return run(op, in(0), out, inputs[0]); },
                          [&](const reshape_op&) { return bytes(inputs[0].begin(), inputs[0].end()); },
                      },
                      of.op);
}

reference_result run_reference(const graph& net, byte_view input) {
    const tensor& in = net.tensors[net.input];
    if (input.size() != in.elements()) {
        throw std::invalid_argument(fmt::format("input '{}' has {} values, {} ({}x{}x{}x{}) are needed",
                                                in.name, input.size(), in.elements(), in.n, in.c, in.h,
                                                in.w));
    }
    reference_result result;
    result.tensors.resize(net.tensors.size());
    result.sums.resize(net.layers.size());
    result.tensors[net.input].assign(input.begin(), input.end());
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
        const layer& each = net.layers[i];
        std::vector<byte_view> inputs;
        inputs.reserve(each.inputs.size());
        for (const tensor_id id : each.inputs) inputs.emplace_back(result.tensors[id]);
        result.tensors[each.output] = run_layer(net, each, inputs, &result.sums[i]);
    }
    return result;
}

}  // namespace eyeriss::compiler
