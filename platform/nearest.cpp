#include "platform/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace eyeriss::platform {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replace = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, replace});
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> words) {
    const auto best = std::min_element(words.begin(), words.end(), [&](const auto& a, const auto& b) {
        return edit_distance(word, a) < edit_distance(word, b);
    });
    return best == words.end() ? std::string{} : *best;
}

}  // namespace eyeriss::platform
