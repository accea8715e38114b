#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace eyeriss::noc {

/// Reads a cluster's configuration field after field, as it is shifted in: from the lowest bit of the first
/// word on, a field over the end of a word where it comes to lie so.
class config_fields {
public:
    /// `words`: the whole configuration, in which `first_word` is the cluster's first.
    config_fields(std::span<const std::uint32_t> words, std::size_t first_word)
        : words_(words), bit_(first_word * 32) {}

    /// The next `bits` (at most 32) as a number.
    [[nodiscard]] unsigned take(unsigned bits) {
        unsigned value = 0;
        for (unsigned i = 0; i < bits; ++i, ++bit_) value |= (words_[bit_ / 32] >> bit_ % 32 & 1U) << i;
        return value;
    }

private:
    std::span<const std::uint32_t> words_;
    std::size_t bit_;
};

}  // namespace eyeriss::noc
