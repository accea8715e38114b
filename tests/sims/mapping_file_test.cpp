#define BOOST_TEST_MODULE mapping_file_test
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "sims/inputs/mapping_file.h"
#include "sims/support/error.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

arch::mapping read_one(const temporary_folder& folder, const std::string& text) {
    test::write_text(folder / "m.yaml", text);
    return sims::read_mapping_file(folder / "m.yaml", {}).mappings.at("layer");
}

/// The file is refused with one line that has all the words.
void expect_refusal(const std::string& text, const std::vector<std::string>& words) {
    const temporary_folder folder;
    test::write_text(folder / "m.yaml", text);
    try {
        (void)sims::read_mapping_file(folder / "m.yaml", {});
        BOOST_ERROR("accepted: " << text);
    } catch (const sims::user_error& error) {
        const std::string what = error.what();
        BOOST_TEST(what.find('\n') == std::string::npos, what);
        for (const auto& w : words) {
            BOOST_TEST(what.find(w) != std::string::npos, "'" << w << "' is missing in: " << what);
        }
    }
}

/// `run` on LeNet with this mapping file ends with exit code 2, one line with the words, and nothing written.
void expect_run_refusal(const std::string& text, const std::vector<std::string>& words) {
    const temporary_folder folder;
    const temporary_folder input;
    test::write_text(input / "m.yaml", text);
    const auto ran = run_program("run --network lenet5 --mapping " + word(input / "m.yaml") + " --out " +
                                 word(folder / "out"));
    BOOST_TEST(ran.exit_code == 2, ran.err);
    BOOST_TEST(std::count(ran.err.begin(), ran.err.end(), '\n') == 1, ran.err);
    for (const auto& w : words) {
        BOOST_TEST(ran.err.find(w) != std::string::npos, "'" << w << "' is missing in: " << ran.err);
    }
    BOOST_TEST(test::entries(folder.path()) == 0U);
}

