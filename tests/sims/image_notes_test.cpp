#define BOOST_TEST_MODULE image_notes_test
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "sims/inputs/image_notes.h"
#include "sims/inputs/npy.h"
#include "sims/support/error.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

std::vector<std::uint8_t> bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

/// What a run of LeNet on one more input tells.
struct run_outcome {
    nlohmann::json layers;
    std::string notes;
};

run_outcome run_lenet(const temporary_folder& folder, const std::string& more) {
    const auto ran = run_program("run --network lenet5 --cache " + word(folder / "cache") + " --out " +
                                 word(folder / "out") + more);
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto summary = nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
    return {summary["layers"], ran.out.substr(std::min(ran.out.find("note: "), ran.out.size()))};
}

}  // namespace

BOOST_AUTO_TEST_CASE(notes_are_read_as_they_were_written) {
    sims::image_notes notes{"abc", {"a zero point, which costs sparsity", "\"quoted\"\n"}, {}};
    compiler::mapping_choice choice;
    choice.cycles = 123.5;
    choice.exact = true;
    choice.bound = 99;
    choice.timings = 7;
    choice.counts = {4, 3, 200, 150};
    notes.layers.push_back({{"conv1", false, choice}, 0.123456789});
    notes.layers.push_back({{"conv2", true, {}}, 1.0});
    const auto read = sims::notes_from_text(bytes_of(sims::to_text(notes)));
    BOOST_TEST(read.sha256 == notes.sha256);
    BOOST_TEST(read.notes == notes.notes, boost::test_tools::per_element());
    BOOST_REQUIRE(read.layers.size() == 2U);
    BOOST_TEST(sims::to_text(read) == sims::to_text(notes));
    BOOST_TEST(read.layer("conv1")->iact_density == 0.123456789);
    BOOST_TEST(read.layer("conv2")->mapping.pinned);
    BOOST_TEST(read.layer("conv3") == nullptr);
    BOOST_TEST(sims::search_line(read.layers[0].mapping) ==
               "cycles 124 predicted, bound 99; bounds exclude 3 of 4 PE tiles and 75.0 % of 200 mappings of "
               "the others; 7 timed");
    BOOST_TEST(sims::search_line(read.layers[1].mapping) == "given, not searched");
    BOOST_CHECK_THROW((void)sims::notes_from_text(bytes_of("{\"sha256\": 5")), sims::user_error);
    BOOST_CHECK_THROW((void)sims::notes_from_text(bytes_of("[]")), sims::user_error);
}

BOOST_AUTO_TEST_CASE(a_run_says_where_its_input_differs_from_the_calibration_input) {
    const temporary_folder folder;
    const auto same = run_lenet(folder, "");
    BOOST_TEST(same.notes.find("input density") == std::string::npos, same.notes);
    for (const auto& layer : same.layers) {
        if (layer["runs_on"] != "accelerator") continue;
        BOOST_TEST(layer["iact_density"] == layer["calibration_iact_density"]);
    }
    sims::npy_array dark{sims::npy_type::u8, {1, 1, 28, 28}, std::vector<std::uint8_t>(784, 0)};
    std::fill_n(dark.bytes.begin(), 98, std::uint8_t{9});
    sims::write_npy(folder / "dark.npy", dark);
    const auto other = run_lenet(folder, " --input " + word(folder / "dark.npy"));
    BOOST_TEST(other.layers[0]["iact_density"] == 98.0 / 784);
    BOOST_TEST(other.layers[0]["calibration_iact_density"] == same.layers[0]["iact_density"]);
    BOOST_TEST(other.layers[0]["mapping"] == same.layers[0]["mapping"]);
    BOOST_TEST(
        other.notes.find("note: input density differs from the calibration input's in ") != std::string::npos,
        other.notes);
}

BOOST_AUTO_TEST_CASE(compiling_says_how_each_mapping_was_found) {
    const temporary_folder folder;
    test::write_text(folder / "m.yaml", "conv2: {M0: 5, C0: 2, S0: 5, c1: 3}\n");
    const auto ran = run_program("compile --network lenet5 -o " + word(folder / "net.img") + " --mapping " +
                                 word(folder / "m.yaml"));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    BOOST_TEST(ran.out.find("given, not searched") != std::string::npos, ran.out);
    BOOST_TEST(ran.out.find(" timed\n") != std::string::npos, ran.out);
}
