#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "tests/sims/temporary_folder.h"

namespace eyeriss::test {

/// The campaign's part of doc/reliability.md: from its "Made by" line to the end.
inline std::string committed_campaign() {
    const auto text = read_text(EYERISS_DOC_FOLDER "/reliability.md");
    return text.substr(text.find("Made by `eyeriss-vp reliability"));
}

/// Rows of a Markdown table as cells; the head and the rule are left out.
inline std::vector<std::vector<std::string>> table_rows(const std::string& text) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| ") || line.starts_with("| fault ")) continue;
        std::istringstream cells(line.substr(2));
        auto& row = rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, '|');) {
            const auto last = cell.find_last_not_of(' ');
            const auto first = cell.find_first_not_of(' ');
            row.push_back(last == std::string::npos ? "" : cell.substr(first, last - first + 1));
        }
    }
    return rows;
}

}  // namespace eyeriss::test
