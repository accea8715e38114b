#define BOOST_TEST_MODULE report_program_test
#include <boost/test/unit_test.hpp>

#include "tests/sims/program.h"
#include "tests/sims/report/results_copy.h"

using namespace eyeriss;
using json = nlohmann::ordered_json;
using test::results_copy;
using test::results_of;
using test::run_program;
using test::word;

namespace {

/// One line on standard error that has these words.
void expect_line(const std::string& err, std::initializer_list<const char*> words) {
    BOOST_TEST(std::count(err.begin(), err.end(), '\n') == 1, err);
    for (const auto* each : words) {
        BOOST_TEST(err.find(each) != std::string::npos, "'" << each << "' is missing in: " << err);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_report_is_one_file_that_names_no_other) {
    const test::temporary_folder folder;
    const auto ran =
        run_program("report " + word(results_of("a")) + " --output " + word(folder / "page.html"));
    BOOST_TEST(ran.exit_code == 0, ran.err);
    BOOST_TEST(test::entries(folder.path()) == 1U);
    const auto page = test::read_text(folder / "page.html");
    BOOST_TEST(page.starts_with("<!doctype html>"));
    for (const auto* loads : {" src=\"http", "<link rel=\"stylesheet\"", "@import", "<script src"}) {
        BOOST_TEST(page.find(loads) == std::string::npos, loads);
    }
}

BOOST_AUTO_TEST_CASE(two_reports_of_a_run_have_the_same_bytes) {
    const test::temporary_folder folder;
    for (const auto* name : {"one.html", "two.html"}) {
        BOOST_TEST(
            run_program("report " + word(results_of("a")) + " --output " + word(folder / name)).exit_code ==
            0);
    }
    BOOST_TEST(test::read_text(folder / "one.html") == test::read_text(folder / "two.html"));
}

BOOST_AUTO_TEST_CASE(a_damaged_folder_ends_with_2_and_leaves_the_old_report) {
    const results_copy copy;
    const test::temporary_folder folder;
    test::write_text(folder / "page.html", "the old one");
    const auto summary = test::read_text(copy / "summary.json");
    test::write_text(copy / "summary.json", summary.substr(0, summary.size() / 2));
    const auto ran = run_program("report " + word(copy.path()) + " --output " + word(folder / "page.html"));
    BOOST_TEST(ran.exit_code == 2);
    expect_line(ran.err, {"summary.json", "cut off"});
    BOOST_TEST(test::read_text(folder / "page.html") == "the old one");
    BOOST_TEST(test::entries(folder.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(figures_that_do_not_add_up_end_with_1_and_are_named) {
    const results_copy copy;
    copy.alter("summary.json",
               [](json& s) { s["dram_read_bytes"] = s["dram_read_bytes"].get<std::uint64_t>() + 1; });
    const test::temporary_folder folder;
    const auto ran = run_program("report " + word(copy.path()) + " --output " + word(folder / "page.html"));
    BOOST_TEST(ran.exit_code == 1);
    expect_line(ran.err, {"dram_read_bytes"});
    BOOST_TEST(test::entries(folder.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_ends_with_2_and_is_named) {
    const test::temporary_folder folder;
    const auto report = "report " + word(results_of("a")) + " --output ";
    for (const auto& place :
         {std::string("/dev/full"), (folder / "no/page.html").string(), folder.path().string()}) {
        const auto ran = run_program(report + word(place));
        BOOST_TEST(ran.exit_code == 2, place);
        expect_line(ran.err, {place.c_str(), "cannot be written"});
    }
    BOOST_TEST(test::entries(folder.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_size_limit_leaves_no_half_report) {
    const test::temporary_folder folder;
    const auto command =
        fmt::format("sh -c 'ulimit -f 8; exec {} report {} --output {}' 2>{}", EYERISS_VP_PROGRAM,
                    results_of("a").string(), (folder / "page.html").string(), (folder / "err").string());
    BOOST_TEST(std::system(command.c_str()) != 0);
    BOOST_TEST(!std::filesystem::exists(folder / "page.html"));
}

BOOST_AUTO_TEST_CASE(a_diff_prints_text_or_json_and_writes_a_page) {
    const test::temporary_folder folder;
    const auto both = word(results_of("a")) + " " + word(results_of("b"));
    const auto text = run_program("diff " + both + " --html " + word(folder / "diff.html"));
    BOOST_TEST(text.exit_code == 0, text.err);
    BOOST_TEST(text.out.find("dram.model") != std::string::npos, text.out);
    BOOST_TEST(text.out.find("wait_dram +") != std::string::npos, text.out);
    BOOST_TEST(test::read_text(folder / "diff.html").starts_with("<!doctype html>"));
    const auto object = run_program("diff --json " + both);
    BOOST_TEST(json::parse(object.out)["schema"] == "eyeriss_vp.diff.1");
}

BOOST_AUTO_TEST_CASE(a_diff_with_a_folder_that_is_none_ends_with_2) {
    const auto ran = run_program("diff " + word(results_of("a")) + " no/such/folder");
    BOOST_TEST(ran.exit_code == 2);
    expect_line(ran.err, {"no/such/folder"});
    BOOST_TEST(ran.out.empty());
}

BOOST_AUTO_TEST_CASE(a_functional_run_has_a_report_without_times) {
    const test::temporary_folder folder;
    const auto run =
        run_program("run --network lenet5 --timing functional --quiet --out " + word(folder / "run"));
    BOOST_REQUIRE(run.exit_code == 0);
    const auto report =
        run_program("report " + word(folder / "run") + " --output " + word(folder / "page.html"));
    BOOST_TEST(report.exit_code == 0, report.err);
    const auto difference = run_program("diff " + word(folder / "run") + " " + word(results_of("a")));
    BOOST_TEST(difference.exit_code == 0, difference.err);
}
