#pragma once

#include <cstdint>
#include <vector>

namespace eyeriss::faults {

/// How a code word was found.
enum class word_state : std::uint8_t { clean, corrected, uncorrectable };

/// Single-error-correcting, double-error-detecting code: Hamming's code with an overall parity bit, shortened
/// to words of 1 to 64 bits (R. W. Hamming, "Error Detecting and Error Correcting Codes", 1950; 72/64 and
/// 39/32 are its usual sizes).
///
/// Bit i of a code word is data bit i, bit data_bits + j is check bit j; the last is the overall parity.
/// Every single error is corrected and every double error detected; three and more may be taken for a single
/// one.
class secded {
public:
    static constexpr unsigned most_data_bits = 64;

    explicit secded(unsigned data_bits);

    [[nodiscard]] unsigned data_bits() const { return data_bits_; }
    /// Check bits, the overall parity included: 8 for 64 data bits, 7 for 32.
    [[nodiscard]] unsigned check_bits() const { return hamming_bits_ + 1; }

    struct code_word {
        std::uint64_t data = 0;
        std::uint8_t check = 0;
        bool operator==(const code_word&) const = default;
    };
    [[nodiscard]] code_word encode(std::uint64_t data) const;

    struct result {
        word_state state = word_state::clean;
        std::uint64_t data = 0;  ///< as stored when uncorrectable
    };
    [[nodiscard]] result decode(const code_word& stored) const;

    /// Inverts a bit of a code word; `bit` is below data_bits() + check_bits().
    void flip(code_word& word, unsigned bit) const;

private:
    [[nodiscard]] unsigned syndrome(const code_word& word) const;

    unsigned data_bits_;
    unsigned hamming_bits_;
    std::vector<std::uint8_t> positions_;  ///< of each data bit in Hamming's numbering, from 1
};

}  // namespace eyeriss::faults
