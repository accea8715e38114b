#define BOOST_TEST_MODULE study_page
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "tests/sims/program.h"

using namespace eyeriss::test;

namespace {

/// A command of the page, and the tables that follow it up to the next text.
struct shown {
    std::string command, tables;
};

const std::string scripts = "    sims/studies/";

std::vector<shown> commands_of_page() {
    std::istringstream page(read_text(std::filesystem::path(EYERISS_SOURCE) / "doc/noc_study.md"));
    std::vector<shown> all;
    bool follows = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with(scripts)) {
            all.push_back({line.substr(scripts.size()), ""});
            follows = true;
        } else if (follows && (line.empty() || line.front() == '|')) {
            if (!line.empty()) all.back().tables += line + '\n';
        } else {
            follows = false;
        }
    }
    return all;
}

/// What a script of sims/studies prints, its tables alone. A chart or a CSV is not drawn.
std::string tables_of(const std::string& command) {
    std::istringstream words(command);
    std::string script, program, arguments;
    words >> script >> program;
    BOOST_TEST(program == "eyeriss-vp");
    for (std::string argument; words >> argument;) {
        if (argument == "--chart" || argument == "--csv") {
            words >> argument;
        } else {
            arguments += ' ' + argument;
        }
    }
    const temporary_folder folder;
    const auto file = folder / "tables";
    const auto line = fmt::format("cd {} && sh {} {}{} >{}", word(folder.path()),
                                  word(std::filesystem::path(EYERISS_SOURCE) / "sims/studies" / script),
                                  word(EYERISS_VP_PROGRAM), arguments, word(file));
    BOOST_TEST(std::system(line.c_str()) == 0, line);
    std::istringstream printed(read_text(file));
    std::string tables;
    for (std::string row; std::getline(printed, row);) {
        if (row.starts_with('|')) tables += row + '\n';
    }
    return tables;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_table_is_what_the_command_above_it_prints) {
    const auto all = commands_of_page();
    BOOST_TEST(all.size() == 7U);
    for (const auto& [command, tables] : all) {
        BOOST_TEST(tables != "", command);
        BOOST_TEST(tables_of(command) == tables, command);
    }
}
