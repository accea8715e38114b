#pragma once

#include "tests/firmware/compiler/mapper_shapes.h"

/// Small graphs for tests of the image writer.
namespace eyeriss::test {

/// One conv layer named "layer"; its tensors are "input" and "output".
inline compiler::graph single_layer(const arch::layer_shape& s, double density, std::minstd_rand& random,
                                    bool accumulators) {
    using compiler::dtype;
    compiler::graph g;
    g.name = "single";
    g.tensors = {{"input", s.batch, s.channels_in(), s.h, s.w, dtype::u8, 0.1F, 0},
                 {"output", s.batch, s.channels_out(), s.e(), s.f(), accumulators ? dtype::i32 : dtype::i8,
                  0.2F, accumulators ? 0 : -3}};
    auto op = random_conv(s, density, random);
    op.clip_low = -128;
    op.clip_high = 127;
    op.accumulators = accumulators;
    if (accumulators) op.scale.clear();
    g.layers = {{"layer", {0}, 1, op}};
    g.input = 0;
    g.output = 1;
    return g;
}

/// conv, grouped conv, max pool, depthwise, concat of both, FC over the whole map, softmax.
inline compiler::graph branching_network(std::minstd_rand& random) {
    using compiler::dtype;
    compiler::graph g;
    g.name = "branching";
    const auto add = [&](const char* name, unsigned c, unsigned size) {
        g.tensors.push_back({name, 1, c, size, size, dtype::u8, 0.05F, 0});
        return static_cast<compiler::tensor_id>(g.tensors.size() - 1);
    };
    const auto input = add("image", 3, 20);
    const auto first = add("first", 24, 20);
    const auto grouped = add("grouped", 40, 20);
    const auto pooled = add("pooled", 40, 10);
    const auto depthwise = add("depthwise", 40, 10);
    const auto both = add("both", 80, 10);
    const auto scores = add("scores", 50, 1);
    const auto shares = add("shares", 50, 1);
    compiler::pool_op pool;
    pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
    compiler::concat_op concat;
    concat.tables.resize(2);
    for (unsigned q = 0; q < 256; ++q) concat.tables[1].push_back(static_cast<std::uint8_t>(255 - q));
    compiler::softmax_op softmax;
    for (unsigned d = 0; d < 256; ++d) softmax.exp_q20.push_back((1U << 20) / (d + 1));
    g.layers = {{"conv", {input}, first, random_conv(conv(3, 24, 20, 5, 1, 2), 0.9, random)},
                {"grouped", {first}, grouped, random_conv(conv(24, 40, 20, 3, 1, 1, 2), 0.3, random)},
                {"pool", {grouped}, pooled, pool},
                {"depthwise", {pooled}, depthwise, random_conv(conv(40, 40, 10, 3, 1, 1, 40), 0.8, random)},
                {"concat", {pooled, depthwise}, both, concat},
                {"fc", {both}, scores, random_conv(conv(80, 50, 10, 10), 0.1, random)},
                {"softmax", {scores}, shares, softmax}};
    g.input = input;
    g.output = shares;
    return g;
}

}  // namespace eyeriss::test
