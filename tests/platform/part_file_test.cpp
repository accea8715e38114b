#define BOOST_TEST_MODULE part_file
#include "platform/part_file.h"

#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/models/dram/parts.h"

using namespace eyeriss;

namespace {

std::string text_of(const std::string& name) {
    std::ifstream in(std::string(EYERISS_PARTS) + "/" + name + ".yaml");
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string replaced(std::string text, const std::string& old, const std::string& with) {
    const auto at = text.find(old);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, old.size(), with);
}

int line_of(const std::string& text, const std::string& what) {
    return 1 + static_cast<int>(
                   std::count(text.begin(), text.begin() + static_cast<long>(text.find(what)), '\n'));
}

/// The message that a part file of this text gets, without the folder.
std::string complaint(const std::string& text) {
    const auto file =
        std::filesystem::temp_directory_path() / ("eyeriss_part_" + std::to_string(getpid()) + ".yaml");
    std::ofstream(file) << text;
    std::string out = "accepted";
    try {
        (void)platform::read_part(file);
    } catch (const platform::part_error& error) {
        out = error.what();
    }
    std::filesystem::remove(file);
    const std::string prefix = file.string() + ":";
    BOOST_TEST(out.starts_with(prefix), out);
    return out.substr(std::min(prefix.size(), out.size()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_parts_of_the_platform_are_read_and_sound) {
    for (const auto* name : test::part_names) {
        const auto part = test::part(name);
        BOOST_TEST(part.name == name);
        BOOST_TEST(dram::check(part).empty());
        BOOST_TEST(!part.supplies.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_mistake_is_named_with_line_and_key) {
    const auto good = text_of("ddr3-1600k-x8");
    const auto at = [&](const std::string& key) { return std::to_string(line_of(good, key)); };
    BOOST_TEST(complaint(replaced(good, "  tFAW:", "  tFAV:")) ==
               at("  tFAW:") + ": unknown key 'tFAV' in timings; the nearest known key is 'tFAW'");
    BOOST_TEST(complaint(replaced(good, "  tWR:", "  tWQ: 3\n  tWR:")) ==
               at("  tWR:") + ": unknown key 'tWQ' in timings; the nearest known key is 'tWR'");
    BOOST_TEST(complaint(replaced(good, "value: 39,", "value: 38,")) ==
               at("  tRC:") + ": tRC is 38 clocks; expects at least tRAS + tRP = 39");
    BOOST_TEST(complaint(replaced(good, "value: 39,", "value: x,")) ==
               at("  tRC:") + ": tRC expects whole clocks");
    BOOST_TEST(complaint(replaced(good, "value: 39,", "valeu: 39,")) ==
               at("  tRC:") + ": tRC lacks key 'value'");
    BOOST_TEST(complaint(replaced(good, "value: 65536", "value: 65535")) ==
               at("  rows:") + ": rows is 65535; expects a power of two");
    BOOST_TEST(complaint(replaced(good, "standard: ddr3", "standard: ddr5")) ==
               at("standard:") + ": standard is 'ddr5'; expects ddr3, ddr4 or lpddr4");
    BOOST_TEST(complaint(replaced(good, "  tRP:", "  tRCD: 3\n  tRP:")) ==
               at("  tRP:") + ": tRCD is set a second time");
    BOOST_TEST(complaint(replaced(good, "IDD3N_mA: 38", "IDD3N_mA: 30")) ==
               at("  VDD:") + ": IDD3N of supply VDD is 30 mA; expects at least IDD2N = 32");
    BOOST_TEST(complaint(replaced(good, "IDD5_mA", "IDD6_mA")).find("lacks key 'IDD5_mA'") !=
               std::string::npos);
    BOOST_TEST(complaint("name: [").find("is no YAML") != std::string::npos);
    BOOST_TEST(complaint("- 1").find("expects keys with values") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_part_is_found_by_name_or_path) {
    BOOST_TEST(platform::find_part("ddr4-2400r-x8", EYERISS_PARTS).string() ==
               std::string(EYERISS_PARTS) + "/ddr4-2400r-x8.yaml");
    BOOST_TEST(platform::find_part("mine.yaml", EYERISS_PARTS) == "mine.yaml");
    BOOST_CHECK_EXCEPTION(
        (void)platform::find_part("ddr9", EYERISS_PARTS), platform::part_error, [](const auto& e) {
            return std::string(e.what()).find("ddr3-1600k-x16, ddr3-1600k-x8, ddr4-2400r-x8") !=
                   std::string::npos;
        });
}
