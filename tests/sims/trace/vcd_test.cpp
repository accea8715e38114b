#define BOOST_TEST_MODULE vcd
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

/// Changes of signals by name: time in picoseconds, value.
using signal_changes = std::map<std::string, std::vector<std::pair<std::uint64_t, std::int64_t>>>;

struct vcd_view {
    std::string wrong;
    signal_changes signals;
};

std::int64_t number_of(const std::string& bits) {
    std::uint64_t value = 0;
    for (const char bit : bits) value = value << 1U | (bit == '1' ? 1U : 0U);
    return static_cast<std::int64_t>(value);
}

vcd_view read_vcd(const std::string& text) {
    vcd_view out;
    std::istringstream in(text);
    std::map<std::string, std::string> names;
    std::vector<std::string> scopes;
    std::uint64_t time = 0;
    bool defined = false;
    for (std::string token; in >> token;) {
        if (token == "$scope") {
            std::string type, name;
            in >> type >> name;
            scopes.push_back(name);
        } else if (token == "$upscope") {
            if (scopes.empty()) return {"a scope ends that never began", {}};
            scopes.pop_back();
        } else if (token == "$var") {
            std::string type, width, id, name;
            in >> type >> width >> id >> name;
            std::string full;
            for (const auto& s : scopes) full += s == "SystemC" ? "" : s + ".";
            names[id] = full + name;
        } else if (token == "$enddefinitions") {
            defined = true;
        } else if (token[0] == '#') {
            const auto next = std::stoull(token.substr(1));
            if (next < time) out.wrong = "time goes back at " + token;
            time = next;
        } else if (defined && (token[0] == 'b' || token[0] == '0' || token[0] == '1')) {
            std::string id;
            std::string bits = token[0] == 'b' ? token.substr(1) : token.substr(0, 1);
            if (token[0] == 'b') {
                in >> id;
            } else {
                id = token.substr(1);
            }
            if (!names.contains(id)) {
                out.wrong = "a change of an id that is not declared: " + id;
                continue;
            }
            auto& changes = out.signals[names[id]];
            const auto value = number_of(bits);
            if (changes.empty() ? value != 0 : changes.back().second != value)
                changes.emplace_back(time, value);
        } else if (token == "$comment" || token == "$date" || token == "$version" || token == "$timescale") {
            while (in >> token && token != "$end") {
            }
        }
    }
    if (!defined) out.wrong = "no definitions";
    return out;
}

/// What the database says of the streams below "noc.iact": for each begin and end the sum over what is then
/// under way.
signal_changes expected_from(const std::filesystem::path& database) {
    std::map<std::string, std::map<std::uint64_t, std::int64_t>> steps;
    sqlite3* raw = nullptr;
    BOOST_REQUIRE(sqlite3_open(database.c_str(), &raw) == SQLITE_OK);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> owner(raw, &sqlite3_close);
    const auto each = [](void* into, int, char** row, char**) {
        auto& all = *static_cast<std::map<std::string, std::map<std::uint64_t, std::int64_t>>*>(into);
        all[row[0]][std::stoull(row[1])] += std::stoll(row[3]);
        all[row[0]][std::stoull(row[2])] -= std::stoll(row[3]);
        return 0;
    };
    const std::string of_these =
        " FROM transactions t JOIN streams s ON s.id = t.stream AND s.name LIKE 'noc.iact.%' ";
    for (const auto& query : {"SELECT s.name || '.open', begin_ps, end_ps, 1" + of_these,
                              "SELECT s.name || '.' || a.name, begin_ps, end_ps, a.value" + of_these +
                                  "JOIN attributes a ON a.transaction_id = t.id"}) {
        BOOST_REQUIRE(sqlite3_exec(raw, query.c_str(), each, &steps, nullptr) == SQLITE_OK);
    }
    signal_changes out;
    for (const auto& [signal, changes] : steps) {
        std::int64_t value = 0;
        for (const auto& [at, step] : changes) {
            value += step;
            if (step != 0) out[signal].emplace_back(at, value);
        }
    }
    return out;
}

