#include "models/arch/timing/pe_pipeline.h"

#include <algorithm>
#include <bit>

namespace eyeriss::arch::timing {

namespace {

constexpr unsigned most_columns = 256;  ///< of a window; the parameters' ranges end below
constexpr unsigned mask_bits = 64;
constexpr unsigned published_stages = 7;

std::uint64_t bits_from(std::span<const std::uint64_t> bits, std::size_t begin) {
    const std::size_t word = begin / mask_bits;
    const unsigned shift = begin % mask_bits;
    const std::uint64_t low = bits[word] >> shift;
    return shift == 0 ? low : low | bits[word + 1] << (mask_bits - shift);
}

/// Cycles of the columns that a window's iacts look up, in order.
std::span<const std::uint16_t> picked_columns(const pe_job& job, unsigned window,
                                              std::array<std::uint16_t, most_columns>& buffer) {
    if (job.all_iacts) return job.column_cycles;
    const unsigned columns = std::min(job.columns(), most_columns);
    std::size_t count = 0;
    for (unsigned base = 0; base < columns; base += mask_bits) {
        const std::uint64_t mask = ~std::uint64_t{0} >> (mask_bits - std::min(columns - base, mask_bits));
        std::uint64_t rest = bits_from(job.nonzero, std::size_t{window} * job.step + base) & mask;
        for (; rest != 0; rest &= rest - 1) {
            buffer[count++] = job.column_cycles[base + static_cast<unsigned>(std::countr_zero(rest))];
        }
    }
    return std::span(buffer).first(count);
}

constexpr std::array<std::uint16_t, 1> no_iact{0};

}  // namespace

pe_pipeline::pe_pipeline(unsigned queue_columns, unsigned stages) : taken_(queue_columns), stages_(stages) {}

void pe_pipeline::reset(cycle_t cycle) {
    picked_ = read_ = looked_up_ = word_read_ = accumulated_ = before_ = cycle;
    first_ = cycle + 1;
    held_ = charged_until_ = cycle;
    std::fill(taken_.begin(), taken_.end(), cycle);
}

void pe_pipeline::begin_pass(cycle_t first) {
    first_ = std::max<cycle_t>(first + stages_, published_stages + 1) - published_stages;
    held_ = std::max(held_, first - 1);
    charged_until_ = std::max(charged_until_, first - 1);
}

void pe_pipeline::hold_accumulator(cycle_t until, bool charged) {
    held_ = std::max(held_, until);
    if (charged) charged_until_ = std::max(charged_until_, until);
}

/// The accumulator was empty: because stage 1 starved, or because columns are on their way or were dropped.
void pe_pipeline::charge_gap(cycle_t empty, const starving& starved, ledger& charged) {
    const cycle_t iact = std::min(empty, starved.iact);
    const cycle_t dram = std::min(empty - iact, starved.dram);
    charge(charged, cause::wait_iact, iact);
    charge(charged, cause::wait_dram, dram);
    charge(charged, cause::bubble, empty - iact - dram);
}

pe_pipeline::passage pe_pipeline::run(const pe_job& job, unsigned window, const supply& s, ledger& charged) {
    return taken_.size() == 2 ? run_window<true>(job, window, s, charged)
                              : run_window<false>(job, window, s, charged);
}

template <bool TwoPlaces>
pe_pipeline::passage pe_pipeline::run_window(const pe_job& job, unsigned window, const supply& s,
                                             ledger& charged) {
    std::array<std::uint16_t, most_columns> buffer;  // NOLINT(*-member-init): filled as far as it is read
    auto columns = picked_columns(job, window, buffer);
    if (columns.empty()) columns = no_iact;

    const cycle_t wanted = std::max({picked_ + 1, read_, first_});
    starving starved;
    if (s.ready > wanted) {
        starved.dram = std::max(wanted, std::min(s.ready, s.filled + 1)) - wanted;
        starved.iact = s.ready - wanted - starved.dram;
    }
    passage result;
    cycle_t picked = std::max(wanted, s.ready) - 1;
    cycle_t read = picked;
    cycle_t looked_up = looked_up_;
    cycle_t word_read = word_read_;
    cycle_t accumulated = accumulated_;
    cycle_t before = before_;
    cycle_t taken_1 = TwoPlaces ? taken_[oldest_] : 0;
    cycle_t taken_2 = TwoPlaces ? taken_[1 - oldest_] : 0;
    bool first_word = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool last = i + 1 == columns.size();
        picked = std::max(picked + 1, read);
        read = std::max(picked + 1, looked_up);
        const cycle_t look = read + 1;
        cycle_t words = columns[i];
        if (words == 0) {
            const bool end_goes_on = !first_word && word_read > look;
            if (!last || end_goes_on) {
                looked_up = look;
                continue;
            }
            charge(charged, cause::bubble, 1);
            words = 1;
        }
        cycle_t taken = 0;
        if constexpr (TwoPlaces) {
            looked_up = std::max(look, taken_1);
            taken = std::max(looked_up + 1, word_read);
            taken_1 = taken_2;
            taken_2 = taken;
        } else if (taken_.empty()) {
            looked_up = std::max(look, word_read == 0 ? 0 : word_read - 1);
            taken = std::max(looked_up + 1, word_read);
        } else {
            looked_up = std::max(look, taken_[oldest_]);
            taken = std::max(looked_up + 1, word_read);
            taken_[oldest_] = taken;
            oldest_ = oldest_ + 1 == taken_.size() ? 0 : oldest_ + 1;
        }
        // Two words may be between stage 5 and the accumulator. Once a column's first word is accumulated,
        // the others follow without a gap.
        const cycle_t first_read = std::max(taken + 1, before);
        cycle_t first = std::max(first_read + 2, accumulated + 1);
        if (first_word) {
            charge_gap(first - 1 - std::min(first - 1, charged_until_), starved, charged);
            result.blocked_after = std::max(first - 1, charged_until_);
            result.blocked_until = held_;
            first = std::max(first, held_ + 1);
        } else if (first > accumulated + 1) {
            charge(charged, cause::bubble, first - 1 - accumulated);
        }
        word_read = words == 1   ? first_read
                    : words == 2 ? std::max(first_read + 1, accumulated)
                                 : first + words - 3;
        before = words == 1 ? accumulated : first + words - 2;
        accumulated = first + words - 1;
        first_word = false;
    }
    picked_ = picked;
    read_ = read;
    looked_up_ = looked_up;
    word_read_ = word_read;
    accumulated_ = accumulated;
    before_ = before;
    charged_until_ = accumulated;
    if constexpr (TwoPlaces) {
        taken_[oldest_] = taken_1;
        taken_[1 - oldest_] = taken_2;
    }
    result.iacts_read = read;
    result.accumulated = accumulated;
    return result;
}

}  // namespace eyeriss::arch::timing
