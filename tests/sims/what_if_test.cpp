#define BOOST_TEST_MODULE what_if
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sims/results/layer_table.h"
#include "sims/session/progress_line.h"
#include "sims/session/what_if.h"
#include "sims/support/error.h"
#include "sims/support/forked_task.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using namespace eyeriss::sims;
using nlohmann::json;

namespace {

/// Runs a network and reads its summary.json; the run must be whole and bit-exact.
json summary_of(const std::string& arguments) {
    const test::temporary_folder folder;
    const auto outcome =
        test::run_program(fmt::format("run --quiet --out {} {}", test::word(folder / "out"), arguments));
    BOOST_TEST_REQUIRE(outcome.exit_code == 0, outcome.err);
    return json::parse(test::read_text(folder / "out" / "summary.json"));
}

std::string limited_memory() {
    return test::word(std::string(EYERISS_MACHINES) + "/eyeriss_v2_25600mbps.yaml");
}

/// The run is never slower without a limit, and neither is any layer; but where memory limits, balance can
/// make a layer slower: weights are asked for when the first PE has no more work, which then comes later.
void check_never_slower(const json& summary, bool memory_limits = false) {
    const auto& compared = summary.at("what_if");
    const auto plain = compared.at("plain_cycles").get<std::uint64_t>();
    BOOST_TEST(plain == summary.at("cycles_total").get<std::uint64_t>());
    BOOST_TEST(compared.at("limits").size() == 5U);
    for (const auto& row : compared.at("limits")) {
        const auto cycles = row.at("cycles").get<std::uint64_t>();
        const auto name = row.at("ideal").get<std::string>();
        BOOST_TEST(cycles <= plain, name);
        BOOST_TEST(row.at("speed_up").get<double>() == double(plain) / double(cycles), name);
        if (memory_limits && name == "sparsity-balance") continue;
        for (const auto& layer : row.at("layers")) {
            BOOST_TEST(layer.at("speed_up").get<double>() >= 1.0, name << " " << layer.dump());
        }
    }
}

const json& limit_of(const json& summary, const std::string& ideal) {
    for (const auto& row : summary.at("what_if").at("limits")) {
        if (row.at("ideal") == ideal) return row;
    }
    throw std::runtime_error("no " + ideal);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_limit_taken_away_makes_lenet_slower) {
    check_never_slower(summary_of("--network lenet5 --ideal all-in-turn"));
}

BOOST_AUTO_TEST_CASE(no_limit_taken_away_makes_sparse_mobilenet_slower_where_memory_limits) {
    const auto summary =
        summary_of("--network sparse-mobilenet --ideal all-in-turn --machine " + limited_memory());
    check_never_slower(summary, true);
    BOOST_TEST(limit_of(summary, "dram").at("speed_up").get<double>() > 1.0);
}

BOOST_AUTO_TEST_CASE(no_limit_taken_away_makes_sparse_alexnet_slower) {
    check_never_slower(summary_of("--network sparse-alexnet --ideal all-in-turn"));
}

// Closed forms: without the memory's limit the run takes what it takes on the machine whose memory answers at
// once; without firmware, the sum of the accelerator's layers.
BOOST_AUTO_TEST_CASE(ideal_memory_is_the_machine_with_ideal_memory_and_no_firmware_is_the_sum_of_layers) {
    const test::temporary_folder folder;
    const auto mappings = test::word(folder / "limited" / "mappings.yaml");
    const auto outcome = test::run_program(
        fmt::format("run --quiet --network lenet5 --ideal dram --ideal firmware --out {} --machine {}",
                    test::word(folder / "limited"), limited_memory()));
    BOOST_TEST_REQUIRE(outcome.exit_code == 0, outcome.err);
    const auto limited = json::parse(test::read_text(folder / "limited" / "summary.json"));
    const auto at_once = summary_of("--network lenet5 --set dram.model=ideal --mapping " + mappings +
                                    " --machine " + limited_memory());
    const auto& dram = limit_of(limited, "dram");
    BOOST_TEST(dram.at("cycles") == at_once.at("cycles_total"));
    BOOST_TEST(dram.at("cycles_accelerator") == at_once.at("cycles_accelerator"));
    const auto& firmware = limit_of(limited, "firmware");
    BOOST_TEST(firmware.at("cycles") == limited.at("cycles_accelerator"));
    BOOST_TEST(limited.at("what_if").at("limits").size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_run_itself_is_the_same_with_and_without_asking_what_if) {
    auto plain = summary_of("--network lenet5");
    auto asked = summary_of("--network lenet5 --ideal noc");
    asked.erase("what_if");
    for (auto* summary : {&plain, &asked}) {
        summary->erase("wall_seconds");
        summary->erase("host");
    }
    BOOST_TEST(plain.dump() == asked.dump());
}

BOOST_AUTO_TEST_CASE(a_wrong_limit_and_what_cannot_be_compared_are_the_users_mistakes) {
    const auto refuse = [](const std::string& options, const std::string& message) {
        const auto outcome = test::run_program("run --network lenet5 " + options);
        BOOST_TEST(outcome.exit_code == 2);
        BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err);
    };
    refuse("--ideal everything",
           "--ideal everything: expects dram, noc, glb, firmware, sparsity-balance or all-in-turn");
    refuse("--ideal noc --timing functional", "--ideal expects --timing timed");
    refuse("--ideal noc --max-time 1ms", "--ideal expects whole runs");
}

BOOST_AUTO_TEST_CASE(limits_are_read_once_each_in_their_own_order) {
    const std::vector<std::string> words{"sparsity-balance", "dram", "dram"};
    BOOST_TEST((read_limits(words) == std::vector{limit::dram, limit::sparsity_balance}));
    const std::vector<std::string> all{"all-in-turn"};
    BOOST_TEST(read_limits(all).size() == 5U);
}

BOOST_AUTO_TEST_CASE(the_table_of_limits_names_the_layer_that_gains_most) {
    json row{{"ideal", "noc"}, {"cycles", 50}, {"cycles_accelerator", 40}, {"speed_up", 2.0}};
    row["layers"] = json::array({{{"name", "a"}, {"cycles", 10}, {"speed_up", 1.5}},
                                 {{"name", std::string(80, 'b')}, {"cycles", 20}, {"speed_up", 3.0}},
                                 {{"name", "host"}, {"cycles", 0}, {"speed_up", 1.0}}});
    const nlohmann::ordered_json compared{{"plain_cycles", 100}, {"limits", json::array({row})}};
    const auto lines = lines_of(what_if_table(compared));
    BOOST_TEST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(lines[1].starts_with("ideal noc "));
    BOOST_TEST(lines[1].ends_with(std::string(28, 'b') + " 3.000"));
    for (const auto& line : lines) BOOST_TEST(line.size() <= table_columns, line);
}

BOOST_AUTO_TEST_CASE(forked_work_comes_back_in_order_and_a_failure_as_nothing) {
    const auto texts = run_forked(5, 2, [](std::size_t i) -> std::string {
        if (i == 3) throw user_error("the third is told to fail");
        return std::string(i == 2 ? 200000 : 3, static_cast<char>('a' + i));
    });
    BOOST_TEST_REQUIRE(texts.size() == 5U);
    BOOST_TEST(texts[0] == "aaa");
    BOOST_TEST(texts[2] == std::string(200000, 'c'));
    BOOST_TEST(texts[3].empty());
    BOOST_TEST(texts[4] == "eee");
}

BOOST_AUTO_TEST_CASE(a_line_of_progress_names_layer_times_and_speed_and_fits) {
    progress p{11, 30, "conv2_1/dw", 0.3, 1.234e-3, 2.31e6, 75.4};
    BOOST_TEST(progress_text(p, 100) ==
               "[######--------------] 12/30 conv2_1/dw 1.234 ms, 2.31 Mcycles/s, 1:15 left");
    p.seconds_left.reset();
    p.cycles_per_second = 999;
    BOOST_TEST(progress_text(p, 100) == "[######--------------] 12/30 conv2_1/dw 1.234 ms, 1.0 kcycles/s");
    p.seconds_left = 4000;
    p.name = std::string(300, 'n');
    for (unsigned columns = 1; columns < 130; ++columns) {
        BOOST_TEST(progress_text(p, columns).size() <= std::min(columns, 100U), progress_text(p, columns));
    }
    BOOST_TEST(progress_text(p, 79).find(" ms, 1.0 kcycles/s, 1:06:40 left") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(styles_add_no_letter_to_the_line_of_progress) {
    const progress p{0, 2, "conv", 0, 0, 0, {}};
    const text_styles styles{"<b>", "<d>", "", "", "</>"};
    BOOST_TEST(progress_text(p, 100, styles) ==
               "<d>[--------------------] </>1/2 <b>conv</> 0.000 ms, 0.0 kcycles/s");
}
