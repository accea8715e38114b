#define BOOST_TEST_MODULE validate_program_test
#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/sims/program.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

BOOST_AUTO_TEST_CASE(an_unknown_figure_is_refused_with_those_there_are) {
    const auto ran = run_program("validate --only v2.sparse_mobilenet.cycels");
    BOOST_TEST(ran.exit_code == 2);
    BOOST_TEST(ran.err.find("cycels") != std::string::npos);
    BOOST_TEST(ran.err.find("v2.sparse_mobilenet.cycles") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_machine_of_the_users_is_refused) {
    BOOST_TEST(run_program("validate --machine eyeriss_v1_5").exit_code == 2);
    BOOST_TEST(run_program("validate --set pe.macs=1").exit_code == 2);
}

BOOST_AUTO_TEST_CASE(part_of_the_figures_leaves_files_only_where_asked) {
    const temporary_folder folder;
    const auto ran =
        run_program("validate --only v1.conv1.dram v1.conv1.active_pes --output " + word(folder / "out"));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    const auto json = nlohmann::json::parse(test::read_text(folder / "out/validation.json"));
    BOOST_REQUIRE(json.size() == 2U);
    BOOST_TEST(json[0].at("id") == "v1.conv1.dram");
    BOOST_TEST(json[1].at("model") == 154);
    BOOST_TEST(test::read_text(folder / "out/validation.md").find("`v1.conv1.dram`") != std::string::npos);
    BOOST_TEST(test::entries(folder / "out") == 2U);
}

// The cheap ones of doc/validation.json again; validate_whole_test does them all. Where they differ, the
// model has changed since the report was made: `eyeriss-vp validate` makes it anew.
BOOST_AUTO_TEST_CASE(the_committed_report_is_what_the_model_says_today) {
    const auto ran = run_program(
        "validate --json --only v2.sparse_mobilenet v2.mobilenet.sparsity_gain v1_5.mobilenet "
        "energy.sparse_mobilenet energy.noc_share.sparse_mobilenet v1.conv1 scaling.alexnet "
        "scaling.googlenet scaling.mobilenet-1.0-224");
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    std::map<std::string, nlohmann::json> committed;
    for (const auto& f : nlohmann::json::parse(
             test::read_text(std::filesystem::path(EYERISS_DOC_FOLDER) / "validation.json"))) {
        committed[f.at("id")] = f;
    }
    const auto now = nlohmann::json::parse(ran.out);
    BOOST_TEST(now.size() > 20U);
    for (const auto& f : now) {
        const std::string id = f.at("id");
        BOOST_TEST(committed[id].dump() == f.dump(), id << ": doc/validation.json is not current");
    }
}
