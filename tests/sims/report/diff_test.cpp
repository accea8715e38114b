#define BOOST_TEST_MODULE diff_test
#include "sims/report/diff.h"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/sims/report/results_copy.h"

using namespace eyeriss;
using json = nlohmann::ordered_json;
using test::results_of;

namespace {

double sum_of(const json& object) {
    double sum = 0;
    for (const auto& [key, value] : object.items()) {
        sum += value.get<double>();
    }
    return sum;
}

std::size_t widest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);) {
        widest = std::max(widest, line.size());
    }
    return widest;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_does_not_differ_from_itself) {
    const auto a = sims::read_results(results_of("a"));
    const auto same = sims::compare(a, a);
    for (const auto* list : {"parameters", "inputs", "mappings", "causes"}) {
        BOOST_TEST(same[list].empty(), list);
    }
    for (const auto& total : same["totals"]) {
        BOOST_TEST(total["a"] == total["b"], total["name"]);
    }
    for (const auto& layer : same["layers"]) {
        BOOST_TEST(layer["causes"].empty(), layer["name"]);
    }
    BOOST_TEST(sims::diff_text(same).find("no parameters changed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(exactly_the_parameters_that_were_set_are_listed) {
    const auto difference =
        sims::compare(sims::read_results(results_of("a")), sims::read_results(results_of("b")));
    const json expected{{{"key", "dram.model"}, {"a", "ideal"}, {"b", "bandwidth"}},
                        {{"key", "dram.limit_mbps"}, {"a", "25600"}, {"b", "400"}}};
    BOOST_TEST(difference["parameters"] == expected, difference["parameters"].dump());
}

BOOST_AUTO_TEST_CASE(causes_of_each_layer_add_up_to_its_change_in_cycles) {
    const auto difference =
        sims::compare(sims::read_results(results_of("a")), sims::read_results(results_of("b")));
    bool any = false;
    for (const auto& layer : difference["layers"]) {
        if (layer["pe_utilisation"][0].is_null()) {
            continue;
        }
        const double change = layer["cycles"][1].get<double>() - layer["cycles"][0].get<double>();
        BOOST_TEST(std::abs(sum_of(layer["causes"]) - change) < 1e-6 * std::max(1.0, std::abs(change)),
                   layer["name"]);
        any = any || change > 0;
    }
    BOOST_TEST(any, "a slower memory costs cycles somewhere");
}

BOOST_AUTO_TEST_CASE(a_slower_memory_shows_as_waiting) {
    const auto difference =
        sims::compare(sims::read_results(results_of("a")), sims::read_results(results_of("b")));
    BOOST_TEST(difference["causes"].begin().key().starts_with("wait_"), difference["causes"].dump());
    BOOST_TEST(difference["causes"]["wait_dram"].get<double>() > 0);
}

BOOST_AUTO_TEST_CASE(a_mapping_and_an_input_that_changed_are_listed) {
    const auto a = sims::read_results(results_of("a"));
    auto b = a;
    b.summary["layers"][0]["mapping"] = "another one";
    b.manifest["inputs"][0]["sha256"] = "0";
    const auto difference = sims::compare(a, b);
    BOOST_REQUIRE(difference["mappings"].size() == 1U);
    BOOST_TEST(difference["mappings"][0]["layer"] == a.summary["layers"][0]["name"]);
    BOOST_TEST(difference["mappings"][0]["b"] == "another one");
    BOOST_REQUIRE(difference["inputs"].size() == 1U);
    BOOST_TEST(difference["inputs"][0]["role"] == a.manifest["inputs"][0]["role"]);
}

BOOST_AUTO_TEST_CASE(layers_are_matched_by_name_and_those_of_one_run_stand_alone) {
    const auto a = sims::read_results(results_of("a"));
    auto b = a;
    b.summary["layers"][0]["name"] = "only in B";
    const auto difference = sims::compare(a, b);
    BOOST_TEST(difference["layers"].size() == a.summary["layers"].size() + 1);
    BOOST_TEST(difference["layers"][0]["cycles"][1].is_null());
    const auto& last = difference["layers"].back();
    BOOST_TEST(last["name"] == "only in B");
    BOOST_TEST(last["cycles"][0].is_null());
    BOOST_TEST(last["cycles"][1] == b.summary["layers"][0]["cycles"]);
}

BOOST_AUTO_TEST_CASE(the_text_fits_in_100_columns_whatever_names_are_long) {
    const auto a = sims::read_results(results_of("a"));
    auto b = sims::read_results(results_of("b"));
    BOOST_TEST(widest_line(sims::diff_text(sims::compare(a, b))) <= 100U);
    const std::string longest(300, 'x');
    b.place = longest;
    b.summary["network"] = longest;
    b.summary["layers"][0]["name"] = longest;
    b.summary["layers"][1]["mapping"] = longest;
    b.machine.dram.part = longest;
    b.manifest["inputs"][0]["name"] = longest;
    b.manifest["inputs"][0]["sha256"] = longest;
    b.manifest["commit"] = longest;
    const auto text = sims::diff_text(sims::compare(a, b));
    BOOST_TEST(widest_line(text) <= 100U, text);
}
