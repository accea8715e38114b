#define BOOST_TEST_MODULE check_results_test
#include "sims/report/check_results.h"

#include <boost/test/unit_test.hpp>

#include "models/arch/eyexam.h"
#include "tests/sims/report/results_copy.h"

using namespace eyeriss;
using json = nlohmann::ordered_json;
using test::results_of;

namespace {

/// The complaints about run "a" after `figure` of its summary or time line was raised by 1.
std::vector<std::string> after_raising(const json::json_pointer& figure, bool of_timeline = false) {
    auto run = sims::read_results(results_of("a"));
    auto& value = (of_timeline ? run.timeline : run.summary).at(figure);
    value = value.is_number_integer() ? json(value.get<std::int64_t>() + 1) : json(value.get<double>() + 1);
    return sims::check_results(run);
}

void expect_noticed(const json::json_pointer& figure, bool of_timeline = false) {
    BOOST_TEST(!after_raising(figure, of_timeline).empty(), figure.to_string()
                                                                << " was raised and nobody noticed");
}

json::json_pointer layer_figure(std::size_t layer, const std::string& path) {
    return json::json_pointer("/layers/" + std::to_string(layer) + path);
}

/// Calls visit(number, layer) for each accelerator layer.
template <typename Visit>
void for_accelerator_layers(const sims::run_record& run, Visit visit) {
    std::size_t number = 0;
    for (const auto& layer : run.summary["layers"]) {
        if (layer["runs_on"] == "accelerator") {
            visit(number, layer);
        }
        ++number;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(figures_of_a_run_agree_with_each_other) {
    for (const auto* name : {"a", "b"}) {
        const auto complaints = sims::check_results(sims::read_results(results_of(name)));
        BOOST_TEST(complaints.empty(), (complaints.empty() ? "" : complaints.front()));
    }
}

BOOST_AUTO_TEST_CASE(a_total_that_is_altered_is_noticed) {
    for (const auto* total : {"/macs_nominal", "/macs_effectual", "/dram_read_bytes", "/dram_write_bytes",
                              "/cycles_accelerator", "/pe_cycles/both_lanes", "/pe_cycles/not_mapped",
                              "/energy_uj/noc", "/energy_uj/on_chip", "/energy_uj/dram"}) {
        expect_noticed(json::json_pointer(total));
    }
}

BOOST_AUTO_TEST_CASE(a_figure_of_any_layer_that_is_altered_is_noticed) {
    const auto run = sims::read_results(results_of("a"));
    for_accelerator_layers(run, [](std::size_t number, const json& layer) {
        for (const auto& [cause, cycles] : layer["pe_cycles"].items()) {
            expect_noticed(layer_figure(number, "/pe_cycles/" + cause));
        }
        for (const auto& [network, links] : layer["links"].items()) {
            for (const auto* what : {"/busy", "/stalled", "/idle", "/count"}) {
                expect_noticed(layer_figure(number, "/links/" + network + what));
            }
        }
        for (const auto* figure : {"/cycles", "/macs_nominal", "/macs_effectual", "/bytes/dram_read",
                                   "/eyexam/measured", "/energy_uj/noc", "/energy_uj/on_chip"}) {
            expect_noticed(layer_figure(number, figure));
        }
    });
}

BOOST_AUTO_TEST_CASE(bounds_descend_in_every_layer_and_one_that_rises_is_noticed) {
    const auto run = sims::read_results(results_of("a"));
    for_accelerator_layers(run, [&](std::size_t number, const json& layer) {
        for (std::size_t i = 1; i + 1 < arch::eyexam_names.size(); ++i) {
            auto altered = run;
            const std::string before(arch::eyexam_names[i - 1]);
            auto& eyexam = altered.summary["layers"][number]["eyexam"];
            eyexam[std::string(arch::eyexam_names[i])] = eyexam[before].get<double>() * 1.001;
            const auto complaints = sims::check_results(altered);
            BOOST_REQUIRE(!complaints.empty());
            BOOST_TEST(complaints.front().find(layer["name"].get<std::string>()) != std::string::npos);
        }
    });
}

BOOST_AUTO_TEST_CASE(bytes_of_a_window_that_are_altered_are_noticed) {
    const auto run = sims::read_results(results_of("a"));
    BOOST_REQUIRE(run.timeline.is_object());
    for (const auto& [series, windows] : run.timeline["bytes"].items()) {
        for (const std::size_t window : {std::size_t{0}, windows.size() / 2, windows.size() - 1}) {
            expect_noticed(json::json_pointer("/bytes/" + series + "/" + std::to_string(window)), true);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_was_cut_off_may_have_bytes_outside_of_all_windows) {
    auto run = sims::read_results(results_of("a"));
    run.summary["complete"] = false;
    run.timeline["bytes"]["iact"][0] = 1;
    BOOST_TEST(sims::check_results(run).empty());
}
