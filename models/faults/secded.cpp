#include "models/faults/secded.h"

#include <algorithm>
#include <bit>

namespace eyeriss::faults {

secded::secded(unsigned data_bits) : data_bits_(data_bits), hamming_bits_(0) {
    positions_.reserve(data_bits);
    for (unsigned position = 1; positions_.size() < data_bits; ++position) {
        if (std::has_single_bit(position)) {
            ++hamming_bits_;
        } else {
            positions_.push_back(static_cast<std::uint8_t>(position));
        }
    }
}

/// The exclusive or of the positions of all bits that are set, the overall parity left out.
unsigned secded::syndrome(const code_word& word) const {
    unsigned sum = 0;
    for (std::uint64_t rest = word.data; rest != 0; rest &= rest - 1) {
        sum ^= positions_[static_cast<unsigned>(std::countr_zero(rest))];
    }
    const unsigned hamming_mask = (1U << hamming_bits_) - 1;
    return sum ^ (word.check & hamming_mask);  // check bit j has position 2^j
}

secded::code_word secded::encode(std::uint64_t data) const {
    code_word word{data, 0};
    word.check = static_cast<std::uint8_t>(syndrome(word));
    const int parity = (std::popcount(word.data) + std::popcount(word.check)) & 1;
    word.check |= static_cast<std::uint8_t>(parity << hamming_bits_);
    return word;
}

secded::result secded::decode(const code_word& stored) const {
    const unsigned sum = syndrome(stored);
    const bool odd = ((std::popcount(stored.data) + std::popcount(stored.check)) & 1) != 0;
    if (!odd) return {sum == 0 ? word_state::clean : word_state::uncorrectable, stored.data};
    // An odd number of errors: one, whose position the syndrome names; 0 is the overall parity's own.
    if (sum == 0 || std::has_single_bit(sum)) return {word_state::corrected, stored.data};
    const auto found = std::ranges::lower_bound(positions_, sum);
    if (found == positions_.end() || *found != sum) return {word_state::uncorrectable, stored.data};
    return {word_state::corrected, stored.data ^ std::uint64_t{1} << (found - positions_.begin())};
}

void secded::flip(code_word& word, unsigned bit) const {
    if (bit < data_bits_) {
        word.data ^= std::uint64_t{1} << bit;
    } else {
        word.check = static_cast<std::uint8_t>(word.check ^ 1U << (bit - data_bits_));
    }
}

}  // namespace eyeriss::faults
