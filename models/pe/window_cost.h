#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "models/arch/timing/pass_timing.h"
#include "models/pe/operands.h"

namespace eyeriss::pe {

using arch::timing::window_work;

/// Counts what a window costs from the positions of the zeros alone.
///
/// The weight-address stage looks up one non-zero iact a cycle, up to `queue` columns ahead of the
/// weight-data stage; that stage delivers one word (two weights) a cycle. An empty column never reaches it,
/// and costs a bubble only when it has run dry (JETCAS 9(2), 2019, section IV-B). With one MAC a PE a word of
/// two weights takes two cycles.
class window_coster {
public:
    struct cost {
        window_work work;
        std::uint32_t products = 0;   ///< multiplications done, stored zeros not counted
        std::uint32_t effectual = 0;  ///< those whose iact lies in the image
        std::uint32_t iacts = 0;      ///< iact SPad reads
        std::uint32_t words = 0;      ///< weight SPad reads
    };

    window_coster(const iact_operands& iacts, const weight_operands& weights, unsigned queue)
        : iacts_(iacts), weights_(weights), queue_(queue) {}

    /// The window whose first value is number `begin` of the row, `columns` values long (at most 64).
    [[nodiscard]] cost window(std::size_t begin, unsigned columns) const {
        const std::uint64_t all = columns >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << columns) - 1;
        const std::uint64_t nonzero = bits(begin) & all;
        const std::uint64_t read = iacts_.dense ? all : nonzero;
        cost c;
        c.iacts = static_cast<std::uint32_t>(std::popcount(read));
        std::uint64_t sums = 0;
        for (std::uint64_t rest = read; rest != 0; rest &= rest - 1) {
            sums += weights_.column_sums[static_cast<unsigned>(std::countr_zero(rest))];
        }
        c.work.both = static_cast<std::uint16_t>(sums);
        c.work.single = static_cast<std::uint16_t>(sums >> 16);
        c.work.stored_zero = static_cast<std::uint16_t>(sums >> 32);
        c.words = unsigned{c.work.both} + c.work.single + c.work.stored_zero;
        c.products = static_cast<std::uint32_t>(sums >> 48);
        c.effectual = inside(begin, columns) && read == nonzero ? c.products : effectual(nonzero, begin);
        c.work.bubbles = static_cast<std::uint16_t>(weights_.empty_columns ? bubbles(read)
                                                    : c.words == 0         ? 1U
                                                                           : 0U);
        return c;
    }

private:
    [[nodiscard]] std::uint64_t bits(std::size_t begin) const {
        const std::size_t word = begin / 64;
        const unsigned shift = begin % 64;
        const std::uint64_t low = iacts_.nonzero[word] >> shift;
        return shift == 0 ? low : low | iacts_.nonzero[word + 1] << (64 - shift);
    }

    [[nodiscard]] bool inside(std::size_t begin, unsigned columns) const {
        return begin >= iacts_.inside_begin && begin + columns <= iacts_.inside_end;
    }

    [[nodiscard]] std::uint32_t effectual(std::uint64_t nonzero, std::size_t begin) const {
        std::uint32_t products = 0;
        for (std::uint64_t rest = nonzero; rest != 0; rest &= rest - 1) {
            const auto k = static_cast<unsigned>(std::countr_zero(rest));
            if (begin + k >= iacts_.inside_begin && begin + k < iacts_.inside_end) {
                products += static_cast<std::uint32_t>(weights_.column_sums[k] >> 48);
            }
        }
        return products;
    }

    /// Cycles in which the data stage waits, from the first look-up to the window's end. A window takes at
    /// least one.
    [[nodiscard]] unsigned bubbles(std::uint64_t read) const {
        constexpr unsigned longest_queue = 16;
        std::array<unsigned, longest_queue> started{};
        unsigned columns = 0;
        unsigned look_up = 0;  // cycle of the next look-up
        unsigned free = 0;     // cycle in which the data stage can take the next column
        unsigned waited = 0;
        for (; read != 0; read &= read - 1) {
            const unsigned words = weights_.column_words[static_cast<unsigned>(std::countr_zero(read))];
            if (columns >= queue_) look_up = std::max(look_up, started[(columns - queue_) % longest_queue]);
            if (words != 0) {
                const unsigned start = std::max(free, look_up);
                waited += start - free;
                free = start + words;
                started[columns++ % longest_queue] = start;
            }
            ++look_up;
        }
        const unsigned end = std::max({free, look_up, 1U});
        return waited + end - free;
    }

    const iact_operands& iacts_;
    const weight_operands& weights_;
    unsigned queue_;
};

}  // namespace eyeriss::pe
