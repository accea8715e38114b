#include "tests/reference/operands.h"

namespace eyeriss::reference {
namespace {

constexpr int word_bits = 24;
constexpr int longest_run = 15;
constexpr int ends_in_a_word = 3;

int words_of(int bits) {
    return (bits + word_bits - 1) / word_bits;
}

std::vector<weight_word> in_words(const std::vector<stored_weight>& stored) {
    std::vector<weight_word> words((stored.size() + 1) / 2);
    for (std::size_t i = 0; i < stored.size(); ++i) words[i / 2].lane[i % 2] = stored[i];
    return words;
}

std::vector<stored_weight> compress_column(std::span<const int> matrix, int rows, int columns, int column) {
    std::vector<stored_weight> stored;
    int zeros = 0;
    for (int row = 0; row < rows; ++row) {
        const int value = matrix[static_cast<std::size_t>(row) * columns + column];
        if (value == 0) {
            ++zeros;
            continue;
        }
        for (int first = row - zeros; zeros > longest_run; zeros -= longest_run + 1) {
            first += longest_run;
            stored.push_back({first++, 0});
        }
        stored.push_back({row, value});
        zeros = 0;
    }
    return stored;
}

}  // namespace

weight_tile compress_weights(std::span<const int> matrix, int rows, int columns) {
    weight_tile tile{rows, {}, (columns + ends_in_a_word - 1) / ends_in_a_word};
    for (int column = 0; column < columns; ++column) {
        tile.columns.push_back(in_words(compress_column(matrix, rows, columns, column)));
        tile.network_words += static_cast<int>(tile.columns.back().size());
    }
    return tile;
}

weight_tile raw_weights(std::span<const int> matrix, int rows, int columns) {
    weight_tile tile{rows, {}, words_of(8 * columns * (rows + rows % 2))};
    for (int column = 0; column < columns; ++column) {
        std::vector<stored_weight> stored;
        for (int row = 0; row < rows; ++row)
            stored.push_back({row, matrix[static_cast<std::size_t>(row) * columns + column]});
        tile.columns.push_back(in_words(stored));
    }
    return tile;
}

iact_segment compress_iacts(std::span<const int> values) {
    iact_segment segment;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0) segment.entries.push_back({static_cast<int>(i), values[i]});
    segment.bits = 4 + 12 * static_cast<int>(segment.entries.size());
    return segment;
}

iact_segment raw_iacts(std::span<const int> values) {
    iact_segment segment;
    for (std::size_t i = 0; i < values.size(); ++i)
        segment.entries.push_back({static_cast<int>(i), values[i]});
    segment.bits = 8 * static_cast<int>(values.size());
    return segment;
}

void pack(std::span<iact_segment> stream) {
    int bits = 0;
    for (iact_segment& segment : stream) {
        segment.network_words = words_of(bits + segment.bits) - words_of(bits);
        bits += segment.bits;
    }
}

}  // namespace eyeriss::reference