nlohmann::json summary(const std::filesystem::path& folder) {
    return nlohmann::json::parse(test::read_text(folder / "summary.json"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_mapping_is_read_as_it_was_written) {
    const unsigned seed = 20260311;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto factor = [&] { return 1 + static_cast<unsigned>(random() % 40); };
    for (int i = 0; i < 100; ++i) {
        arch::mapping map;
        map.m0 = factor();
        map.c0 = factor();
        map.s0 = factor();
        map.c1 = factor();
        map.r1 = factor();
        map.chain_clusters = factor();
        map.vertical = {factor(), factor(), factor(), factor()};
        map.horizontal = {factor(), factor(), factor(), factor()};
        std::shuffle(map.order.begin(), map.order.end(), random);
        map.weight_dense = random() % 2 == 0;
        map.iact_dense = random() % 2 == 0;
        map.iact_single_buffer = random() % 2 == 0;
        std::string text = "layer:\n";
        std::istringstream lines(sims::mapping_text(map));
        for (std::string line; std::getline(lines, line);) text += "  " + line + "\n";
        BOOST_TEST((read_one(folder, text) == map), text);
    }
}

BOOST_AUTO_TEST_CASE(what_a_mapping_file_leaves_out_has_a_default) {
    const temporary_folder folder;
    const auto map = read_one(folder, "layer: {M0: 4, c1: 7, horizontal: {m: 3}}\n");
    arch::mapping expected;
    expected.m0 = 4;
    expected.c1 = 7;
    expected.chain_clusters = 3;  // 7 PEs in clusters of three rows
    expected.horizontal.m = 3;
    BOOST_TEST((map == expected), map.text());
    test::write_text(folder / "m.yaml", "# nothing\n");
    BOOST_TEST(sims::read_mapping_file(folder / "m.yaml", {}).mappings.empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_mapping_file_is_refused_with_line_and_what_would_be_right) {
    expect_refusal("layer:\n  M0: 4\n  C00: 2\n", {"m.yaml:3", "C00", "'C0'"});
    expect_refusal("layer:\n  M0: 4\n  M0: 5\n", {"m.yaml:3", "second time"});
    expect_refusal("layer: {}\nlayer: {}\n", {"m.yaml:2", "second time"});
    expect_refusal("layer:\n  M0: 0\n", {"m.yaml:2", "M0", "from 1"});
    expect_refusal("layer:\n  S0: many\n", {"m.yaml:2", "S0", "whole number"});
    expect_refusal("layer:\n  C0: [1]\n", {"m.yaml:2", "C0", "whole number"});
    expect_refusal("layer:\n  order: gnem\n", {"m.yaml:2", "'gnem'", "each of the loops"});
    expect_refusal("layer:\n  order: gnemcrr\n", {"m.yaml:2", "each of the loops"});
    expect_refusal("layer:\n  weights: raw\n", {"m.yaml:2", "compressed or dense"});
    expect_refusal("layer:\n  iact_buffer: triple\n", {"m.yaml:2", "double or single"});
    expect_refusal("layer:\n  vertical: 8\n", {"m.yaml:2", "vertical", "factors"});
    expect_refusal("layer:\n  vertical: {f: 8}\n", {"m.yaml:2", "'f'", "vertical"});
    expect_refusal("layer:\n  horizontal: {c: 8}\n", {"m.yaml:2", "'c'", "vertical axis only"});
    expect_refusal("layer: 5\n", {"m.yaml:1", "layer 'layer'"});
    expect_refusal("- 5\n", {"m.yaml:1", "layer names"});
    expect_refusal("layer:\n  M0: {4\n", {"m.yaml:", "no YAML"});
}

BOOST_AUTO_TEST_CASE(a_mapping_that_does_not_fit_is_refused_before_anything_is_written) {
    expect_run_refusal("conv1:\n  M0: 6\nconv11:\n  M0: 1\n",
                       {"m.yaml:3", "'conv11'", "the nearest is 'conv1'"});
    expect_run_refusal("conv1:\n  M0: 40\n", {"m.yaml:1", "layer 'conv1'", "M0=40 exceeds the layer's M=6"});
    expect_run_refusal("conv2:\n  M0: 16\n  vertical: {m: 9}\n", {"m.yaml:1", "layer 'conv2'", "9 chains"});
    expect_run_refusal("conv2: {M0: 16, C0: 6, S0: 5, iact_buffer: single}\n",
                       {"m.yaml:1", "layer 'conv2'", "iacts exceeds the SPad's 16"});
    expect_run_refusal("conv2: {chain_clusters: 2}\n", {"m.yaml:1", "layer 'conv2'", "1 cluster rows"});
    const auto ran = run_program("run --network lenet5 --mapping absent.yaml --out absent");
    BOOST_TEST(ran.exit_code == 2);
    BOOST_TEST(ran.err.find("--mapping absent.yaml: cannot be read") != std::string::npos, ran.err);
    BOOST_TEST(run_program("run --mapping absent.yaml").err.find("--network") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(mappings_of_a_run_give_the_same_run_again) {
    const temporary_folder folder;
    const auto run = [&](const std::string& out, const std::string& more) {
        const auto ran = run_program("run --quiet --network lenet5 --cache " +
                                     word(folder / ("cache" + out)) + " --out " + word(folder / out) + more);
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    };
    run("first", "");
    const auto mapping = word(folder / "first/mappings.yaml");
    run("second", " --mapping " + mapping);
    for (const std::string file : {"mappings.yaml", "layers.csv", "output.npy"}) {
        BOOST_TEST(test::read_text(folder / "first" / file) == test::read_text(folder / "second" / file));
    }
    BOOST_TEST(summary(folder / "first")["cycles_total"] == summary(folder / "second")["cycles_total"]);
    const auto compile = [&](const std::string& image, const std::string& more) {
        const auto ran = run_program("compile --quiet --network lenet5 -o " + word(folder / image) + more);
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
        return test::read_text(folder / image);
    };
    BOOST_TEST((compile("a.img", "") == compile("b.img", " --mapping " + mapping)));
}

BOOST_AUTO_TEST_CASE(a_run_says_for_what_cost_its_mappings_were_searched_and_energy_falls_when_asked) {
    const temporary_folder folder;
    const auto run = [&](const std::string& cost, const std::string& more) {
        const auto ran = run_program("run --quiet --network lenet5 --cache " + word(folder / "cache") +
                                     " --out " + word(folder / cost) + " --cost " + cost + more);
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
        return summary(folder / cost);
    };
    const auto total = [](const nlohmann::json& s) {
        return s["energy_uj"]["on_chip"].get<double>() + s["energy_uj"]["dram"].get<double>();
    };
    const auto fast = run("cycles", "");
    const auto thrifty = run("energy", "");
    BOOST_TEST(fast["mapping_cost"] == "cycles");
    BOOST_TEST(thrifty["mapping_cost"] == "energy by eyeriss_65nm");
    BOOST_TEST(test::read_text(folder / "energy/mappings.yaml").find("# cost: energy by eyeriss_65nm\n") ==
               0U);
    BOOST_TEST(thrifty["bit_exact"] == true);
    BOOST_TEST(total(thrifty) <= total(fast));
    BOOST_TEST(thrifty["cycles_accelerator"].get<std::uint64_t>() >=
               fast["cycles_accelerator"].get<std::uint64_t>());
    const auto unknown = run_program("run --network lenet5 --cost delay --out " + word(folder / "none"));
    BOOST_TEST(unknown.exit_code == 2);
    BOOST_TEST(unknown.err.find("delay") != std::string::npos, unknown.err);
    BOOST_TEST(!std::filesystem::exists(folder / "none"));
}

BOOST_AUTO_TEST_CASE(a_pinned_layer_keeps_its_mapping_and_the_others_are_searched) {
    const temporary_folder folder;
    test::write_text(folder / "m.yaml", "conv2: {M0: 5, C0: 2, S0: 5, c1: 3, order: gnmcrse}\n");
    const auto ran = run_program("run --quiet --network lenet5 --out " + word(folder / "out") +
                                 " --mapping " + word(folder / "m.yaml"));
    BOOST_TEST(ran.exit_code == 0, ran.err);
    const auto result = summary(folder / "out");
    BOOST_TEST(result["bit_exact"] == true);
    for (const auto& layer : result["layers"]) {
        if (layer["name"] != "conv2") continue;
        BOOST_TEST(layer["mapping"] == "M0=5 C0=2 S0=5 c1=3 r1=1 v() h() order=gnmcrse");
    }
    const auto used = sims::read_mapping_file(folder / "out/mappings.yaml", {}).mappings;
    BOOST_TEST(used.at("conv2").m0 == 5U);
    BOOST_TEST(used.at("conv1").mapped_pes() > 1U);
}
