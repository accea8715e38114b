#define BOOST_TEST_MODULE dram_program
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;

namespace {

nlohmann::json measured(const std::string& arguments) {
    const auto ran = run_program("dram --json " + arguments);
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, arguments << ": " << ran.err);
    return nlohmann::json::parse(ran.out);
}

bool near(double value, double expected, double tolerance) {
    return std::abs(value - expected) <= tolerance * expected;
}

double bandwidth(const nlohmann::json& r) {
    return r.at("gigabytes_per_second").get<double>();
}

}  // namespace

BOOST_AUTO_TEST_CASE(bandwidths_are_those_of_the_closed_forms) {
    const std::string few = " --requests 60000 ";
    const double ddr4_peak = 16 / 0.833;
    BOOST_TEST(near(bandwidth(measured("--part ddr3-1600k-x8 --mapping roba --pattern seq" + few)),
                    12.8 * (1 - 208.0 / 6240), 0.015));
    BOOST_TEST(near(bandwidth(measured("--part ddr4-2400r-x8 --mapping roco --pattern seq" + few)),
                    ddr4_peak * (1 - 313.0 / 9363), 0.015));
    BOOST_TEST(near(bandwidth(measured("--part lpddr4-3200-x16 --mapping roba --pattern seq" + few)),
                    6.4 * (1 - 448.0 / 6246), 0.025));
    BOOST_TEST(near(
        bandwidth(measured("--part ddr4-2400r-x8 --mapping group,row,bank,column --outstanding 8" + few)),
        64 / (6 * 0.833) * (1 - 313.0 / 9363), 0.015));
    BOOST_TEST(near(bandwidth(measured("--part ddr3-1600k-x8 --pattern rand" + few)),
                    64 / (6 * 1.25) * (1 - 208.0 / 6240), 0.05));
    BOOST_TEST(near(bandwidth(measured("--part ddr4-2400r-x8 --pattern rand" + few)),
                    64 / (6.5 * 0.833) * (1 - 313.0 / 9363), 0.05));
    BOOST_TEST(near(bandwidth(measured("--part lpddr4-3200-x16 --pattern rand --request-bytes 32" + few)),
                    32 / (16 * 0.625) * (1 - 448.0 / 6246), 0.08));
}

BOOST_AUTO_TEST_CASE(latency_times_bandwidth_is_what_is_outstanding_and_everything_adds_up) {
    for (const std::string pattern : {"seq", "rand", "streams", "mix-seq", "mix-rand"}) {
        const auto r = measured("--pattern " + pattern + " --requests 30000 --ranks 2 --channels 2");
        BOOST_TEST(r.at("requests") == 30000);
        BOOST_TEST(bandwidth(r) <= r.at("peak_gigabytes_per_second").get<double>());
        if (pattern.find("mix") == std::string::npos) {
            const double bytes = bandwidth(r) * r.at("read_latency_ns").at("mean").get<double>();
            BOOST_TEST(near(bytes, 32 * 64, 0.01), pattern << " " << bytes);
        }
        std::uint64_t bursts = 0;
        for (const auto& c : r.at("channel")) {
            BOOST_TEST(c.at("data_clocks").get<long>() + c.at("refresh_clocks").get<long>() +
                           c.at("waiting_clocks").get<long>() + c.at("idle_clocks").get<long>() ==
                       c.at("clocks").get<long>());
            bursts += c.at("read_bursts").get<std::uint64_t>() + c.at("write_bursts").get<std::uint64_t>();
        }
        const auto& row = r.at("row");
        BOOST_TEST(row.at("hits").get<std::uint64_t>() + row.at("misses").get<std::uint64_t>() +
                       row.at("conflicts").get<std::uint64_t>() ==
                   bursts);
        std::uint64_t bytes = 0;
        for (const auto& w : r.at("bandwidth_window_bytes")) {
            bytes += w.get<std::uint64_t>();
        }
        BOOST_TEST(bytes == 30000U * 64U);
    }
}

BOOST_AUTO_TEST_CASE(two_runs_agree_but_for_the_wall_clock) {
    auto first = measured("--pattern mix-rand --requests 20000"),
         second = measured("--pattern mix-rand --requests 20000");
    for (auto* r : {&first, &second}) {
        r->erase("wall_seconds");
        r->erase("host");
    }
    BOOST_TEST(first == second);
}

