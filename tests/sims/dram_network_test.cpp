#define BOOST_TEST_MODULE dram_network
#include <boost/test/unit_test.hpp>
#include <string>

#include "firmware/compiler/emit_image.h"
#include "platform/part_file.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "sims/session/simulate.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;

namespace {

/// LeNet-5 through the whole SoC on a memory; none: the ideal one.
sims::network_run run_on(const std::string& part, unsigned channels,
                         dram::refresh_mode refresh = dram::refresh_mode::all_bank) {
    const test::temporary_folder folder;
    const sims::content_cache cache((folder / "cache").string());
    sims::simulation_request request;
    if (!part.empty()) {
        request.dram =
            platform::timed_dram{platform::read_part(platform::find_part(part, sims::parts_folder())), {}};
        request.dram->controller.channels = channels;
        request.dram->controller.refresh = refresh;
    }
    const auto network = sims::find_network("lenet5", 1, cache);
    const auto image = sims::compile_network(network, request.machine, cache);
    const auto header = compiler::image_header(image.bytes);
    const auto shape = sims::shape_of(compiler::image_tensor(image.bytes, header.input_tensor));
    const auto input = sims::default_input("lenet5", shape, 1);
    return sims::simulate_network(request, image, input, sims::reference_for(network, input, cache));
}

void check(const sims::network_run& run) {
    BOOST_TEST(run.result.complete);
    BOOST_REQUIRE(run.result.bit_exact().has_value());
    BOOST_TEST(*run.result.bit_exact());
    BOOST_TEST_MESSAGE("cycles " << run.result.cycles_accelerator());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_network_is_bit_exact_on_the_ideal_memory) {
    check(run_on("", 1));
}

BOOST_AUTO_TEST_CASE(a_network_is_bit_exact_on_two_channels_of_ddr3) {
    check(run_on("ddr3-1600k-x8", 2));
}

BOOST_AUTO_TEST_CASE(a_network_is_bit_exact_on_two_channels_of_ddr4) {
    check(run_on("ddr4-2400r-x8", 2));
}

BOOST_AUTO_TEST_CASE(a_network_is_bit_exact_on_four_channels_of_lpddr4) {
    check(run_on("lpddr4-3200-x16", 4));
}

BOOST_AUTO_TEST_CASE(a_network_is_bit_exact_on_four_channels_of_lpddr4_that_refresh_bank_by_bank) {
    check(run_on("lpddr4-3200-x16", 4, dram::refresh_mode::per_bank));
}
