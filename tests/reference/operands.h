#pragma once

#include <span>
#include <vector>

/// What is stored in a PE's SPads and how many words it is on the network: compressed sparse columns as in
/// doc/assumptions.md (A-CSC-RUN, A-CSC-END, A-IACT-BITS), or raw values (A-DENSE).
namespace eyeriss::reference {

/// A stored weight; row -1 is the all-zero pair that fills an odd column.
struct stored_weight {
    int row = -1;
    int value = 0;
};

/// 24 bits of the weight data SPad: what the two lanes get in a cycle.
struct weight_word {
    stored_weight lane[2];
};

/// The weights of a PE: one list of words for each column.
struct weight_tile {
    int rows = 0;
    std::vector<std::vector<weight_word>> columns;
    int network_words = 0;  ///< address words and data words
};

/// A stored iact: its place in the segment and its value.
struct stored_iact {
    int place = 0;
    int value = 0;
};

/// C0 x U iacts, of which the stored ones are listed.
struct iact_segment {
    std::vector<stored_iact> entries;
    int bits = 0;           ///< on the network
    int network_words = 0;  ///< that its stream takes up to its end, less those up to its begin
};

/// Compresses a rows x columns matrix, given row by row.
weight_tile compress_weights(std::span<const int> matrix, int rows, int columns);
/// The same matrix in dense mode: columns filled up to an even number of rows.
weight_tile raw_weights(std::span<const int> matrix, int rows, int columns);
/// Drops the zeros: a 4-bit end and 12 bits a value.
iact_segment compress_iacts(std::span<const int> values);
/// Keeps the zeros: 8 bits a value.
iact_segment raw_iacts(std::span<const int> values);
/// Packs a stream's segments without gaps into 24-bit words. A segment that ends in the word in which the one
/// before it ended takes none of its own.
void pack(std::span<iact_segment> stream);

}  // namespace eyeriss::reference
