#define BOOST_TEST_MODULE layer_test
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "sims/inputs/npy.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using sims::npy_array;
using sims::npy_type;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

struct layer_case {
    unsigned n, c, h, w, m, r, s, stride, groups;
    std::array<unsigned, 4> pad;
    npy_type type;
    double iact_density, weight_density;
};

npy_array random_array(npy_type type, std::vector<std::size_t> shape, double density, std::mt19937& random) {
    npy_array out{type, std::move(shape), {}};
    for (std::size_t i = 0; i < out.elements(); ++i) {
        const bool zero = random() % 10000 >= density * 10000;
        out.bytes.push_back(zero ? std::uint8_t{0} : static_cast<std::uint8_t>(random()));
    }
    return out;
}

int value(const npy_array& a, std::size_t i) {
    return a.type == npy_type::i8 ? static_cast<std::int8_t>(a.bytes[i]) : a.bytes[i];
}

struct expectation {
    std::vector<std::int64_t> sums;
    std::uint64_t effectual = 0;
};

/// The layer by plain loops over the arrays.
expectation plain(const layer_case& l, const npy_array& iact, const npy_array& weight) {
    const unsigned cg = l.c / l.groups;
    const unsigned e = (l.h + l.pad[0] + l.pad[2] - l.r) / l.stride + 1;
    const unsigned f = (l.w + l.pad[1] + l.pad[3] - l.s) / l.stride + 1;
    expectation out;
    for (unsigned n = 0; n < l.n; ++n) {
        for (unsigned m = 0; m < l.m; ++m) {
            for (unsigned at = 0; at < e * f; ++at) {
                std::int64_t sum = 0;
                for (unsigned tap = 0; tap < cg * l.r * l.s; ++tap) {
                    const unsigned c = tap / (l.r * l.s);
                    const int y =
                        static_cast<int>(at / f * l.stride + tap / l.s % l.r) - static_cast<int>(l.pad[0]);
                    const int x =
                        static_cast<int>(at % f * l.stride + tap % l.s) - static_cast<int>(l.pad[1]);
                    if (y < 0 || x < 0 || y >= static_cast<int>(l.h) || x >= static_cast<int>(l.w)) {
                        continue;
                    }
                    const std::size_t channel = std::size_t{n} * l.c + m / (l.m / l.groups) * cg + c;
                    const int a = value(
                        iact, (channel * l.h + static_cast<unsigned>(y)) * l.w + static_cast<unsigned>(x));
                    const int b = value(weight, std::size_t{m} * cg * l.r * l.s + tap);
                    sum += a * b;
                    out.effectual += a != 0 && b != 0 ? 1 : 0;
                }
                out.sums.push_back(sum);
            }
        }
    }
    return out;
}

std::string arguments(const layer_case& l, const temporary_folder& folder) {
    return fmt::format(
        "layer --quiet --iact {} --weight {} --stride {} --groups {} --pad {},{},{},{} --output {} --out {} ",
        word(folder / "i.npy"), word(folder / "w.npy"), l.stride, l.groups, l.pad[0], l.pad[1], l.pad[2],
        l.pad[3], word(folder / "o.npy"), word(folder / "out"));
}

nlohmann::json summary(const temporary_folder& folder) {
    return nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
}

