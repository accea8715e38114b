#include "sims/inputs/layer_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <sstream>

#include "models/abi/image.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

void expect(bool right, const std::string& message) {
    if (!right) {
        throw user_error(message);
    }
}

void check_arrays(const layer_request& r) {
    const auto& iact = r.iact.shape;
    const auto& weight = r.weight.shape;
    expect(iact.size() == 4, fmt::format("--iact has shape {}: expects N,C,H,W", shape_text(iact)));
    expect(r.iact.type != npy_type::i32, "--iact holds int32: expects int8 or uint8");
    expect(weight.size() == 4, fmt::format("--weight has shape {}: expects M,C/G,R,S", shape_text(weight)));
    expect(r.weight.type == npy_type::i8,
           fmt::format("--weight holds {}: expects int8", to_string(r.weight.type)));
    expect(r.groups > 0 && iact[1] % r.groups == 0 && weight[0] % r.groups == 0,
           fmt::format("--groups is {}: expects a divisor of C, which is {}, and of M, which is {}", r.groups,
                       iact[1], weight[0]));
    expect(weight[1] == iact[1] / r.groups,
           fmt::format("--weight has {} channels: expects C/G, which is {}", weight[1], iact[1] / r.groups));
    for (const auto dim : {iact[0], iact[1], iact[2], iact[3], weight[0], weight[2], weight[3]}) {
        expect(dim <= EYERISS_MAX_DIM,
               fmt::format("a dimension is {}: expects at most {}", dim, EYERISS_MAX_DIM));
    }
    if (r.bias) {
        expect(r.bias->type == npy_type::i32,
               fmt::format("--bias holds {}: expects int32", to_string(r.bias->type)));
        expect(r.bias->shape == std::vector<std::size_t>{weight[0]},
               fmt::format("--bias has shape {}: expects ({},)", shape_text(r.bias->shape), weight[0]));
    }
}

void check_options(const layer_request& r) {
    const auto range = r.iact.type == npy_type::i8 ? std::array{-128, 127} : std::array{0, 255};
    expect(r.iact_zero_point >= range[0] && r.iact_zero_point <= range[1],
           fmt::format("--iact-zero-point is {}: expects {} to {}", r.iact_zero_point, range[0], range[1]));
    expect(r.stride >= 1, "--stride is 0: expects at least 1");
    if (!r.requant_scale) {
        expect(r.output_zero_point == 0 && !r.output_type,
               "--output-zero-point and --output-type expect --requant-scale");
        return;
    }
    expect(std::isfinite(*r.requant_scale) && *r.requant_scale > 0,
           fmt::format("--requant-scale is {}: expects a number above 0", *r.requant_scale));
    const bool is_signed = r.output_type.value_or(r.iact.type) == npy_type::i8;
    expect(r.output_zero_point >= (is_signed ? -128 : 0) && r.output_zero_point <= (is_signed ? 127 : 255),
           fmt::format("--output-zero-point is {}: expects {}", r.output_zero_point,
                       is_signed ? "-128 to 127" : "0 to 255"));
}

arch::layer_shape make_shape(const layer_request& r) {
    const auto& iact = r.iact.shape;
    const auto& weight = r.weight.shape;
    const auto narrow = [](std::size_t value) { return static_cast<unsigned>(value); };
    arch::layer_shape s;
    s.groups = r.groups;
    s.batch = narrow(iact[0]);
    s.c = narrow(weight[1]);
    s.m = narrow(weight[0]) / r.groups;
    s.h = narrow(iact[2]);
    s.w = narrow(iact[3]);
    s.r = narrow(weight[2]);
    s.s = narrow(weight[3]);
    s.stride_h = s.stride_w = r.stride;
    s.pad_top = r.pad[0];
    s.pad_left = r.pad[1];
    s.pad_bottom = r.pad[2];
    s.pad_right = r.pad[3];
    expect(s.r <= s.h + s.pad_top + s.pad_bottom && s.s <= s.w + s.pad_left + s.pad_right,
           fmt::format("--weight has a window of {} x {}: expects none larger than the padded iacts, {} x {}",
                       s.r, s.s, s.h + s.pad_top + s.pad_bottom, s.w + s.pad_left + s.pad_right));
    const auto wrong = s.check();
    expect(wrong.empty(), fmt::format("layer: {}", wrong));
    return s;
}

/// The bias with the input's zero point folded in, wrapping at 32 bits as the requantiser adds.
std::vector<std::int32_t> make_bias(const layer_request& r, const std::vector<std::int8_t>& weights) {
    const std::size_t channels = r.weight.shape[0];
    const std::size_t taps = weights.size() / channels;
    std::vector<std::int32_t> bias(channels, 0);
    if (r.bias) {
        std::memcpy(bias.data(), r.bias->bytes.data(), r.bias->bytes.size());
    }
    for (std::size_t m = 0; m < channels; ++m) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < taps; ++i) {
            sum += weights[m * taps + i];
        }
        const std::int64_t folded = bias[m] - sum * r.iact_zero_point;
        bias[m] = static_cast<std::int32_t>(static_cast<std::uint32_t>(folded));
    }
    return bias;
}

compiler::dtype to_dtype(npy_type type) {
    return type == npy_type::i8   ? compiler::dtype::i8
           : type == npy_type::u8 ? compiler::dtype::u8
                                  : compiler::dtype::i32;
}

}  // namespace

std::array<unsigned, 4> parse_pads(const std::string& text) {
    std::vector<unsigned> numbers;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) {
        unsigned value = 0;
        const auto* end = part.data() + part.size();
        const auto [stop, error] = std::from_chars(part.data(), end, value);
        if (part.empty() || error != std::errc{} || stop != end || value > EYERISS_MAX_DIM) {
            numbers.clear();
            break;
        }
        numbers.push_back(value);
    }
    if (numbers.size() == 1) {
        return {numbers[0], numbers[0], numbers[0], numbers[0]};
    }
    expect(numbers.size() == 4,
           fmt::format("--pad is '{}': expects one number or top,left,bottom,right", text));
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

compiler::graph make_layer_graph(const layer_request& r) {
    check_arrays(r);
    check_options(r);
    const auto shape = make_shape(r);
    compiler::conv_op op;
    op.shape = shape;
    op.weights.assign(r.weight.bytes.size(), 0);
    std::memcpy(op.weights.data(), r.weight.bytes.data(), r.weight.bytes.size());
    op.bias = make_bias(r, op.weights);
    op.accumulators = !r.requant_scale;
    op.scale.assign(shape.channels_out(), r.requant_scale.value_or(1.0F));
    const auto out_type = r.requant_scale ? r.output_type.value_or(r.iact.type) : npy_type::i32;
    op.clip_low = out_type == npy_type::i8 ? -128 : 0;
    op.clip_high = out_type == npy_type::i8 ? 127 : 255;

    compiler::graph g;
    g.name = "layer";
    g.tensors.resize(2);
    g.tensors[0] = {"iact", shape.batch,      shape.channels_in(), shape.h, shape.w, to_dtype(r.iact.type),
                    1.0F,   r.iact_zero_point};
    g.tensors[1] = {"output",           shape.batch, shape.channels_out(), shape.e(), shape.f(),
                    to_dtype(out_type), 1.0F,        r.output_zero_point};
    g.layers.push_back({"layer", {0}, 1, std::move(op)});
    g.input = 0;
    g.output = 1;
    return g;
}

}  // namespace eyeriss::sims
