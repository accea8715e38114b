#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "firmware/compiler/graph.h"
#include "tests/oracle/plain.h"

/// Random convolutions for the tests of the compiler.
namespace eyeriss::test {

using generator = std::mt19937_64;

inline unsigned draw(generator& random, unsigned low, unsigned high) {
    return std::uniform_int_distribution<unsigned>(low, high)(random);
}

struct random_conv {
    arch::layer_shape shape;
    compiler::dtype type = compiler::dtype::u8;
    std::int32_t zero_point = 0;
    std::vector<std::uint8_t> x;
    std::vector<std::int8_t> weights;
};

/// `weight_limit` bounds |weight|; 127 or, for processors without VNNI, less.
random_conv draw_conv(generator&, unsigned weight_limit = 128);
/// Random values of which about `density` are not zero.
std::vector<std::uint8_t> draw_bytes(generator&, std::size_t count, double density);

/// The same layer for the oracle.
oracle::conv_problem problem_of(const random_conv&);
std::vector<int> widen(const std::vector<std::uint8_t>&, compiler::dtype);

}  // namespace eyeriss::test
