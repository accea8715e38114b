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

cycle_t work_of_window(const pe_job& job, unsigned window) {
    std::array<std::uint16_t, most_columns> buffer;  // NOLINT(*-member-init): filled as far as it is read
    cycle_t work = 0;
    for (const std::uint16_t cycles : picked_columns(job, window, buffer)) work += cycles;
    return std::max<cycle_t>(work, 1);
}

pe_pipeline::pe_pipeline(unsigned queue_columns, unsigned stages) : stages_(stages) {
    at_.taken.resize(queue_columns);
}

void pe_pipeline::reset(cycle_t cycle) {
    at_.read = at_.looked_up = at_.word_read = at_.accumulated = at_.before = cycle;
    at_.first = cycle + 1;
    at_.held = at_.charged_until = cycle;
    std::fill(at_.taken.begin(), at_.taken.end(), cycle);
}

void pe_pipeline::begin_pass(cycle_t first) {
    at_.first = std::max<cycle_t>(first + stages_, published_stages + 1) - published_stages;
    at_.held = std::max(at_.held, first - 1);
    at_.charged_until = std::max(at_.charged_until, first - 1);
}

void pe_pipeline::hold_accumulator(cycle_t until, bool charged) {
    at_.held = std::max(at_.held, until);
    if (charged) at_.charged_until = std::max(at_.charged_until, until);
}

/// The accumulator was empty: because stage 1 starved, or because columns are on their way or were dropped.
void pe_pipeline::charge_gap(cycle_t empty, const starving& starved, ledger& charged) {
    const cycle_t iact = std::min(empty, starved.iact);
    const cycle_t dram = std::min(empty - iact, starved.dram);
    charge(charged, cause::wait_iact, iact);
    charge(charged, cause::wait_dram, dram);
    charge(charged, cause::bubble, empty - iact - dram);
}

/// A column goes from stage 3, where it is looked up in cycle `look`, over the queue to stage 5. Returns the
/// cycle in which stage 5 takes it.
cycle_t pe_pipeline::queue_column(cycle_t look) {
    if (at_.taken.empty()) {
        at_.looked_up = std::max(look + 1, at_.word_read) - 1;
        return std::max(at_.looked_up + 1, at_.word_read);
    }
    at_.looked_up = std::max(look, at_.taken.front());
    std::shift_left(at_.taken.begin(), at_.taken.end(), 1);
    at_.taken.back() = std::max(at_.looked_up + 1, at_.word_read);
    return at_.taken.back();
}

/// Words of a column whose first one is read in `first_read` and accumulated in `first`. Two words may be
/// between stage 5 and the accumulator; once a column's first word is accumulated, the others follow without
/// a gap.
void pe_pipeline::accumulate_column(cycle_t words, cycle_t first_read, cycle_t first) {
    at_.word_read = words == 1   ? first_read
                    : words == 2 ? std::max(first_read + 1, at_.accumulated)
                                 : first + words - 3;
    at_.before = words == 1 ? at_.accumulated : first + words - 2;
    at_.accumulated = first + words - 1;
}

pe_pipeline::passage pe_pipeline::run(const pe_job& job, unsigned window, const supply& s, ledger& charged) {
    std::array<std::uint16_t, most_columns> buffer;  // NOLINT(*-member-init): filled as far as it is read
    auto columns = picked_columns(job, window, buffer);
    if (columns.empty()) columns = no_iact;

    const cycle_t wanted = std::max(at_.read, at_.first);
    starving starved;
    if (s.ready > wanted) {
        starved.dram = std::max(wanted, std::min(s.ready, s.filled + 1)) - wanted;
        starved.iact = s.ready - wanted - starved.dram;
    }
    // Stage 1 picks an iact when stage 2 has read the one before, stage 2 reads it when stage 3 has handed
    // that one on; so only the first iact of a window has times of its own there.
    cycle_t read = std::max(std::max(wanted, s.ready) + 1, at_.looked_up);
    std::size_t i = 0;
    for (; columns[i] == 0 && i + 1 < columns.size(); ++i) read = at_.looked_up = read + 1;

    const auto at_least_one = [&charged](cycle_t words) {
        if (words == 0) charge(charged, cause::bubble, 1);
        return std::max<cycle_t>(words, 1);
    };
    passage result;
    cycle_t first_read = std::max(queue_column(read + 1) + 1, at_.before);
    cycle_t first = std::max(first_read + 2, at_.accumulated + 1);
    charge_gap(first - 1 - std::min(first - 1, at_.charged_until), starved, charged);
    result.blocked_after = std::max(first - 1, at_.charged_until);
    result.blocked_until = at_.held;
    accumulate_column(at_least_one(columns[i]), first_read, std::max(first, at_.held + 1));

    for (++i; i < columns.size(); ++i) {
        read = at_.looked_up;
        const cycle_t look = read + 1;
        if (columns[i] == 0 && (i + 1 < columns.size() || at_.word_read > look)) {
            at_.looked_up = look;
            continue;
        }
        first_read = std::max(queue_column(look) + 1, at_.before);
        first = std::max(first_read + 2, at_.accumulated + 1);
        charge(charged, cause::bubble, first - 1 - at_.accumulated);
        accumulate_column(at_least_one(columns[i]), first_read, first);
    }
    at_.read = read;
    at_.charged_until = at_.accumulated;
    result.iacts_read = read;
    result.accumulated = at_.accumulated;
    return result;
}

}  // namespace eyeriss::arch::timing
