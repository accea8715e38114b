#define BOOST_TEST_MODULE validate_floors_test
#include "sims/validate/floors.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>
#include <tuple>

using namespace eyeriss;
using namespace eyeriss::sims::validate;

namespace {

struct problem {
    compiler::conv_op op;
    std::vector<std::uint8_t> iacts;
};

problem random_problem(std::mt19937& random) {
    const auto upto = [&](unsigned n) { return 1 + static_cast<unsigned>(random() % n); };
    problem out;
    auto& s = out.op.shape;
    s.groups = upto(2);
    s.batch = upto(2);
    s.m = upto(4);
    s.c = upto(3);
    s.r = upto(3);
    s.s = upto(3);
    s.h = s.r + upto(6);
    s.w = s.s + upto(6);
    s.stride_h = upto(3);
    s.stride_w = upto(3);
    s.pad_top = static_cast<unsigned>(random() % s.r);
    s.pad_right = static_cast<unsigned>(random() % s.s);
    out.op.weights.resize(std::size_t{s.channels_out()} * s.c * s.r * s.s);
    for (auto& w : out.op.weights) {
        w = random() % 2 == 0 ? std::int8_t{0} : std::int8_t{3};
    }
    out.iacts.resize(std::size_t{s.batch} * s.channels_in() * s.h * s.w);
    for (auto& x : out.iacts) {
        x = random() % 3 == 0 ? 0 : 7;
    }
    return out;
}

/// The same work product by product.
layer_work plain(const problem& p) {
    const auto& s = p.op.shape;
    layer_work out;
    std::set<std::size_t> touched;
    for (unsigned n = 0; n < s.batch; ++n) {
        for (unsigned m = 0; m < s.channels_out(); ++m) {
            for (unsigned at = 0; at < s.e() * s.f(); ++at) {
                for (unsigned tap = 0; tap < s.c * s.r * s.s; ++tap) {
                    const unsigned c = m / s.m * s.c + tap / (s.r * s.s);
                    const int y = static_cast<int>(at / s.f() * s.stride_h + tap / s.s % s.r) -
                                  static_cast<int>(s.pad_top);
                    const int x =
                        static_cast<int>(at % s.f() * s.stride_w + tap % s.s) - static_cast<int>(s.pad_left);
                    if (y < 0 || x < 0 || y >= static_cast<int>(s.h) || x >= static_cast<int>(s.w)) {
                        continue;
                    }
                    const auto i =
                        ((std::size_t{n} * s.channels_in() + c) * s.h + static_cast<unsigned>(y)) * s.w +
                        static_cast<unsigned>(x);
                    touched.insert(i);
                    ++out.in_image;
                    const auto w = p.op.weights[std::size_t{m} * s.c * s.r * s.s + tap];
                    out.effectual += p.iacts[i] != 0 && w != 0 ? 1 : 0;
                }
            }
        }
    }
    out.iacts = touched.size();
    for (const auto i : touched) {
        out.nonzero_iacts += p.iacts[i] != 0 ? 1 : 0;
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(work_counted_channel_by_channel_is_that_of_plain_loops) {
    const unsigned seed = 20261121;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (unsigned i = 0; i < 200; ++i) {
        const auto p = random_problem(random);
        const auto work = count_work("layer", p.op, p.iacts);
        const auto expected = plain(p);
        BOOST_TEST_CONTEXT("problem " << i) {
            BOOST_TEST(work.effectual == expected.effectual);
            BOOST_TEST(work.in_image == expected.in_image);
            BOOST_TEST(work.iacts == expected.iacts);
            BOOST_TEST(work.nonzero_iacts == expected.nonzero_iacts);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_floor_is_its_closed_form) {
    const arch::machine v2;
    layer_work work;
    work.shape.m = 8;
    work.effectual = 384 * 1000 + 1;
    work.in_image = 192 * 5000;
    work.weights = 96 * 300;
    work.nonzero_weights = 96 * 100;
    work.iacts = work.nonzero_iacts = 96;
    work.outputs = 64 * 2 * 11;
    const auto floor = floor_of(work, v2);
    BOOST_TEST(floor.lanes == 1001U);
    BOOST_TEST(floor.weight_port == 100U);  // two pairs a port and cycle, 48 ports
    BOOST_TEST(floor.iact_port == 1U);      // 96 raw values in 48 ports of three
    BOOST_TEST(floor.psum_port == 11U);
    BOOST_TEST(floor.cycles() == 1001U);
    BOOST_TEST(floor.limit() == "lanes");
    work.shape.m = 1;
    BOOST_TEST(floor_of(work, v2).lanes == 2001U);
    arch::machine dense = v2;
    dense.pe.macs = 1;
    dense.pe.sparse = false;
    work.shape.m = 8;
    BOOST_TEST(floor_of(work, dense).lanes == 5000U);
    BOOST_TEST(floor_of(work, dense).weight_port == 200U);  // three raw values a port and cycle
}

BOOST_AUTO_TEST_CASE(each_operand_is_read_once_in_its_shorter_form) {
    layer_work work;
    work.weights = 100;
    work.nonzero_weights = 50;  // 75 bytes of pairs
    work.iacts = 60;
    work.nonzero_iacts = 50;  // 60 raw bytes are less than 75
    BOOST_TEST(least_read_bytes(work) == 135U);
}

// One bus of one value brings 96 weights in 96 cycles, and takes 22 psums at four a cycle in 6.
BOOST_AUTO_TEST_CASE(a_bus_is_one_port_for_the_whole_array) {
    arch::machine v1;
    v1.noc.kind = noc::topology::bus;
    v1.noc.weight_port_bits = 8;
    v1.noc.psum_port_bits = 80;
    v1.pe.macs = 1;
    v1.pe.sparse = false;
    layer_work work;
    work.shape.m = 8;
    work.in_image = 192;
    work.weights = work.nonzero_weights = 96;
    work.outputs = 22;
    const auto floor = floor_of(work, v1);
    BOOST_TEST(floor.weight_port == 96U);
    BOOST_TEST(floor.psum_port == 6U);
    BOOST_TEST(floor.limit() == "weight ports");
}

BOOST_AUTO_TEST_CASE(the_floor_of_a_mapping_has_only_the_lanes_that_work) {
    const arch::machine v2;
    layer_work work;
    work.shape.m = 8;
    work.effectual = 192 * 1000;
    layer_facts layer;
    layer.m0 = 8;
    layer.active_pes = 0.5;
    BOOST_TEST(floor_of_mapping(work, v2, layer).lanes == 1000U);
    layer.m0 = 1;
    BOOST_TEST(floor_of_mapping(work, v2, layer).lanes == 2000U);
}
