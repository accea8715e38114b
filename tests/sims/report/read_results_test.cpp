#define BOOST_TEST_MODULE read_results_test
#include "sims/report/read_results.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "sims/report/page.h"
#include "sims/report/placement.h"
#include "sims/report/report_data.h"
#include "sims/support/error.h"
#include "tests/sims/report/results_copy.h"

using namespace eyeriss;
using json = nlohmann::ordered_json;
using test::results_copy;
using test::results_of;

namespace {

/// What the reader says of a folder; empty when it takes it.
std::string complaint(const std::filesystem::path& folder) {
    try {
        (void)sims::report_data(sims::read_results(folder));
        return "";
    } catch (const sims::user_error& error) {
        return error.what();
    }
}

void expect(const std::string& message, std::initializer_list<const char*> words) {
    for (const auto* word : words) {
        BOOST_TEST(message.find(word) != std::string::npos, "'" << word << "' is missing in: " << message);
    }
    BOOST_TEST(std::count(message.begin(), message.end(), '\n') == 0, message);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_run_is_read_back_whole) {
    const auto run = sims::read_results(results_of("b"));
    BOOST_TEST(run.summary["network"] == "lenet5");
    BOOST_TEST((run.machine.dram.model == arch::dram_model::bandwidth));
    BOOST_TEST(run.machine.dram.limit_mbps == 400U);
    for (const auto& layer : run.summary["layers"]) {
        const auto name = layer["name"].get<std::string>();
        BOOST_REQUIRE(run.mappings.contains(name) == (layer["runs_on"] == "accelerator"));
        if (run.mappings.contains(name)) {
            BOOST_TEST(run.mappings.at(name).text() == layer["mapping"].get<std::string>());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_named) {
    expect(complaint("no/such/folder"), {"no/such/folder", "no results folder", "run --out"});
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
    for (const auto* name : {"summary.json", "manifest.json", "mappings.yaml"}) {
        const results_copy copy;
        std::filesystem::remove(copy / name);
        expect(complaint(copy.path()), {name, "missing", "run --out"});
    }
}

BOOST_AUTO_TEST_CASE(a_folder_of_another_schema_is_refused_with_both_versions) {
    for (const auto& [name, ours] : {std::pair{"summary.json", "eyeriss_vp.summary.1"},
                                     std::pair{"manifest.json", "eyeriss_vp.manifest.1"},
                                     std::pair{"timeline.json", "eyeriss_vp.timeline.1"}}) {
        const results_copy copy;
        copy.alter(name, [](json& content) { content["schema"] = "eyeriss_vp.other.9"; });
        expect(complaint(copy.path()), {name, "eyeriss_vp.other.9", ours});
        copy.alter(name, [](json& content) { content.erase("schema"); });
        expect(complaint(copy.path()), {name, "none", ours});
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_off_anywhere_is_named) {
    constexpr unsigned seed = 20260714;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (const auto* name : {"summary.json", "manifest.json", "timeline.json"}) {
        const results_copy copy;
        const auto whole = test::read_text(copy / name);
        for (int i = 0; i < 40; ++i) {
            const auto length = std::uniform_int_distribution<std::size_t>(0, whole.size() - 2)(random);
            test::write_text(copy / name, std::string_view(whole).substr(0, length));
            expect(complaint(copy.path()), {name, "cut off"});
        }
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_missing_or_of_another_type_is_named_with_its_place) {
    const auto damaged = [](const char* name, auto change) {
        const results_copy copy;
        copy.alter(name, change);
        return complaint(copy.path());
    };
    expect(damaged("summary.json", [](json& s) { s.erase("layers"); }), {"summary.json", "layers", "array"});
    expect(damaged("summary.json", [](json& s) { s["layers"][0]["cycles"] = "many"; }),
           {"summary.json", "layers[0].cycles", "number"});
    expect(damaged("summary.json", [](json& s) { s["layers"][1] = 7; }),
           {"summary.json", "layers[1]", "object"});
    expect(damaged("summary.json", [](json& s) { s["layers"][0]["pe_cycles"]["bubble"] = nullptr; }),
           {"summary.json", "layers[0].pe_cycles.bubble", "number"});
    expect(damaged("manifest.json", [](json& m) { m["configuration"]["pe.macs"].erase("value"); }),
           {"manifest.json", "pe.macs"});
    expect(damaged("manifest.json", [](json& m) { m["configuration"]["pe.macs"]["value"] = "lots"; }),
           {"manifest.json", "pe.macs", "expects"});
    expect(damaged("manifest.json",
                   [](json& m) {
                       m["configuration"]["pe.magic"] = {{"value", "1"}};
                   }),
           {"manifest.json", "pe.magic", "no such parameter"});
    expect(damaged("timeline.json", [](json& t) { t["edges"].erase(0); }), {"timeline.json", "windows"});
}

BOOST_AUTO_TEST_CASE(keys_damaged_at_random_end_in_a_message_and_nothing_else) {
    constexpr unsigned seed = 77;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const results_copy copy;
    for (const auto* name : {"summary.json", "manifest.json", "timeline.json"}) {
        const auto whole = test::read_text(copy / name);
        const auto flat = json::parse(whole).flatten();
        for (int i = 0; i < 60; ++i) {
            auto at = flat.begin();
            std::advance(at, std::uniform_int_distribution<std::size_t>(0, flat.size() - 1)(random));
            auto content = json::parse(whole);
            const json replacements{nullptr, "text", -1, json::array(), json::object()};
            content[json::json_pointer(at.key())] =
                replacements[std::uniform_int_distribution<std::size_t>(0, replacements.size() - 1)(random)];
            test::write_text(copy / name, content.dump());
            BOOST_TEST_CONTEXT(name << ": " << at.key()) {
                BOOST_CHECK_NO_THROW((void)complaint(copy.path()));
            }
        }
        test::write_text(copy / name, whole);
    }
}

BOOST_AUTO_TEST_CASE(a_shape_is_parsed_as_it_was_written) {
    const auto shape = sims::parse_shape("G2 N3 M5 C7 H11 W13 R4 S6 E5 F3 stride 2x3 pad 1,2,0,4");
    BOOST_REQUIRE(shape.has_value());
    BOOST_TEST(shape->groups == 2U);
    BOOST_TEST(shape->batch == 3U);
    BOOST_TEST(shape->m == 5U);
    BOOST_TEST(shape->c == 7U);
    BOOST_TEST(shape->h == 11U);
    BOOST_TEST(shape->w == 13U);
    BOOST_TEST(shape->r == 4U);
    BOOST_TEST(shape->s == 6U);
    BOOST_TEST(shape->stride_h == 2U);
    BOOST_TEST(shape->stride_w == 3U);
    BOOST_TEST(shape->pad_top == 1U);
    BOOST_TEST(shape->pad_left == 2U);
    BOOST_TEST(shape->pad_bottom == 0U);
    BOOST_TEST(shape->pad_right == 4U);
    for (const auto* text :
         {"", "N1 C512 H1 W1", "G2 N3 M5", "G2 N3 M5 C7 H11 W13 R4 S6 E5 F3 stride 2x3 pad 1,2,0,"}) {
        BOOST_TEST(!sims::parse_shape(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(placements_have_as_many_pes_at_work_as_the_ledger) {
    const auto run = sims::read_results(results_of("a"));
    const auto data = sims::report_data(run);
    std::size_t number = 0;
    for (const auto& layer : run.summary["layers"]) {
        const auto& placement = data["placements"][number++];
        if (layer["runs_on"] != "accelerator") {
            BOOST_TEST(placement.is_null());
            continue;
        }
        BOOST_REQUIRE(placement.size() == run.machine.noc.pes());
        const auto working =
            std::count_if(placement.begin(), placement.end(), [](const json& t) { return !t.is_null(); });
        // The ledger counts PEs without work, in each of the layer's passes.
        const auto idle = layer["pe_cycles"]["not_mapped"].get<double>() / layer["cycles"].get<double>();
        const double pes = run.machine.noc.pes();
        BOOST_TEST(static_cast<double>(working) <= layer["active_pes"].get<double>() * pes);
        if (layer["passes"] == 1 || idle == 0) {
            BOOST_TEST(static_cast<double>(working) == pes - idle);
        }
        // Chains begin at the bottom of their first cluster, where no index has begun to count.
        const auto& noc = run.machine.noc;
        BOOST_TEST(placement[(noc.pe_rows - 1) * noc.pe_cols] == json({0, 0, 0, 0, 0, 0, 0}));
    }
}

BOOST_AUTO_TEST_CASE(no_text_of_a_run_can_end_the_script_that_carries_it) {
    auto run = sims::read_results(results_of("a"));
    run.summary["network"] = "</script><script>alert(1)</script><!--";
    run.manifest["command_line"] = {"\xff\xfe no UTF-8"};
    const auto page = sims::report_page(sims::report_data(run));
    BOOST_TEST(page.find("<script>alert(1)") == std::string::npos);
    BOOST_TEST(page.find("\\u003c/script>") != std::string::npos);
    BOOST_TEST(page.find("@@") == std::string::npos);
}
