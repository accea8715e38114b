#define BOOST_TEST_MODULE zeros_by_position_test
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <numeric>

#include "firmware/compiler/predict.h"
#include "models/abi/descriptor.h"
#include "sims/inputs/layer_graph.h"
#include "sims/inputs/mapping_file.h"
#include "sims/inputs/npy.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using sims::npy_array;
using sims::npy_type;

namespace {

constexpr unsigned channels = 16, filters = 16, side = 12;

/// Half of the iacts are zero: all pixels of every other channel, or every other pixel of all channels.
npy_array iacts(bool by_channel) {
    npy_array out{npy_type::u8, {1, channels, side, side}, {}};
    for (unsigned c = 0; c < channels; ++c) {
        for (unsigned pixel = 0; pixel < side * side; ++pixel) {
            const bool zero = by_channel ? c % 2 == 0 : (c + pixel) % 2 == 0;
            out.bytes.push_back(zero ? 0 : static_cast<std::uint8_t>(1 + (c + pixel) % 5));
        }
    }
    return out;
}

/// Which half of the weights is zero.
enum class mask : std::uint8_t {
    whole_columns,  ///< all filters of every other channel: whole columns
    every_column,   ///< every other filter, in each column: eight weights, four words
    uneven          ///< columns of five and of eleven weights in turn: three and six words
};

npy_array weights(mask where) {
    npy_array out{npy_type::i8, {filters, channels, 3, 3}, {}};
    for (unsigned m = 0; m < filters; ++m) {
        for (unsigned c = 0; c < channels; ++c) {
            const bool zero = where == mask::whole_columns  ? c % 2 == 0
                              : where == mask::every_column ? (m + c) % 2 == 0
                                                            : m >= (c % 2 == 0 ? 5U : 11U);
            out.bytes.insert(out.bytes.end(), 9, zero ? 0 : static_cast<std::uint8_t>(1 + m % 3));
        }
    }
    return out;
}

std::size_t nonzero(const npy_array& a) {
    return a.bytes.size() - static_cast<std::size_t>(std::count(a.bytes.begin(), a.bytes.end(), 0));
}

struct outcome {
    std::uint64_t cycles = 0, effectual = 0, busy = 0;
    double predicted = 0;
};

/// Simulates the layer, on a pinned mapping where `mapping` is given, and predicts the same.
outcome run_layer(const npy_array& iact, const npy_array& weight, const test::temporary_folder& folder,
                  const std::filesystem::path& mapping) {
    sims::write_npy(folder / "i.npy", iact);
    sims::write_npy(folder / "w.npy", weight);
    const auto ran = test::run_program(
        fmt::format("layer --quiet --iact {} --weight {} --out {}{}", test::word(folder / "i.npy"),
                    test::word(folder / "w.npy"), test::word(folder / "out"),
                    mapping.empty() ? std::string() : " --mapping " + test::word(mapping)));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto summary = nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
    const auto& layer = summary.at("layers").at(0);
    const arch::machine machine;
    const auto map = sims::read_mapping_file(folder / "out/mappings.yaml", machine).mappings.at("layer");
    sims::layer_request request;
    request.iact = iact;
    request.weight = weight;
    const auto graph = sims::make_layer_graph(request);
    const auto& op = std::get<compiler::conv_op>(graph.layers.at(0).op);
    const auto predicted = compiler::predict(op, map, machine, {iact.bytes, false, 0}, ~std::uint64_t{0});
    const auto bits = layer.at("config_bits").get<std::uint64_t>() + sizeof(eyeriss_descriptor) * 8;
    const auto rate = machine.control.config_bits_per_cycle;
    const auto& causes = layer.at("pe_cycles");
    return {summary.at("cycles_accelerator"), summary.at("macs_effectual"),
            causes.at("both_lanes").get<std::uint64_t>() + causes.at("one_lane").get<std::uint64_t>(),
            predicted.cycles + static_cast<double>((bits + rate - 1) / rate)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(equal_densities_in_other_places_take_other_cycles_and_the_predicted_ones) {
    const test::temporary_folder folder;
    const auto by_channel = iacts(true);
    const auto by_pixel = iacts(false);
    BOOST_REQUIRE(nonzero(by_channel) == nonzero(by_pixel));
    BOOST_REQUIRE(nonzero(weights(mask::whole_columns)) == nonzero(weights(mask::every_column)));
    BOOST_REQUIRE(nonzero(weights(mask::uneven)) == nonzero(weights(mask::every_column)));
    // One mapping for all, so that nothing but the zeros differs.
    (void)run_layer(by_pixel, weights(mask::every_column), folder, {});
    const auto mapping = folder / "pinned.yaml";
    std::filesystem::copy_file(folder / "out/mappings.yaml", mapping);
    const auto run = [&](const npy_array& iact, mask where) {
        auto out = run_layer(iact, weights(where), folder, mapping);
        BOOST_TEST(static_cast<double>(out.cycles) == out.predicted);
        return out;
    };
    const auto aligned = run(by_channel, mask::whole_columns);
    const auto crossed = run(by_pixel, mask::every_column);
    const auto uneven = run(by_pixel, mask::uneven);
    // Zeros of iacts and weights in the same channels meet each other: twice the products of independent
    // ones.
    const std::uint64_t products = std::uint64_t{filters} * channels * 9 * 10 * 10;
    BOOST_TEST(aligned.effectual == products / 2);
    BOOST_TEST(crossed.effectual == products / 4);
    BOOST_TEST(aligned.busy > crossed.busy);
    BOOST_TEST(aligned.cycles > crossed.cycles);
    // The same products, but columns that leave a lane empty or a PE behind its neighbours.
    BOOST_TEST(uneven.effectual == crossed.effectual);
    BOOST_TEST(uneven.busy > crossed.busy);
    BOOST_TEST(uneven.cycles > crossed.cycles);
}
