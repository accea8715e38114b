// Carrying a channel's decisions out, and counting what they cost.
#include <algorithm>

#include "models/dram/channel.h"

namespace eyeriss::dram {

void channel::execute() {
    const plan p = plan_;
    account(p.at);
    time_ = p.at;
    if (p.place != burst_queue::none) {
        serve(p);
        return;
    }
    issue(p.what, p.bank, 0);
    refresh_state& r = refresh_[engine_.rank_of(p.bank)];
    if (p.what == command::refresh_all) {
        --r.owed;
        refresh_until_ = time_ + part_.timings.rfc;
        counts_.ranks[engine_.rank_of(p.bank)].refreshing += part_.timings.rfc;
        r.done = refresh_until_;
    } else if (p.what == command::refresh_bank) {
        --r.owed;
        r.next_bank = (r.next_bank + 1) % engine_.banks_per_rank();
    }
}

void channel::serve(const plan& p) {
    burst_queue& q = queue(writing_);
    burst& waiting = q.at(p.place);
    learn(p, waiting);
    if (!is_column(p.what)) {
        (p.what == command::activate ? waiting.activated : waiting.precharged) = true;
        issue(p.what, p.bank, waiting.row, waiting.origin);
        return;
    }
    const burst b = waiting;
    q.remove(p.place);
    auto& bank = counts_.banks[p.bank];
    ++(b.precharged ? bank.conflicts : b.activated ? bank.misses : bank.hits);
    (b.is_write ? counts_.write_groups : counts_.read_groups) += served_ == 0 ? 1 : 0;
    ++served_;
    ++(b.is_write ? counts_.write_bursts : counts_.read_bursts);
    data_until_ = time_ + part_.burst_clocks();
    if (!b.is_write) {
        complete(time_ + part_.read_clocks() + parameters_.phy, b.owner);
    }
    const auto closing = static_cast<command>(index(p.what) + 1);
    issue(close_after(b) ? closing : p.what, p.bank, b.row, b.origin);
}

/// Adaptive page policy: a row that had to be closed for another should have closed itself; a row that is
/// opened again should have stayed.
void channel::learn(const plan& p, const burst& b) {
    constexpr unsigned sure = 3;
    bank_memory& m = memory_[p.bank];
    if (p.what == command::precharge && m.prefer_closed < sure) {
        ++m.prefer_closed;
    } else if (p.what == command::activate) {
        if (m.closed_itself && m.last_row == b.row && m.prefer_closed > 0) {
            --m.prefer_closed;
        }
        m.last_row = b.row;
        m.closed_itself = false;
    }
}

bool channel::close_after(const burst& b) const {
    constexpr unsigned likely = 2;
    const bool wanted =
        parameters_.page == page_policy::closed ||
        (parameters_.page == page_policy::adaptive && memory_[b.bank].prefer_closed >= likely);
    return wanted && reads_.oldest_hit(b.bank, b.row) == burst_queue::none &&
           writes_.oldest_hit(b.bank, b.row) == burst_queue::none;
}

void channel::issue(command c, unsigned bank, std::int64_t row, std::uint64_t origin) {
    const unsigned banks = engine_.banks_per_rank();
    if (c == command::precharge_all || c == command::refresh_all) {
        for (unsigned b = bank; b < bank + banks; ++b) {
            forget(b);
            if (c == command::precharge_all && engine_.open_row(b) != bank_engine::no_row) {
                closed(b, time_);
            }
        }
    } else if (c == command::activate) {
        opened(bank);
    } else if (c == command::precharge) {
        closed(bank, time_);
    } else if (closes_row_itself(c)) {
        const auto& t = part_.timings;
        memory_[bank].closed_itself = true;
        closed(bank, is_read(c) ? std::max(time_ + t.rtp, memory_[bank].opened_at + t.ras)
                                : time_ + t.cwl + t.dqss + part_.burst_clocks() + t.wr);
    }
    forget(bank);
    engine_.issue(c, bank, row, time_);
    ++counts_.banks[bank].commands[index(c)];
    if (observer_) {
        observer_({time_, c, bank, row, origin});
    }
}

void channel::opened(unsigned bank) {
    memory_[bank].opened_at = time_;
    const unsigned rank = engine_.rank_of(bank);
    if (engine_.open_banks(rank) == 0) {
        activity_[rank].since = std::max(time_, activity_[rank].covered);
        activity_[rank].opened_until = time_;
    }
}

/// Rows that close themselves do so later than their command; a rank is active until its last row is closed.
void channel::closed(unsigned bank, clock_count at) {
    const unsigned rank = engine_.rank_of(bank);
    activity& a = activity_[rank];
    counts_.banks[bank].open += at - memory_[bank].opened_at;
    ++counts_.ranks[rank].bank_closings;
    a.opened_until = std::max(a.opened_until, at);
    unsigned others = 0;
    for (unsigned b = 0; b < engine_.banks_per_rank(); ++b) {
        const unsigned other = rank * engine_.banks_per_rank() + b;
        others += other != bank && engine_.open_row(other) != bank_engine::no_row ? 1 : 0;
    }
    if (others == 0) {
        a.covered = std::max(a.covered, a.opened_until);
        counts_.ranks[rank].active += std::max<clock_count>(0, a.covered - a.since);
    }
}

void channel::account(clock_count until) {
    if (until <= accounted_) {
        return;
    }
    clock_count from = accounted_;
    const auto part_until = [&](clock_count end) {
        const clock_count length = std::clamp<clock_count>(end - from, 0, until - from);
        from += length;
        return length;
    };
    counts_.data += part_until(data_until_);
    counts_.refresh += part_until(refresh_until_);
    (reads_.in_window() + writes_.in_window() != 0 ? counts_.waiting : counts_.idle) += until - from;
    accounted_ = until;
}

channel_statistics channel::statistics(clock_count until) {
    account(until);
    channel_statistics out = counts_;
    out.clocks = accounted_;
    for (unsigned b = 0; b < engine_.banks(); ++b) {
        if (engine_.open_row(b) != bank_engine::no_row) {
            out.banks[b].open += accounted_ - memory_[b].opened_at;
        }
    }
    for (unsigned r = 0; r < engine_.ranks(); ++r) {
        auto& rank = out.ranks[r];
        if (engine_.open_banks(r) != 0) {
            rank.active += std::max<clock_count>(0, accounted_ - activity_[r].since);
        }
        rank.refreshing = std::min(rank.refreshing, accounted_) -
                          std::clamp<clock_count>(refresh_[r].done - accounted_, 0, part_.timings.rfc);
        rank.active = std::min(rank.active, accounted_ - rank.refreshing);
        rank.precharged = accounted_ - rank.refreshing - rank.active;
    }
    return out;
}

}  // namespace eyeriss::dram