BOOST_AUTO_TEST_CASE(a_recorded_trace_is_replayed_with_the_same_traffic) {
    const temporary_folder folder;
    const auto trace = test::word(folder / "t.trace");
    const auto recorded = measured("--pattern mix-rand --requests 5000 --record " + trace);
    const auto replayed = measured("--outstanding 4096 --trace " + trace);
    BOOST_TEST(replayed.at("requests") == 5000);
    BOOST_TEST(near(bandwidth(replayed), bandwidth(recorded), 0.02));
    BOOST_TEST(near(replayed.at("read_latency_ns").at("mean").get<double>(),
                    recorded.at("read_latency_ns").at("mean").get<double>(), 0.05));
}

BOOST_AUTO_TEST_CASE(bad_input_is_named_with_its_place) {
    const temporary_folder folder;
    const auto complains = [&](const std::string& arguments, const std::string& text) {
        const auto ran = run_program("dram --requests 10 " + arguments);
        BOOST_TEST(ran.exit_code == 2, arguments);
        BOOST_TEST(ran.err.find(text) != std::string::npos, ran.err);
        BOOST_TEST(ran.out == "");
    };
    complains("--part ddr9", "part 'ddr9' is not known");
    complains("--part /nowhere.yaml", "cannot be read");
    complains("--mapping row,bank", "mapping:");
    complains("--ranks 3", "ranks");
    complains("--refresh per-bank", "refresh is per_bank; expects a part that has it");
    const auto trace = folder / "bad.trace";
    const auto with_trace = [&](const std::string& line, const std::string& text) {
        test::write_text(trace, "# time, direction, address, bytes\n0, R, 0x40, 64\n" + line + "\n");
        complains("--trace " + test::word(trace), text);
    };
    with_trace("1.5, Q, 0, 64", "bad.trace:3: direction is 'Q'; expects R or W");
    with_trace("1.5, R, zero, 64", "bad.trace:3: address is 'zero'");
    with_trace("1.5, R, 0", "bad.trace:3: lacks bytes");
    with_trace("-1, R, 0, 64", "bad.trace:3: time is '-1'");
    with_trace("1, R, 0x7fffffffffff, 64", "bad.trace: address 0x7fffffffffff: TLM_ADDRESS_ERROR_RESPONSE");
}

BOOST_AUTO_TEST_CASE(each_bad_part_mapping_request_and_trace_ends_in_exit_code_2_and_one_line) {
    const temporary_folder folder;
    const auto refuse = [&](const std::string& arguments, const std::vector<std::string>& words) {
        const auto ran = run_program("dram --requests 10 " + arguments);
        BOOST_TEST(ran.exit_code == 2, arguments << ": " << ran.err);
        BOOST_TEST(ran.out == "");
        BOOST_TEST(std::count(ran.err.begin(), ran.err.end(), '\n') == 1, ran.err);
        for (const auto& w : words) {
            BOOST_TEST(ran.err.find(w) != std::string::npos, "'" << w << "' is missing in: " << ran.err);
        }
    };
    const auto part = [&](const std::string& from, const std::string& to) {
        std::string text = test::read_text(std::string(EYERISS_PARTS) + "/ddr3-1600k-x8.yaml");
        const auto at = text.find(from);
        BOOST_REQUIRE(at != std::string::npos);
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
        test::write_text(folder / "p.yaml", text.replace(at, from.size(), to));
        return "p.yaml:" + std::to_string(line);
    };
    const std::string with_part = "--part " + test::word(folder / "p.yaml");
    refuse(with_part + "x", {"p.yamlx"});
    const auto unknown = part("tFAW:", "tFAV:");
    refuse(with_part, {unknown, "tFAV", "tFAW"});
    part("  tRTP: {value: 6, source: \"JESD79-3F, Timing Parameters by Speed Bin: 7.5 ns\"}\n", "");
    refuse(with_part, {"p.yaml", "tRTP"});
    const auto contradiction = part("tRC: {value: 39", "tRC: {value: 38");
    refuse(with_part, {contradiction, "tRC is 38", "tRAS + tRP = 39"});
    refuse("--mapping row,bank,bank,column", {"mapping: ", "bank[0] appears twice"});
    refuse("--mapping row,column", {"mapping: ", "group[0] is missing"});
    test::write_text(folder / "far.trace", "0, R, 0xfffffffff, 64\n");
    refuse("--trace " + test::word(folder / "far.trace"), {"far.trace", "0xfffffffff"});
    test::write_text(folder / "odd.trace", "0, R, 0, 64\n1, R, 0x40, many\n");
    refuse("--trace " + test::word(folder / "odd.trace"), {"odd.trace:2", "bytes is 'many'"});
}
