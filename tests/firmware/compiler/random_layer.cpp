#include "tests/firmware/compiler/random_layer.h"

#include <algorithm>

namespace eyeriss::test {

std::vector<std::uint8_t> draw_bytes(generator& random, std::size_t count, double density) {
    std::bernoulli_distribution kept(density);
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes)
        byte = kept(random) ? static_cast<std::uint8_t>(draw(random, 0, 255)) : 0;
    return bytes;
}

random_conv draw_conv(generator& random, unsigned weight_limit) {
    random_conv conv;
    arch::layer_shape& shape = conv.shape;
    shape.groups = draw(random, 0, 2) == 0 ? draw(random, 2, 9) : 1;
    shape.batch = draw(random, 0, 5) == 0 ? 2 : 1;
    shape.m = draw(random, 1, 9);
    shape.c = draw(random, 1, shape.groups > 1 ? 3 : 20);
    shape.r = draw(random, 1, 5);
    shape.s = draw(random, 1, 5);
    shape.h = draw(random, shape.r, 14);
    shape.w = draw(random, shape.s, 14);
    shape.stride_h = draw(random, 1, 3);
    shape.stride_w = draw(random, 1, 3);
    for (unsigned* pad : {&shape.pad_top, &shape.pad_left, &shape.pad_bottom, &shape.pad_right}) {
        *pad = draw(random, 0, 2);
    }
    conv.type = draw(random, 0, 1) == 0 ? compiler::dtype::u8 : compiler::dtype::i8;
    if (draw(random, 0, 1) == 0) {
        conv.zero_point =
            static_cast<std::int32_t>(draw(random, 0, 255)) - (conv.type == compiler::dtype::i8 ? 128 : 0);
    }
    const double density = draw(random, 0, 10) / 10.0;
    conv.x = draw_bytes(random, std::size_t{shape.batch} * shape.channels_in() * shape.h * shape.w, density);
    conv.weights.resize(std::size_t{shape.channels_out()} * shape.c * shape.r * shape.s);
    std::bernoulli_distribution kept(draw(random, 0, 10) / 10.0);
    const int limit = static_cast<int>(weight_limit);
    for (std::int8_t& weight : conv.weights) {
        const int value = static_cast<int>(draw(random, 0, 2 * weight_limit - 1)) - limit;
        weight = kept(random) ? static_cast<std::int8_t>(value) : std::int8_t{0};
    }
    return conv;
}

std::vector<int> widen(const std::vector<std::uint8_t>& bytes, compiler::dtype type) {
    std::vector<int> values(bytes.begin(), bytes.end());
    for (int& value : values) {
        if (type == compiler::dtype::i8 && value > 127) value -= 256;
    }
    return values;
}

oracle::conv_problem problem_of(const random_conv& conv) {
    const arch::layer_shape& shape = conv.shape;
    const auto number = [](unsigned value) { return static_cast<int>(value); };
    oracle::conv_problem problem;
    problem.groups = number(shape.groups);
    problem.batch = number(shape.batch);
    problem.m = number(shape.m);
    problem.c = number(shape.c);
    problem.h = number(shape.h);
    problem.w = number(shape.w);
    problem.r = number(shape.r);
    problem.s = number(shape.s);
    problem.stride_h = number(shape.stride_h);
    problem.stride_w = number(shape.stride_w);
    problem.pad_top = number(shape.pad_top);
    problem.pad_left = number(shape.pad_left);
    problem.pad_bottom = number(shape.pad_bottom);
    problem.pad_right = number(shape.pad_right);
    problem.pad_value = conv.zero_point;
    problem.x = widen(conv.x, conv.type);
    problem.weights.assign(conv.weights.begin(), conv.weights.end());
    return problem;
}

}  // namespace eyeriss::test
