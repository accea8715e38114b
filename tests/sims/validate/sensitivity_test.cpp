#define BOOST_TEST_MODULE validate_sensitivity_test
#include "sims/validate/sensitivity.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "platform/machine_file.h"
#include "sims/inputs/places.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using sims::validate::parameters_left_out;
using sims::validate::studies;

namespace {

std::string key_of(const std::string& setting) {
    return setting.substr(0, setting.find('='));
}

/// Machine keys that the last column of a table of doc/assumptions.md names.
std::set<std::string> assumed_parameters() {
    std::set<std::string> out;
    std::istringstream lines(test::read_text(std::filesystem::path(EYERISS_DOC_FOLDER) / "assumptions.md"));
    const std::regex key("`([a-z_]+(\\.[a-z0-9_]+)?)`");
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| A-")) {
            continue;
        }
        const auto cell = line.substr(line.rfind('|', line.size() - 2));
        for (std::sregex_iterator at(cell.begin(), cell.end(), key), end; at != end; ++at) {
            const std::string word = (*at)[1];
            const auto& all = arch::parameters();
            if (std::any_of(all.begin(), all.end(), [&](const auto& p) { return p.key == word; })) {
                out.insert(word);
            }
        }
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_parameter_of_an_assumption_is_varied_or_left_out_with_a_reason) {
    std::set<std::string> known;
    for (const auto& study : studies()) {
        for (const auto& a : study.alternatives) {
            for (const auto& setting : a.settings) {
                known.insert(key_of(setting));
            }
        }
    }
    for (const auto& [key, reason] : parameters_left_out()) {
        BOOST_TEST(!reason.empty(), key);
        known.insert(key);
    }
    const auto assumed = assumed_parameters();
    BOOST_TEST(assumed.size() > 15U);
    for (const auto& key : assumed) {
        BOOST_TEST(known.contains(key),
                   key << " is in doc/assumptions.md and in no row of the sensitivity table");
    }
}

BOOST_AUTO_TEST_CASE(each_alternative_is_another_value_than_its_studys) {
    for (const auto& study : studies()) {
        const auto file = sims::machine_file(study.machine);
        const auto before = platform::read_machine(file, study.base).machine;
        for (const auto& a : study.alternatives) {
            auto settings = study.base;
            settings.insert(settings.end(), a.settings.begin(), a.settings.end());
            const auto changed = platform::read_machine(file, settings).machine;
            for (const auto& setting : a.settings) {
                const auto& all = arch::parameters();
                const auto parameter = std::find_if(all.begin(), all.end(),
                                                    [&](const auto& p) { return p.key == key_of(setting); });
                BOOST_REQUIRE((parameter != all.end()));
                BOOST_TEST(parameter->get(changed) != parameter->get(before),
                           setting << " is what " << study.machine << " has");
            }
        }
    }
}