std::vector<std::int64_t> int32_values(const npy_array& array) {
    std::vector<std::int64_t> out;
    for (std::size_t i = 0; i < array.elements(); ++i) {
        std::int32_t v = 0;
        std::memcpy(&v, array.bytes.data() + 4 * i, sizeof v);
        out.push_back(v);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(accumulators_and_effectual_products_are_those_of_the_arrays) {
    const unsigned seed = 11;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const std::vector<layer_case> cases{
        {1, 3, 9, 11, 8, 3, 3, 1, 1, {1, 1, 1, 1}, npy_type::u8, 0.6, 0.5},
        {2, 4, 7, 7, 6, 3, 2, 2, 2, {0, 1, 2, 0}, npy_type::i8, 0.3, 0.9},
        {1, 6, 5, 5, 6, 3, 3, 1, 6, {1, 1, 1, 1}, npy_type::u8, 1.0, 1.0},
        {3, 40, 1, 1, 17, 1, 1, 1, 1, {0, 0, 0, 0}, npy_type::i8, 0.5, 0.1},
        {1, 2, 6, 6, 3, 1, 1, 1, 1, {0, 0, 0, 0}, npy_type::u8, 0.0, 0.0},
    };
    for (const auto& l : cases) {
        const temporary_folder folder;
        const auto iact = random_array(l.type, {l.n, l.c, l.h, l.w}, l.iact_density, random);
        const auto weight =
            random_array(npy_type::i8, {l.m, l.c / l.groups, l.r, l.s}, l.weight_density, random);
        sims::write_npy(folder / "i.npy", iact);
        sims::write_npy(folder / "w.npy", weight);
        const auto ran =
            run_program(arguments(l, folder) + "--set pe.psum_bits=32 --set noc.psum_port_bits=64");
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
        const auto expected = plain(l, iact, weight);
        const auto output = sims::read_npy(folder / "o.npy");
        BOOST_TEST((output.type == npy_type::i32));
        BOOST_TEST(int32_values(output) == expected.sums, boost::test_tools::per_element());
        BOOST_TEST(summary(folder).at("macs_effectual") == expected.effectual);
        BOOST_TEST(summary(folder).at("bit_exact") == true);
    }
}

BOOST_AUTO_TEST_CASE(a_requantised_layer_gives_eight_bits_by_the_rule) {
    std::mt19937 random(5);
    const layer_case l{1, 5, 6, 6, 4, 3, 3, 1, 1, {1, 1, 1, 1}, npy_type::u8, 0.7, 0.7};
    const temporary_folder folder;
    const auto iact = random_array(l.type, {l.n, l.c, l.h, l.w}, l.iact_density, random);
    const auto weight = random_array(npy_type::i8, {l.m, l.c, l.r, l.s}, l.weight_density, random);
    npy_array bias{npy_type::i32, {l.m}, {}};
    const std::vector<std::int32_t> biases{100, -2000, 0, 77777};
    bias.bytes.resize(16);
    std::memcpy(bias.bytes.data(), biases.data(), 16);
    sims::write_npy(folder / "i.npy", iact);
    sims::write_npy(folder / "w.npy", weight);
    sims::write_npy(folder / "b.npy", bias);
    const auto ran = run_program(arguments(l, folder) +
                                 "--requant-scale 0.0033 --output-type int8 --output-zero-point=-5 --bias " +
                                 word(folder / "b.npy"));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto expected = plain(l, iact, weight);
    const auto output = sims::read_npy(folder / "o.npy");
    BOOST_TEST((output.type == npy_type::i8));
    BOOST_REQUIRE(output.elements() == expected.sums.size());
    for (std::size_t i = 0; i < expected.sums.size(); ++i) {
        const auto sum = static_cast<std::int32_t>(expected.sums[i] + biases[i / 36]);
        const float rounded = std::nearbyintf(static_cast<float>(sum) * 0.0033F) - 5;
        BOOST_TEST(value(output, i) == static_cast<int>(std::clamp(rounded, -128.0F, 127.0F)),
                   "element " << i);
    }
}

BOOST_AUTO_TEST_CASE(the_zero_point_of_the_input_counts_in_the_image_and_in_padding) {
    std::mt19937 random(6);
    const layer_case l{1, 2, 5, 5, 3, 3, 3, 1, 1, {1, 1, 1, 1}, npy_type::u8, 0.8, 0.8};
    const temporary_folder folder;
    auto iact = random_array(l.type, {l.n, l.c, l.h, l.w}, l.iact_density, random);
    const auto weight = random_array(npy_type::i8, {l.m, l.c, l.r, l.s}, l.weight_density, random);
    sims::write_npy(folder / "i.npy", iact);
    sims::write_npy(folder / "w.npy", weight);
    const auto ran = run_program(arguments(l, folder) + "--iact-zero-point 9");
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    // The same as plain sums of x - 9 with padding left out.
    std::vector<std::int64_t> expected = plain(l, iact, weight).sums;
    std::fill(iact.bytes.begin(), iact.bytes.end(), std::uint8_t{9});
    const auto constant = plain(l, iact, weight).sums;
    std::transform(expected.begin(), expected.end(), constant.begin(), expected.begin(), std::minus<>{});
    BOOST_TEST(int32_values(sims::read_npy(folder / "o.npy")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_final_sum_that_does_not_fit_is_the_sum_modulo_and_fails_the_check) {
    const temporary_folder folder;
    // 16 products of 255 * 127 are 518,160; 40 of them pass 2^19.
    npy_array iact{npy_type::u8, {1, 40, 1, 1}, std::vector<std::uint8_t>(40, 255)};
    npy_array weight{npy_type::i8, {1, 40, 1, 1}, std::vector<std::uint8_t>(40, 127)};
    sims::write_npy(folder / "i.npy", iact);
    sims::write_npy(folder / "w.npy", weight);
    const layer_case l{1, 40, 1, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}, npy_type::u8, 1, 1};
    const auto ran = run_program(arguments(l, folder));
    BOOST_TEST(ran.exit_code == 1);
    const std::int64_t sum = 40 * 255 * 127;
    const std::int64_t wrapped = (sum + (1 << 19)) % (1 << 20) - (1 << 19);
    BOOST_TEST(int32_values(sims::read_npy(folder / "o.npy")).at(0) == wrapped);
    BOOST_TEST(summary(folder).at("bit_exact") == false);
    BOOST_TEST(summary(folder).at("psum_overflows") > 0);
    const auto saturated = run_program(arguments(l, folder) + "--set pe.overflow=saturate");
    BOOST_TEST(saturated.exit_code == 1);
    BOOST_TEST(int32_values(sims::read_npy(folder / "o.npy")).at(0) == (1 << 19) - 1);
}
