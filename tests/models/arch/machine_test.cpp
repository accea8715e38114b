#define BOOST_TEST_MODULE machine_test
#include "models/arch/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>

using namespace eyeriss::arch;

namespace {

const parameter& find(std::string_view key) {
    const auto& all = parameters();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.key == key; });
    BOOST_REQUIRE_MESSAGE(found != all.end(), "no parameter " << key);
    return *found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(default_machine_is_the_published_v2) {
    const machine m;
    BOOST_TEST(m.noc.pes() == 192U);
    BOOST_TEST(m.noc.pes() * m.pe.macs == 384U);
    // 192 KiB of GLB: 12 KiB a cluster, JETCAS 2019.
    const unsigned iact_bits = m.noc.iact_routers() * m.glb.iact_bank_words * 24;
    const unsigned psum_bits = m.noc.pe_cols * m.glb.psum_bank_words * 40;
    BOOST_TEST((iact_bits + psum_bits) / 8 * m.noc.clusters() == 192U * 1024U);
    BOOST_TEST(m.geometry() == 0x04030208U);
    BOOST_TEST(check(m) == "");
}

BOOST_AUTO_TEST_CASE(every_parameter_reads_back_its_default_and_says_what_it_is) {
    std::set<std::string_view> keys;
    for (const auto& p : parameters()) {
        machine m;
        BOOST_TEST(keys.insert(p.key).second, p.key << " appears twice");
        BOOST_TEST(!p.range.empty(), p.key);
        BOOST_TEST(p.sentence.ends_with("."), p.key);
        const std::string text = p.get(m);
        BOOST_CHECK_NO_THROW(p.set(m, text));
        BOOST_TEST(p.get(m) == text, p.key);
        // A text may name a file; whether there is one is known where files are read.
        const bool number = p.range.find("..") != std::string::npos && p.key != "name";
        const bool choice = p.range.find('|') != std::string::npos && p.range.find(' ') == std::string::npos;
        if (number || choice) BOOST_CHECK_THROW(p.set(m, "no such value"), std::invalid_argument);
        if (!text.empty()) BOOST_CHECK_THROW(p.set(m, ""), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(setting_one_parameter_changes_that_one_alone) {
    const machine fresh;
    for (const auto& p : parameters()) {
        const auto dots = p.range.find("..");
        std::string other = "other";
        if (dots != std::string::npos && p.key != "name") {
            const auto low = p.range.substr(0, dots);
            const auto high = p.range.substr(dots + 2);
            other = p.get(fresh) == high ? low : high;
        } else if (p.key != "name") {
            const auto bar = p.range.find('|');
            const auto second = p.range.substr(bar + 1, p.range.find('|', bar + 1) - bar - 1);
            other = p.get(fresh) == p.range.substr(0, bar) ? second : p.range.substr(0, bar);
        }
        machine m;
        p.set(m, other);
        for (const auto& q : parameters()) {
            BOOST_TEST(q.get(m) == (q.key == p.key ? other : q.get(fresh)), p.key << " changed " << q.key);
        }
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_refused_just_outside_their_range) {
    for (const auto& p : parameters()) {
        const auto dots = p.range.find("..");
        if (dots == std::string::npos || p.key == "name") {
            continue;
        }
        machine m;
        const auto low = std::stoull(p.range.substr(0, dots));
        const auto high = std::stoull(p.range.substr(dots + 2));
        BOOST_CHECK_NO_THROW(p.set(m, std::to_string(low)));
        BOOST_CHECK_NO_THROW(p.set(m, std::to_string(high)));
        BOOST_CHECK_THROW(p.set(m, std::to_string(high + 1)), std::invalid_argument);
        if (low > 0) {
            BOOST_CHECK_THROW(p.set(m, std::to_string(low - 1)), std::invalid_argument);
        }
        for (const auto* bad : {"-1", "1.5", "1e3", " 4", "4 ", "0x10", "99999999999999999999999"}) {
            BOOST_CHECK_THROW(p.set(m, bad), std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_would_be_right) {
    machine m;
    const auto message = [&](std::string_view key, std::string_view value) -> std::string {
        try {
            find(key).set(m, value);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "";
    };
    BOOST_TEST(message("pe.psum_bits", "33") == "expects a whole number from 8 to 32");
    BOOST_TEST(message("pe.overflow", "clamp") == "expects one of wrap|saturate");
    BOOST_TEST(message("core.harts", "0") == "expects a whole number from 1 to 64");
}

BOOST_AUTO_TEST_CASE(values_that_do_not_go_together_are_named) {
    machine m;
    m.noc.iact_port_bits = 25;
    BOOST_TEST(check(m).starts_with("noc.iact_port_bits is 25: expects"));
    m = machine{};
    m.noc.psum_port_bits = 16;
    BOOST_TEST(check(m).find("pe.psum_bits") != std::string::npos);
    m = machine{};
    m.noc.cluster_rows = m.noc.cluster_cols = 64;
    m.noc.pe_rows = m.noc.pe_cols = 16;
    BOOST_TEST(check(m).find("at most 65536") != std::string::npos);
    m = machine{};
    m.noc.pe_rows = 7;
    m.noc.pe_cols = 5;
    BOOST_TEST(check(m) == "noc.pe_rows x noc.pe_cols is 35 PEs a cluster: expects at most 32");
    m = machine{};
    m.pe.operand_bits = 12;
    BOOST_TEST(check(m) == "pe.operand_bits is 12: expects 8 or 16");
    m.pe.operand_bits = 16;
    BOOST_TEST(check(m).find("pe.sparse=true expects 8") != std::string::npos);
    m.pe.sparse = false;
    BOOST_TEST(check(m) == "");
}

BOOST_AUTO_TEST_CASE(a_bus_machine_has_rows_for_clusters_and_takes_any_width) {
    machine m;
    m.noc.kind = eyeriss::noc::topology::bus;
    BOOST_TEST(check(m).find("noc.topology=bus expects 1") != std::string::npos);
    m.noc.pe_rows = 1;
    BOOST_TEST(check(m) == "");
    m.pe.sparse = false;
    m.noc.iact_port_bits = 17;
    BOOST_TEST(check(m) == "");
    BOOST_TEST(m.weight_port_words(10) == 10U);
    m.noc.weight_port_bits = 100;
    BOOST_TEST(m.weight_port_words(10) == 3U);
    m.pe.operand_bits = 16;
    BOOST_TEST(m.weight_port_words(10) == 5U);
}
