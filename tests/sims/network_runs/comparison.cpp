#include "tests/sims/network_runs/comparison.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "tests/firmware/compiler/random_layer.h"
#include "tests/oracle/plain.h"

namespace eyeriss::test {

namespace {

using compiler::conv_op;
using compiler::dtype;
using compiler::graph;
using compiler::layer;
using compiler::pool_op;
using compiler::tensor;

plain_layer run_conv(const conv_op& op, const tensor& from, const tensor& to,
                     const std::vector<std::uint8_t>& x) {
    const auto problem = problem_of({op.shape, from.type, from.zero_point, x, op.weights});
    const auto sums = oracle::conv(problem);
    const std::size_t plane = std::size_t{op.shape.e()} * op.shape.f();
    const auto [low, high] = std::ranges::minmax(sums);
    plain_layer out{{}, 0, low, high};
    out.effectual = static_cast<std::uint64_t>(oracle::effectual_products(problem));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const std::size_t k = i / plane % op.bias.size();
        out.output.push_back(static_cast<std::uint8_t>(
            oracle::requantise(sums[i], op.bias[k], op.scale[k], to.zero_point, op.clip_low, op.clip_high)));
    }
    return out;
}

oracle::pool_problem problem_of(const pool_op& op, const tensor& from, const std::vector<std::uint8_t>& x) {
    const auto number = [](unsigned value) { return static_cast<int>(value); };
    return {.planes = number(from.n * from.c),
            .h = number(from.h),
            .w = number(from.w),
            .kernel_h = number(op.kernel_h),
            .kernel_w = number(op.kernel_w),
            .stride_h = number(op.stride_h),
            .stride_w = number(op.stride_w),
            .pad_top = number(op.pad_top),
            .pad_left = number(op.pad_left),
            .pad_bottom = number(op.pad_bottom),
            .pad_right = number(op.pad_right),
            .count_padding = op.count_include_pad,
            .x = widen(x, from.type)};
}

plain_layer run_pool(const pool_op& op, const tensor& from, const tensor& to,
                     const std::vector<std::uint8_t>& x) {
    const auto problem = problem_of(op, from, x);
    const std::int64_t low = to.type == dtype::i8 ? -128 : 0;
    plain_layer out;
    const auto put = [&](std::int64_t value) { out.output.push_back(static_cast<std::uint8_t>(value)); };
    if (op.max) {
        std::ranges::for_each(oracle::max_pool(problem), put);
        return out;
    }
    for (const auto& window : oracle::window_sums(problem, from.zero_point)) {
        const auto mean =
            oracle::round_ratio(window.sum * op.multiplier, (std::int64_t{1} << op.shift) * window.count);
        put(std::clamp(mean + to.zero_point, low, low + 255));
    }
    return out;
}

}  // namespace

difference compare_values(const std::vector<std::uint8_t>& mine, const std::vector<std::uint8_t>& theirs,
                          dtype type) {
    if (mine.size() != theirs.size()) {
        throw std::invalid_argument(std::to_string(mine.size()) + " bytes against " +
                                    std::to_string(theirs.size()));
    }
    const auto a = widen(mine, type), b = widen(theirs, type);
    difference found{a.size()};
    for (std::size_t i = 0; i < a.size(); ++i) {
        found.differing += a[i] != b[i] ? 1 : 0;
        found.largest = std::max(found.largest, std::abs(a[i] - b[i]));
    }
    return found;
}

tensor_values run_onnxruntime(const onnx::ModelProto& model, const graph& net,
                              const std::vector<std::uint8_t>& input) {
    const tensor& first = net.tensors[net.input];
    oracle::onnxruntime_case wanted{
        model, first.type == dtype::i8 ? "int8" : "uint8", {first.n, first.c, first.h, first.w}, input, {}};
    for (const tensor& each : net.tensors) {
        if (each.name != first.name) {
            wanted.outputs.push_back(each.name);
        }
    }
    auto results = oracle::run_onnxruntime(std::span(&wanted, 1));
    results.front()[first.name] = input;
    tensor_values values;
    for (const tensor& each : net.tensors) {
        values.push_back(results.front().at(each.name));
    }
    return values;
}

bool has_plain_oracle(const layer& of) {
    return std::holds_alternative<conv_op>(of.op) || std::holds_alternative<pool_op>(of.op);
}

plain_layer run_plain(const graph& net, const layer& of, const tensor_values& values) {
    const tensor& from = net.tensors[of.inputs.front()];
    const tensor& to = net.tensors[of.output];
    const auto& x = values[of.inputs.front()];
    if (const auto* conv = std::get_if<conv_op>(&of.op)) {
        return run_conv(*conv, from, to, x);
    }
    return run_pool(std::get<pool_op>(of.op), from, to, x);
}

}  // namespace eyeriss::test
