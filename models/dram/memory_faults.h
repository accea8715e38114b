#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <tlm>
#include <utility>
#include <vector>

#include "models/faults/secded.h"

namespace eyeriss::dram {

/// Faults of a memory and, where it has them, its check bits (doc/reliability.md).
///
/// Without ECC a flip changes the stored bit and nothing else. With ECC each aligned 64-bit word has 8 check
/// bits (SECDED 72/64). They are kept for words that were hit alone: every other word's check bits are those
/// of its data by definition, so the two are the same. A word with one wrong bit is corrected where it is
/// read or partly written, and stored corrected; two wrong bits are answered with TLM_GENERIC_ERROR_RESPONSE
/// as often as the word is read or partly written. Writing a whole word makes it good. It takes no time
/// (A-ECC).
///
/// DMI is refused to the 4 KiB around each word that carries check bits of its own or errors on demand, so
/// that no access passes them by. Debug accesses see the stored bits; what they write is good.
class memory_faults {
public:
    static constexpr std::uint64_t block_bytes = 4096;  ///< what DMI is refused to

    memory_faults(std::span<std::uint8_t> memory, bool ecc);

    /// What became of a word that was not good: its address in the memory, and whether it was corrected.
    using observer = std::function<void(std::uint64_t address, bool corrected)>;
    void observe(observer o) { observer_ = std::move(o); }
    /// Called with the first and last byte of a block to which DMI is refused from now on.
    using dmi_withdrawal = std::function<void(std::uint64_t first, std::uint64_t last)>;
    void on_withdrawal(dmi_withdrawal w) { withdraw_ = std::move(w); }

    /// Inverts a bit of the 64-bit word at `address`: 0-63 data, 64-71 check bits (with ECC alone). With
    /// `access`, before the n-th transaction from now on that touches the word.
    void flip(std::uint64_t address, unsigned bit, std::uint64_t access = 0);
    /// Answers transactions with TLM_ADDRESS_ERROR_RESPONSE, those that touch `address` or, without one, any:
    /// `times` of them (0: all), beginning with number `access` from now on (0 and 1: the next).
    void fail(std::optional<std::uint64_t> address, unsigned times, std::uint64_t access = 0);

    /// To be asked before a transaction moves bytes. False when it moves none: its response is set.
    [[nodiscard]] bool admit(tlm::tlm_generic_payload& transaction);
    /// To be told of a debug write.
    void overwritten(std::uint64_t address, std::uint64_t bytes);
    /// Cuts a DMI grant to what lies around `address` between refused blocks. False when `address` itself is
    /// refused; the range is then its block.
    [[nodiscard]] bool limit(tlm::tlm_dmi& dmi, std::uint64_t address) const;

    [[nodiscard]] std::uint64_t corrected() const { return corrected_; }
    [[nodiscard]] std::uint64_t uncorrectable() const { return uncorrectable_; }

private:
    struct pending_flip {
        std::uint64_t word = 0;
        unsigned bit = 0;
        std::uint64_t access = 0;
    };
    struct failure {
        std::optional<std::uint64_t> address;
        unsigned times = 1;
        std::uint64_t access = 0;
    };
    [[nodiscard]] std::uint64_t stored(std::uint64_t word) const;
    void store(std::uint64_t word, std::uint64_t data);
    void flip_now(std::uint64_t word, unsigned bit);
    void flip_due(std::uint64_t first, std::uint64_t last);
    bool fails(std::uint64_t first, std::uint64_t last);
    bool check_word(std::uint64_t word);
    void refuse_dmi(std::uint64_t address);
    [[nodiscard]] bool is_refused(std::uint64_t block) const;

    std::span<std::uint8_t> memory_;
    bool ecc_;
    faults::secded code_;
    std::map<std::uint64_t, std::uint8_t> checks_;  ///< check bits of words that were hit, by word
    std::vector<pending_flip> pending_;
    std::vector<failure> failures_;
    observer observer_;
    dmi_withdrawal withdraw_;
    std::uint64_t corrected_ = 0, uncorrectable_ = 0;
};

}  // namespace eyeriss::dram