std::string check_vcd(const std::string& text, const signal_changes& expected) {
    const auto seen = read_vcd(text);
    if (!seen.wrong.empty()) return seen.wrong;
    for (const auto& [name, changes] : expected) {
        const auto found = seen.signals.find(name);
        if (found == seen.signals.end()) return name + ": no such signal";
        if (found->second != changes) return name + ": changes differ";
    }
    return {};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.rfind(from);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

void shell(const std::string& command) {
    BOOST_REQUIRE_MESSAGE(std::system((command + " >/dev/null 2>&1").c_str()) == 0, command);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_change_in_a_vcd_file_is_the_recorders_after_two_conversions) {
    const temporary_folder folder;
    const auto ran =
        run_program("run --network lenet5 --quiet --out " + word(folder / "out") + " --trace-db " +
                    word(folder / "trace.db") + " --vcd 'noc.iact.*' --vcd-file " + word(folder / "a.vcd"));
    BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
    shell("vcd2fst -v " + word(folder / "a.vcd") + " -f " + word(folder / "a.fst"));
    shell("fst2vcd -f " + word(folder / "a.fst") + " -o " + word(folder / "b.vcd"));
    const auto text = test::read_text(folder / "b.vcd");
    const auto expected = expected_from(folder / "trace.db");
    BOOST_TEST(expected.size() > 50U);
    BOOST_TEST(check_vcd(test::read_text(folder / "a.vcd"), expected) == "");
    BOOST_TEST(check_vcd(text, expected) == "");

    const auto last_time = text.rfind('#');
    const auto end = text.find('\n', last_time);
    BOOST_TEST(check_vcd(replaced(text, text.substr(last_time, end - last_time), "#1"), expected) != "");
    const auto one = text.find('1', text.find("\nb", text.find("$dumpvars")));
    BOOST_REQUIRE(one != std::string::npos);
    const auto change = text.rfind("\nb", text.find(' ', text.find("\nb", text.rfind("\n#", one)))) + 2;
    auto altered = text;
    altered[text.find_first_of("01", change)] ^= 1;
    BOOST_TEST(check_vcd(altered, expected) != "");
    const auto id = text.find(' ', change) + 1;
    auto undeclared = text;
    undeclared.replace(id, text.find('\n', id) - id, "~~~~");
    BOOST_TEST(check_vcd(undeclared, expected) != "");
    BOOST_TEST(check_vcd(text.substr(0, text.size() / 2), expected) != "");
}

BOOST_AUTO_TEST_CASE(signals_that_no_stream_matches_are_a_mistake_before_the_run_and_of_a_replay) {
    const temporary_folder folder;
    const auto ran = run_program("run --network lenet5 --quiet --out " + word(folder / "out") +
                                 " --vcd 'router.*' --vcd-file " + word(folder / "a.vcd"));
    BOOST_TEST(ran.exit_code == 2);
    BOOST_TEST(ran.err.find("--vcd router.*: no stream of this machine matches") != std::string::npos,
               ran.err);
    BOOST_TEST(!std::filesystem::exists(folder / "out"));
    BOOST_TEST(!std::filesystem::exists(folder / "a.vcd"));
    const auto database = folder / "trace.db";
    BOOST_REQUIRE(run_program("run --network lenet5 --quiet --out " + word(folder / "out") + " --trace-db " +
                              word(database) + " --trace-module 'glb.*'")
                      .exit_code == 0);
    const auto replayed =
        run_program("vcd " + word(database) + " --signals 'noc.*' --out " + word(folder / "a.vcd"));
    BOOST_TEST(replayed.exit_code == 2);
    BOOST_TEST(replayed.err.find("no stream matches noc.*") != std::string::npos, replayed.err);
    BOOST_TEST(!std::filesystem::exists(folder / "a.vcd"));
}
