// What a channel decides to do next.
#include <bit>

#include "models/dram/channel.h"

namespace eyeriss::dram {

void channel::choose() {
    plan_ = {};
    blocked_ = 0;
    choose_direction();
    for (unsigned r = 0; r < engine_.ranks(); ++r) {
        if (refresh_[r].owed > 0 && refresh_forced(r)) {
            if (parameters_.refresh == refresh_mode::all_bank) {
                consider_refresh(r);
            } else {
                consider_bank_refresh(r);
            }
        }
    }
    consider_bursts();
    planned_ = true;
}

void channel::choose_direction() {
    if (parameters_.order == scheduler::fcfs) {
        writing_ = writes_.in_window() != 0;
    } else if (writing_ ? leave_writes() : leave_reads()) {
        turn(!writing_);
    }
}

bool channel::leave_reads() const {
    if (writes_.in_window() == 0 || reads_.in_window() == 0) {
        return writes_.in_window() != 0;
    }
    const bool had_turn = served_ >= parameters_.write_high - parameters_.write_low;
    return had_turn && (writes_.size() >= parameters_.write_high || starves(writes_));
}

bool channel::leave_writes() const {
    if (writes_.in_window() == 0 || reads_.in_window() == 0) {
        return reads_.in_window() != 0;
    }
    return writes_.size() <= drain_to_ || served_ >= parameters_.write_high - parameters_.write_low;
}

void channel::turn(bool to_writes) {
    const bool for_age = to_writes && writes_.size() < parameters_.write_high && starves(writes_);
    drain_to_ = for_age ? 0 : parameters_.write_low;
    writing_ = to_writes;
    served_ = 0;
}

bool channel::starves(const burst_queue& q) const {
    return q.oldest() != burst_queue::none && time_ - q.at(q.oldest()).arrival > parameters_.starvation;
}

void channel::consider(const plan& p) {
    if (p.at < plan_.at || (p.at == plan_.at && p.key < plan_.key)) {
        plan_ = p;
    }
}

void channel::consider_bursts() {
    const burst_queue& q = queue(writing_);
    const std::uint32_t starving = starves(q) ? q.oldest() : burst_queue::none;
    for (std::uint64_t mask = q.banks() & ~blocked_; mask != 0; mask &= mask - 1) {
        consider_bank(static_cast<unsigned>(std::countr_zero(mask)), starving);
    }
}

void channel::consider_bank(unsigned bank, std::uint32_t starving) {
    const burst_queue& q = queue(writing_);
    candidate& c = candidates_[writing_ ? 1 : 0][bank];
    if (!c.fresh || starving != burst_queue::none) {
        refresh_candidate(bank, c, q, starving);
    }
    const clock_count at = std::max(engine_.earliest(c.what, bank), time_);
    if (at <= plan_.at) {
        const auto precedence = c.place == starving ? precedence_of::starving
                                : is_column(c.what) ? precedence_of::column
                                                    : precedence_of::row;
        consider({at, key(precedence, q.order(c.place)), c.place, bank, c.what});
    }
}

void channel::refresh_candidate(unsigned bank, candidate& c, const burst_queue& q,
                                std::uint32_t starving) const {
    const std::int64_t open = engine_.open_row(bank);
    const bool must = starving != burst_queue::none && q.at(starving).bank == bank;
    c.place = must ? starving : open == bank_engine::no_row ? q.oldest_of(bank) : q.oldest_hit(bank, open);
    if (c.place == burst_queue::none) {
        c.place = q.oldest_of(bank);
    }
    const burst& b = q.at(c.place);
    if (open == bank_engine::no_row) {
        c.what = command::activate;
    } else if (open != b.row) {
        c.what = command::precharge;
    } else {
        c.what = !b.is_write ? command::read : b.masked ? command::masked_write : command::write;
    }
    c.fresh = !must;
}

std::uint64_t channel::rank_mask(unsigned rank) const {
    const unsigned banks = engine_.banks_per_rank();
    const std::uint64_t one_rank = banks == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << banks) - 1;
    return one_rank << (rank * banks);
}

bool channel::rank_wanted(unsigned rank) const {
    return ((reads_.banks() | writes_.banks()) & rank_mask(rank)) != 0;
}

bool channel::refresh_forced(unsigned rank) const {
    return refresh_[rank].owed > parameters_.postponed_refreshes || !rank_wanted(rank);
}

void channel::consider_refresh(unsigned rank) {
    const unsigned first = rank * engine_.banks_per_rank();
    blocked_ |= rank_mask(rank);
    const command what = engine_.open_banks(rank) != 0 ? command::precharge_all : command::refresh_all;
    clock_count at = time_;
    for (unsigned b = first; b < first + engine_.banks_per_rank(); ++b) {
        at = std::max(at, engine_.earliest(what, b));
    }
    consider({at, key(precedence_of::refresh, 0), burst_queue::none, first, what});
}

void channel::consider_bank_refresh(unsigned rank) {
    const unsigned bank = rank * engine_.banks_per_rank() + refresh_[rank].next_bank;
    blocked_ |= std::uint64_t{1} << bank;
    const command what =
        engine_.open_row(bank) != bank_engine::no_row ? command::precharge : command::refresh_bank;
    consider({std::max(engine_.earliest(what, bank), time_), key(precedence_of::refresh, 0),
              burst_queue::none, bank, what});
}

}  // namespace eyeriss::dram
