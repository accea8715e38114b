#define BOOST_TEST_MODULE trace_program
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

using row = std::vector<std::string>;

/// Rows of a query; fails the test where SQLite refuses it.
std::vector<row> ask(const std::filesystem::path& database, const std::string& sql) {
    sqlite3* raw = nullptr;
    BOOST_REQUIRE(sqlite3_open_v2(database.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> owner(raw, &sqlite3_close);
    std::vector<row> rows;
    const auto each = [](void* into, int columns, char** values, char**) {
        auto& all = *static_cast<std::vector<row>*>(into);
        row r;
        for (int c = 0; c < columns; ++c) r.emplace_back(values[c] == nullptr ? "" : values[c]);
        all.push_back(std::move(r));
        return 0;
    };
    const int code = sqlite3_exec(raw, sql.c_str(), each, &rows, nullptr);
    BOOST_REQUIRE_MESSAGE(code == SQLITE_OK, sql << ": " << sqlite3_errmsg(raw));
    return rows;
}

std::string one(const std::filesystem::path& database, const std::string& sql) {
    const auto rows = ask(database, sql);
    BOOST_REQUIRE_MESSAGE(rows.size() == 1, sql);
    return rows[0].at(0);
}

/// The ```sql blocks of the page about traces.
std::vector<std::string> documented_queries() {
    const auto text = test::read_text(std::string(EYERISS_DOC_FOLDER) + "/traces.md");
    std::vector<std::string> out;
    const std::string fence = "```sql\n";
    for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
        at += fence.size();
        out.push_back(text.substr(at, text.find("```", at) - at));
    }
    return out;
}

std::string lenet(const temporary_folder& folder, const std::string& options) {
    return "run --network lenet5 --quiet --out " + word(folder / "out") + " " + options;
}

nlohmann::json summary_of(const temporary_folder& folder) {
    return nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_database_adds_up_to_the_summary_and_answers_the_documented_queries) {
    const temporary_folder folder;
    const auto database = folder / "trace.db";
    const auto ran =
        run_program(lenet(folder, "--set dram.model=ddr4-2400r-x8 --trace-db " + word(database)));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto summary = summary_of(folder);
    const auto bytes = [&](const std::string& stream) {
        return std::stoull(one(database,
                               "SELECT sum(a.value) FROM attributes a JOIN transactions t ON "
                               "a.transaction_id = t.id JOIN streams s ON s.id = t.stream WHERE a.name = "
                               "'bytes' AND s.name = '" +
                                   stream + "'"));
    };
    const auto read = summary.at("dram_read_bytes").get<std::uint64_t>();
    const auto written = summary.at("dram_write_bytes").get<std::uint64_t>();
    BOOST_TEST(bytes("dma.read") == read);
    BOOST_TEST(bytes("dma.read.bursts") == read);
    BOOST_TEST(bytes("dma.write") == written);
    BOOST_TEST(bytes("dma.write.bursts") == written);
    std::uint64_t iacts = 0;
    for (const auto& layer : summary.at("layers")) {
        if (layer.at("runs_on") != "accelerator") continue;
        iacts += layer.at("bytes").at("noc_iact").get<std::uint64_t>();
    }
    BOOST_TEST(bytes("noc.iact") == iacts);
    BOOST_TEST(one(database,
                   "SELECT count(*) FROM transactions c LEFT JOIN transactions p ON p.id = c.parent WHERE "
                   "c.parent IS NOT NULL AND p.id IS NULL") == "0");
    const auto queries = documented_queries();
    BOOST_TEST(queries.size() >= 6U);
    for (const auto& query : queries) BOOST_TEST(!ask(database, query).empty(), query);
}

BOOST_AUTO_TEST_CASE(tracing_changes_nothing_in_the_results) {
    const temporary_folder traced, plain;
    const auto with = run_program(lenet(traced, "--trace-db " + word(traced / "trace.db")));
    const auto without = run_program(lenet(plain, ""));
    BOOST_REQUIRE(with.exit_code == 0);
    BOOST_REQUIRE(without.exit_code == 0);
    for (const std::string file : {"layers.csv", "timeline.json", "mappings.yaml"})
        BOOST_TEST(test::read_text(traced / ("out/" + file)) == test::read_text(plain / ("out/" + file)),
                   file);
}

BOOST_AUTO_TEST_CASE(a_run_that_nobody_listens_to_lacks_its_timeline_and_nothing_else) {
    const temporary_folder watched, alone;
    BOOST_REQUIRE(run_program(lenet(watched, "")).exit_code == 0);
    const auto ran = run_program(lenet(alone, "--no-timeline"));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    for (const std::string file : {"layers.csv", "mappings.yaml", "action_counts.yaml"})
        BOOST_TEST(test::read_text(watched / ("out/" + file)) == test::read_text(alone / ("out/" + file)),
                   file);
    BOOST_TEST(!std::filesystem::exists(alone / "out/timeline.json"));
    const auto page = alone / "report.html";
    BOOST_TEST(run_program("report " + word(alone / "out") + " --output " + word(page)).exit_code == 0);
    BOOST_TEST(std::filesystem::exists(page));
}

BOOST_AUTO_TEST_CASE(the_timeline_of_a_run_sums_up_to_its_summary) {
    const temporary_folder folder;
    const auto ran = run_program(lenet(folder, ""));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto summary = summary_of(folder);
    const auto timeline = nlohmann::json::parse(test::read_text(folder / "out/timeline.json"));
    const auto total = [&](const std::string& what) {
        std::uint64_t sum = 0;
        for (const auto& value : timeline.at("bytes").at(what)) sum += value.get<std::uint64_t>();
        return sum;
    };
    BOOST_TEST(total("dram_read") == summary.at("dram_read_bytes"));
    BOOST_TEST(total("dram_write") == summary.at("dram_write_bytes"));
    std::uint64_t iacts = 0, weights = 0, psums = 0;
    for (const auto& layer : summary.at("layers")) {
        if (layer.at("runs_on") != "accelerator") continue;
        iacts += layer.at("bytes").at("noc_iact").get<std::uint64_t>();
        weights += layer.at("bytes").at("noc_weight").get<std::uint64_t>();
        psums += layer.at("bytes").at("noc_psum").get<std::uint64_t>();
    }
    BOOST_TEST(total("iact") == iacts);
    BOOST_TEST(total("weight") == weights);
    BOOST_TEST(total("psum") == psums);
    BOOST_TEST(timeline.at("edges").back() == summary.at("cycles_total"));
    BOOST_TEST(timeline.at("layers").size() == summary.at("layers").size());
    const auto doc = test::read_text(std::string(EYERISS_DOC_FOLDER) + "/results.md");
    for (const auto& [key, value] : timeline.items())
        BOOST_TEST(doc.find("`" + key + "`") != std::string::npos, "doc/results.md lacks " << key);
}

BOOST_AUTO_TEST_CASE(filters_leave_the_layers_times_and_modules_that_are_asked_for) {
    const temporary_folder folder;
    const auto whole = folder / "whole.db", part = folder / "part.db";
    BOOST_REQUIRE(run_program(lenet(folder, "--trace-db " + word(whole))).exit_code == 0);
    const auto layer = one(whole, "SELECT name FROM layers ORDER BY id LIMIT 1");
    const std::string options =
        " --trace-module 'noc.*' --trace-module 'accelerator.*' --trace-layer " + layer;
    BOOST_REQUIRE(run_program(lenet(folder, "--trace-db " + word(part) + options)).exit_code == 0);
    const std::string wanted =
        "FROM transactions t JOIN streams s ON s.id = t.stream WHERE layer = 0 AND (s.name LIKE 'noc.%' OR "
        "s.name LIKE 'accelerator.%')";
    BOOST_TEST(one(part, "SELECT count(*) FROM transactions") == one(whole, "SELECT count(*) " + wanted));
    BOOST_TEST(one(part, "SELECT count(*) FROM transactions") != "0");
    const auto from = one(whole,
                          "SELECT begin_ps / 1000 FROM transactions t JOIN streams s ON s.id = t.stream "
                          "WHERE s.name = 'accelerator.layer' AND t.name = 'layer' ORDER BY begin_ps "
                          "LIMIT 1");
    const auto window = folder / "window.db";
    BOOST_REQUIRE(
        run_program(lenet(folder, "--trace-db " + word(window) + " --trace-window " + from + "ns..1s"))
            .exit_code == 0);
    BOOST_TEST(one(window, "SELECT count(*) FROM transactions WHERE end_ps < " + from + "000") == "0");
    BOOST_TEST(one(window, "SELECT count(*) FROM transactions") ==
               one(whole, "SELECT count(*) FROM transactions WHERE end_ps >= " + from + "000"));
}

BOOST_AUTO_TEST_CASE(functions_are_traced_beside_instructions_and_a_profile) {
    const temporary_folder folder;
    const auto alone = folder / "alone.db", together = folder / "together.db";
    const std::string functions = " --trace-module 'firmware.*'";
    BOOST_REQUIRE(run_program(lenet(folder, "--trace-db " + word(alone) + functions)).exit_code == 0);
    const auto ran = run_program(lenet(folder, "--trace-db " + word(together) + functions + " --trace-cpu " +
                                                   word(folder / "cpu.txt") + " --profile-cpu " +
                                                   word(folder / "profile.txt")));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    // A restore routine runs on into the next one, which only instruction by instruction are told apart.
    const std::string calls =
        "SELECT name, begin_ps, end_ps FROM transactions WHERE name NOT LIKE '__riscv_restore_%' ORDER BY "
        "begin_ps, end_ps, name";
    BOOST_TEST(ask(alone, calls).size() > 10U);
    BOOST_TEST((ask(alone, calls) == ask(together, calls)));
    BOOST_TEST(std::filesystem::file_size(folder / "cpu.txt") > 100000U);
    BOOST_TEST(test::read_text(folder / "profile.txt").find("main") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bound_that_cuts_says_so) {
    const temporary_folder folder;
    const auto ran = run_program("run --network sparse-mobilenet --quiet --trace-limit-mib 1 --out " +
                                 word(folder / "out") + " --trace-perfetto " + word(folder / "t"));
    BOOST_TEST(ran.exit_code == 0);
    BOOST_TEST(ran.err.find("transactions left out: --trace-limit-mib 1") != std::string::npos, ran.err);
    BOOST_TEST(std::filesystem::file_size(folder / "t") < (2U << 20U));
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_the_trace_and_not_the_results) {
    const temporary_folder folder;
    // Files of more than 400 KiB are refused as by a full disk; the results are smaller.
    for (const std::string option : {"--trace-db", "--trace-perfetto"}) {
        const auto command = "sh -c \"trap '' XFSZ; ulimit -f 800; exec '" EYERISS_VP_PROGRAM "' " +
                             lenet(folder, option + " " + word(folder / "trace")) + " 2>" +
                             word(folder / "err") + "\"";
        const int status = std::system(command.c_str());
        BOOST_TEST(WEXITSTATUS(status) == 2, option);
        const auto said = test::read_text(folder / "err");
        BOOST_TEST(said.find(option + " " + (folder / "trace").string() + ": ") != std::string::npos, said);
        BOOST_TEST(said.find("the run's results are in place") != std::string::npos, said);
        BOOST_TEST(!std::filesystem::exists(folder / "trace"));
        BOOST_TEST(!std::filesystem::exists(folder / "trace.partial"));
        BOOST_TEST(summary_of(folder).at("bit_exact") == true);
        std::filesystem::remove_all(folder / "out");
    }
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_told_before_the_run) {
    const temporary_folder folder;
    const auto refused = [&](const std::string& options, const std::string& said) {
        const auto ran = run_program(lenet(folder, options));
        BOOST_TEST(ran.exit_code == 2, options);
        BOOST_TEST(ran.err.find(said) != std::string::npos, options << ": " << ran.err);
        BOOST_TEST(!std::filesystem::exists(folder / "out"));
    };
    const auto db = "--trace-db " + word(folder / "trace.db");
    refused("--trace-db " + word(folder / "nowhere/trace.db"), "expects a file in a folder that exists");
    refused("--trace-perfetto " + word(folder.path()), "expects a file in a folder that exists");
    refused(db + " --trace-window 5", "expects FROM..TO");
    refused(db + " --trace-window 2ms..1ms", "expects FROM before TO");
    refused(db + " --trace-layer nonesuch", "no such layer; expects a name");
    refused(db + " --trace-module 'noc.*' --trace-module 'nonesuch.*'", "nonesuch.*: no stream");
    refused("--vcd 'dram.*'", "no stream of this machine matches");
    refused("--trace-layer 0", "expect --trace-perfetto, --trace-db or --vcd");
    refused(db + " --no-timeline", "whose counters it is");
    refused(db + " --timing functional", "expect --timing timed");
    const auto no_database =
        run_program("vcd " + word(folder / "none.db") + " --out " + word(folder / "a.vcd"));
    BOOST_TEST(no_database.exit_code == 2);
    test::write_text(folder / "text.db", "this is no database, whatever its name may say of it");
    const auto text = run_program("vcd " + word(folder / "text.db") + " --out " + word(folder / "a.vcd"));
    BOOST_TEST(text.exit_code == 2);
    BOOST_TEST(text.err.find("text.db") != std::string::npos, text.err);
}
