#define BOOST_TEST_MODULE results_test
#include <boost/algorithm/string/erase.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sims/results/layer_table.h"
#include "sims/results/results.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;

namespace {

accelerator::layer_report sample_report(bool timed) {
    accelerator::layer_report report;
    report.shape = {2, 1, 48, 24, 27, 27, 5, 5, 1, 1, 2, 2, 2, 2};
    report.map.m0 = 16;
    report.passes = 12;
    report.timed = timed;
    report.cycles = timed ? 1000 : 0;
    report.macs_nominal = report.shape.macs();
    report.macs_effectual = 12345;
    report.dram_read_bytes = 111;
    report.iact = {3, 5, 24};
    if (timed) {
        report.start_seconds = 1e-6;
        report.end_seconds = 6e-6;
        for (std::size_t i = 0; i < accelerator::cause_count; ++i) {
            report.pe_cycles[i] = i + 1;
        }
    }
    return report;
}

/// A network of one accelerator layer and one on the core.
run_result sample_run(bool timed) {
    const arch::machine machine;
    run_result run;
    run.network = "sample";
    run.timing = timed ? "timed" : "functional";
    run.complete = true;
    run.stopped_by = "firmware";
    run.instructions = 99;
    run.simulated_seconds = timed ? 10e-6 : 3e-6;
    run.layers.resize(2);
    run.layers[0].name = "conv \"2\"";
    fill(run.layers[0], sample_report(timed), machine);
    run.layers[0].modes = {"broadcast", "grouped multicast", "unicast"};
    run.layers[0].bit_exact = true;
    run.layers[1].name = "pool";
    run.layers[1].type = "max_pool";
    run.layers[1].shape = "N1 C96 H13 W13";
    run.layers[1].done = true;
    run.layers[1].bit_exact = true;
    if (timed) {
        run.layers[1].times = layer_times{200, 6e-6, 7e-6, {}};
    }
    return run;
}

void collect_keys(const nlohmann::ordered_json& value, std::set<std::string>& keys) {
    if (value.is_object()) {
        for (const auto& [key, inner] : value.items()) {
            keys.insert(key);
            if (key != "configuration") {
                collect_keys(inner, keys);
            }
        }
    }
    if (value.is_array()) {
        for (const auto& inner : value) {
            collect_keys(inner, keys);
        }
    }
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_key_that_is_written_is_documented) {
    const provenance how{{"eyeriss-vp", "run"}, {{"network", "x.onnx", "00"}}, 1};
    std::set<std::string> keys;
    for (const bool timed : {true, false}) {
        collect_keys(summary_json(sample_run(timed), {}), keys);
        const auto manifest = manifest_json(sample_run(timed), {}, how);
        collect_keys(manifest, keys);
        collect_keys(manifest.at("configuration").at("pe.macs"), keys);
    }
    const auto doc = test::read_text(std::string(EYERISS_DOC_FOLDER) + "/results.md");
    BOOST_REQUIRE(doc.size() > 1000U);
    BOOST_TEST(keys.size() > 60U);
    for (const auto& key : keys) {
        BOOST_TEST(doc.find("`" + key + "`") != std::string::npos, "doc/results.md lacks `" << key << "`");
    }
}

BOOST_AUTO_TEST_CASE(a_functional_run_shows_no_cycle_figure_at_all) {
    const auto run = sample_run(false);
    for (auto text : {summary_json(run, {}).dump(), layers_csv(run, {}), layer_table(run, {})}) {
        boost::algorithm::erase_all(text, "\"mapping_cost\":\"cycles\"");
        for (const auto* word : {"cycle", "_seconds\":0.0000", "inferences", "utilisation", "PE%"}) {
            BOOST_TEST(text.find(word) == std::string::npos, word << " in " << text);
        }
    }
    BOOST_TEST(layer_table(sample_run(true), {}).find("cycles") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(totals_follow_from_the_layers) {
    const auto summary = summary_json(sample_run(true), {});
    BOOST_TEST(summary.at("cycles_accelerator") == 1000);
    BOOST_TEST(summary.at("cycles_total") == 2000);
    BOOST_TEST(summary.at("cycles") == summary.at("cycles_total"));
    BOOST_TEST(summary.at("inferences_per_second") == 200000.0);
    BOOST_TEST(summary.at("macs_nominal") == sample_report(true).macs_nominal);
    BOOST_TEST(summary.at("dram_read_bytes") == 111);
    const auto& layer = summary.at("layers").at(0);
    BOOST_TEST(layer.at("bytes").at("noc_iact") == (3 + 5) * 3);
    // The first three of 1, 2, .., 14 are work.
    BOOST_TEST(layer.at("pe_utilisation").get<double>() == 6.0 / 105.0, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_difference_in_one_layer_is_the_verdict_of_the_run) {
    auto run = sample_run(true);
    BOOST_TEST((run.bit_exact() == true));
    run.layers[1].bit_exact = std::nullopt;
    run.complete = false;
    BOOST_TEST(!run.bit_exact().has_value());
    run.layers[0].bit_exact = false;
    BOOST_TEST((run.bit_exact() == false));
    run.layers[1].bit_exact = true;
    run.complete = true;
    BOOST_TEST((run.bit_exact() == false));
}

BOOST_AUTO_TEST_CASE(an_incomplete_run_has_no_rate) {
    auto run = sample_run(true);
    run.complete = false;
    BOOST_TEST(summary_json(run, {}).at("inferences_per_second").is_null());
    BOOST_TEST(layer_table(run, {}).find("incomplete, stopped by firmware") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rows_of_the_table_of_layers_have_a_cell_a_column) {
    const auto lines = lines_of(layers_csv(sample_run(true), {}));
    BOOST_REQUIRE(lines.size() == 3U);
    const auto cells = [](const std::string& line) {
        bool quoted = false;
        std::size_t count = 1;
        for (const char c : line) {
            quoted = quoted != (c == '"');
            count += c == ',' && !quoted ? 1 : 0;
        }
        return count;
    };
    BOOST_TEST(cells(lines[0]) > 30U);
    BOOST_TEST(cells(lines[1]) == cells(lines[0]));
    BOOST_TEST(cells(lines[2]) == cells(lines[0]));
    BOOST_TEST(lines[1].starts_with("\"conv \"\"2\"\"\","));
}

BOOST_AUTO_TEST_CASE(no_line_of_the_table_is_wider_than_100_columns) {
    auto run = sample_run(true);
    run.network = std::string(200, 'n');
    run.stopped_by = std::string(200, 's');
    run.complete = false;
    run.layers[0].name = std::string(60, 'x');
    run.layers[0].times->cycles = 12345678;
    run.layers[0].macs_nominal = run.layers[0].macs_effectual = 999999999999;
    run.layers[0].dram_read_bytes = 99999999999;
    run.layers[0].mapping =
        "M0=128 C0=128 S0=11 c1=128 r1=11 v(g16 n16 e16 m16) h(g16 n16 e16 m16) order=gnemcrs";
    for (const auto& line : lines_of(layer_table(run, {}))) {
        BOOST_TEST(line.size() <= table_columns, line);
    }
}

BOOST_AUTO_TEST_CASE(the_manifest_says_where_each_value_came_from) {
    const auto config = platform::read_machine(std::nullopt, std::vector<std::string>{"pe.psum_bits=24"});
    const auto manifest = manifest_json(sample_run(true), config, {{"eyeriss-vp"}, {}, std::nullopt});
    const auto& values = manifest.at("configuration");
    BOOST_TEST(values.size() == arch::parameters().size());
    BOOST_TEST(values.at("pe.psum_bits").at("value") == "24");
    BOOST_TEST(values.at("pe.psum_bits").at("origin") == "--set");
    BOOST_TEST(values.at("pe.macs").at("origin") == "default");
    BOOST_TEST(manifest.at("seed").is_null());
}
