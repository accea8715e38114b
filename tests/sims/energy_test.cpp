#define BOOST_TEST_MODULE energy
#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <regex>

#include "sims/inputs/energy_file.h"
#include "sims/inputs/places.h"
#include "sims/results/results_energy.h"
#include "sims/support/error.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;

namespace {

/// The table that comes along with one piece of text replaced, in a file.
std::filesystem::path altered(const test::temporary_folder& folder, const std::string& from,
                              const std::string& to) {
    auto text = test::read_text(default_energy_file());
    const auto at = text.find(from);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
    text.replace(at, from.size(), to);
    const auto file = folder.path() / "table.yaml";
    std::ofstream(file) << text;
    return file;
}

/// The line that reading the altered table ends with.
std::string complaint(const std::string& from, const std::string& to) {
    const test::temporary_folder folder;
    try {
        (void)read_energy_table(altered(folder, from, to));
    } catch (const user_error& error) {
        return error.what();
    }
    return "no complaint";
}

void check_complaint(const std::string& said, const std::string& pattern) {
    BOOST_TEST(std::regex_search(said, std::regex(fmt::format("table\\.yaml:[0-9]+: {}", pattern))), said);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_table_that_comes_along_holds_the_published_ratios) {
    const auto table = read_energy_table(default_energy_file());
    BOOST_TEST(table.mac16_picojoules > 0.0);
    arch::machine m;
    m.pe.operand_bits = 16;
    m.pe.sparse = false;
    m.pe.iact_entries = 256;  // 512 bytes of 16 bits
    const auto t = energy::resolve(table, m);
    const double mac = t.picojoules[energy::action::mac];
    const auto exact = boost::test_tools::tolerance(1e-9);
    BOOST_TEST(mac == table.mac16_picojoules, exact);
    BOOST_TEST(t.picojoules[energy::action::iact_data_read] == mac, exact);
    BOOST_TEST(t.picojoules[energy::action::psum_hop] == 2 * mac * 40 / 16, exact);
    BOOST_TEST(t.picojoules[energy::action::dram_read] == 200 * mac / 2, exact);
}

BOOST_AUTO_TEST_CASE(a_missing_action_is_named) {
    check_complaint(complaint("  requantiser.compute:\n", "  requantiser.computes:\n"),
                    "unknown action 'requantiser.computes' in actions; the nearest known one is "
                    "'requantiser.compute'");
    check_complaint(complaint("  pe_link.psum: *hop\n", ""), "action 'pe_link.psum' is missing");
}

BOOST_AUTO_TEST_CASE(a_negative_value_is_refused_with_its_line) {
    const auto said = complaint("{relative: 200,", "{relative: -200,");
    check_complaint(said, "dram.read: relative is -200; expects 0 or more");
    const auto text = test::read_text(default_energy_file());
    const auto before = text.substr(0, text.find("{relative: 200,"));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    BOOST_TEST(said.find(fmt::format(":{}:", line)) != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(what_is_no_number_or_no_rule_is_refused) {
    check_complaint(complaint("{relative: 200,", "{relative: many,"), "dram.read: relative expects a number");
    check_complaint(complaint("{relative: 200,", "{relative: .nan,"), "dram.read: relative expects a number");
    check_complaint(complaint("{relative: 200, scaling: width", "{relative: 200, scaling: cubic"),
                    "dram.read: scaling is 'cubic'; expects one of fixed, width, squared, storage");
    check_complaint(complaint("{relative: 200,", "{pj: 7, relative: 200,"), "dram.read has pj and relative");
    check_complaint(complaint("{relative: 200,", "{relatif: 200,"),
                    "unknown key 'relatif' in dram.read; the nearest known one is 'relative'");
    check_complaint(complaint("  dram.write: *dram", "  dram.read: *dram"),
                    "action 'dram.read' stands a second");
    check_complaint(complaint("name: eyeriss_65nm", "name: [1"), "is no YAML");
    check_complaint(complaint("mac16_pj: {value: ", "mac16_pj: {value: -"),
                    "mac16_pj is -.*; expects 0 or more");
}

BOOST_AUTO_TEST_CASE(an_action_may_state_picojoules) {
    const test::temporary_folder folder;
    const auto table = energy_table_for(
        altered(folder, "mac.gated: {relative: 0, scaling: fixed,", "mac.gated: {pj: 0.25,"), {});
    BOOST_TEST(table.picojoules[energy::action::mac_gated] == 0.25);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused) {
    BOOST_CHECK_THROW((void)read_energy_table("/nowhere/table.yaml"), user_error);
}

// Accelergy's form: action_counts: {version, subtree: [{name, local: [{name, action_counts: [{name,
// counts}]}]}]}.
BOOST_AUTO_TEST_CASE(action_counts_read_back_are_those_that_were_written) {
    energy::action_counts counts;
    std::uint64_t i = 1ULL << 40U;
    energy::for_each_action([&](energy::action a) { counts[a] = i += 77777; });
    const auto root = YAML::Load(accelergy_yaml(counts, "eyeriss_v2"))["action_counts"];
    BOOST_TEST(root["version"].as<double>() == 0.3);
    BOOST_REQUIRE(root["subtree"].size() == 1U);
    BOOST_TEST(root["subtree"][0]["name"].as<std::string>() == "eyeriss_v2");
    energy::action_counts found;
    std::size_t seen = 0;
    for (const auto& block : root["subtree"][0]["local"]) {
        for (const auto& entry : block["action_counts"]) {
            const auto key =
                fmt::format("{}.{}", block["name"].as<std::string>(), entry["name"].as<std::string>());
            const auto a = energy::find_action(key);
            BOOST_REQUIRE_MESSAGE(a.has_value(), key);
            found[*a] = entry["counts"].as<std::uint64_t>();
            ++seen;
        }
    }
    BOOST_TEST(seen == energy::action_count);
    BOOST_TEST((found == counts));
}

BOOST_AUTO_TEST_CASE(efficiency_is_operations_over_energy) {
    energy::layer_energy e;
    e.picojoules[static_cast<std::size_t>(energy::component::mac)] = 500;
    e.picojoules[static_cast<std::size_t>(energy::component::dram)] = 1e9;
    // 1000 MACs are 2000 operations in 500 pJ: 4 operations a pJ are 4000 GOPS/W.
    BOOST_TEST(gops_per_watt(1000, e) == 4000.0);
    BOOST_TEST(gops_per_watt(1000, {}) == 0.0);
}
