#include "tests/reference/random_tile.h"

#include <algorithm>

namespace eyeriss::reference {
namespace {

constexpr int iact_entries = 16, weight_columns = 16;
constexpr std::size_t weight_words = 96;

std::vector<int> sparse(std::mt19937& random, std::size_t size, int low, int high) {
    const int percent = std::uniform_int_distribution(0, 100)(random);
    std::uniform_int_distribution draw(1, 100), value(low, high);
    std::vector<int> values(size);
    for (int& v : values)
        if (draw(random) <= percent) v = value(random);
    return values;
}

bool fits(const pe_work& w) {
    const auto tile = w.raw_weights ? raw_weights(w.weights, w.rows, w.columns())
                                    : compress_weights(w.weights, w.rows, w.columns());
    std::size_t words = 0;
    for (const auto& column : tile.columns) words += column.size();
    return words <= weight_words;
}

void fill_empty_columns(std::mt19937& random, pe_work& w) {
    std::uniform_int_distribution some_row(0, w.rows - 1);
    for (int column = 0; column < w.columns(); ++column) {
        int stored = 0;
        for (int row = 0; row < w.rows; ++row) stored += w.weights[row * w.columns() + column] != 0 ? 1 : 0;
        if (stored == 0) w.weights[some_row(random) * w.columns() + column] = 1;
    }
}

}  // namespace

pe_work random_tile(std::mt19937& random, const tile_limits& limits) {
    const auto upto = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
    while (true) {
        const int stride = upto(1, 4), filter = upto(1, 11);
        pe_work w;
        w.rows = upto(limits.fewest_rows, 32);
        w.window_segments = (filter + stride - 1) / stride;
        const int segments = w.window_segments + (limits.always_ahead ? 1 : 0);
        const int most = std::min(iact_entries / (segments * stride), weight_columns / filter);
        if (most < 1 || segments > 9) continue;
        const int channels = upto(1, most);
        w.segment_values = channels * stride;
        w.raw_weights = limits.raw_weights && upto(0, 3) == 0;
        w.raw_iacts = limits.raw_iacts && upto(0, 3) == 0;
        w.weights = sparse(random, static_cast<std::size_t>(w.rows) * channels * filter, -128, 127);
        if (!limits.empty_columns) fill_empty_columns(random, w);
        const int segments_sent = upto(1, 20) + w.window_segments - 1;
        w.iacts = sparse(random, static_cast<std::size_t>(segments_sent) * w.segment_values, -128, 127);
        if (fits(w)) return w;
    }
}

std::vector<pe_work> random_chain(std::mt19937& random, const tile_limits& limits, int length) {
    std::vector<pe_work> chain{random_tile(random, limits)};
    while (static_cast<int>(chain.size()) < length) {
        pe_work w = chain.front();
        w.weights = sparse(random, w.weights.size(), -128, 127);
        if (!limits.empty_columns) fill_empty_columns(random, w);
        w.iacts = sparse(random, w.iacts.size(), -128, 127);
        if (fits(w)) chain.push_back(w);
    }
    return chain;
}

}  // namespace eyeriss::reference
