#include "models/dram/bank_engine.h"

#include <fmt/format.h>

#include <bit>
#include <stdexcept>

namespace eyeriss::dram {
namespace {

constexpr std::array<std::uint8_t, command_count> slot_numbers{0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7};

}  // namespace

bank_engine::bank_engine(const part& p, unsigned ranks, const std::vector<constraint>& table)
    : rank_shift_(static_cast<unsigned>(std::countr_zero(p.geometry.banks()))),
      group_shift_(static_cast<unsigned>(std::countr_zero(p.geometry.banks_per_group))),
      slot_(slot_numbers) {
    const std::size_t banks = std::size_t{ranks} * p.geometry.banks();
    if (ranks == 0 || banks > 64) {
        throw std::invalid_argument(
            fmt::format("ranks is {}: expects 1 to {}, so that a channel has at most 64 banks", ranks,
                        64 / p.geometry.banks()));
    }
    times none;
    none.fill(long_ago);
    for (auto* g : {&bank_gaps_, &group_gaps_, &rank_gaps_, &other_gaps_}) {
        g->fill(none);
    }
    bank_.assign(banks, none);
    group_.assign(std::size_t{ranks} * p.geometry.bank_groups, none);
    rank_.assign(ranks, none);
    open_row_.assign(banks, no_row);
    open_banks_.assign(ranks, 0);
    check_twins(table);
    for (const auto& rule : table) {
        learn(rule);
    }
    for (const auto& w : windows_) {
        history_.insert(history_.end(), ranks, std::vector<clock_count>(w.window, long_ago));
    }
}

void bank_engine::learn(const constraint& rule) {
    const std::size_t s = slot_[index(rule.after)];
    if (rule.window > 1) {
        if (rule.where != level::rank) {
            throw std::invalid_argument("constraint table: a window expects level rank");
        }
        windows_.push_back({rule.before, s, rule.clocks, rule.window});
        return;
    }
    const auto raise_gap = [&](gaps& g) {
        auto& gap = g[index(rule.before)][s];
        gap = std::max(gap, rule.clocks);
    };
    switch (rule.where) {
        case level::bank:
            return raise_gap(bank_gaps_);
        case level::bank_group:
            return raise_gap(group_gaps_);
        case level::rank:
            return raise_gap(rank_gaps_);
        case level::other_ranks:
            return raise_gap(other_gaps_);
        case level::channel:
            raise_gap(rank_gaps_);
            raise_gap(other_gaps_);
    }
}

void bank_engine::check_twins(const std::vector<constraint>& table) const {
    for (const auto& rule : table) {
        const bool has_twin = std::any_of(table.begin(), table.end(), [&](const constraint& other) {
            return other.where == rule.where && other.before == rule.before && other.clocks == rule.clocks &&
                   other.window == rule.window && other.after != rule.after &&
                   slot_[index(other.after)] == slot_[index(rule.after)];
        });
        if (is_column(rule.after) && !has_twin) {
            throw std::invalid_argument(
                fmt::format("constraint table: {} before {} at level {} lacks its twin",
                            to_string(rule.before), to_string(rule.after), to_string(rule.where)));
        }
    }
}

bool bank_engine::rows_allow(command c, unsigned bank) const {
    if (is_column(c)) {
        return open_row_[bank] != no_row;
    }
    if (c == command::refresh_all) {
        return open_banks_[rank_of(bank)] == 0;
    }
    return (c != command::activate && c != command::refresh_bank) || open_row_[bank] == no_row;
}

void bank_engine::issue(command c, unsigned bank, std::int64_t row, clock_count at) {
    const std::size_t before = index(c);
    const unsigned rank = rank_of(bank);
    raise(bank_[bank], bank_gaps_[before], at);
    raise(group_[group_of(bank)], group_gaps_[before], at);
    for (unsigned r = 0; r < ranks(); ++r) {
        raise(rank_[r], r == rank ? rank_gaps_[before] : other_gaps_[before], at);
    }
    for (std::size_t i = 0; i < windows_.size(); ++i) {
        if (windows_[i].before == c) {
            keep_window(windows_[i], history_[i * ranks() + rank], rank, at);
        }
    }
    set_rows(c, bank, row);
}

void bank_engine::keep_window(const window_rule& rule, std::vector<clock_count>& history, unsigned rank,
                              clock_count at) {
    std::rotate(history.begin(), history.begin() + 1, history.end());
    history.back() = at;
    auto& next = rank_[rank][rule.slot];
    next = std::max(next, history.front() + rule.clocks);
}

void bank_engine::set_rows(command c, unsigned bank, std::int64_t row) {
    if (c == command::activate) {
        open_banks_[rank_of(bank)] += open_row_[bank] == no_row ? 1 : 0;
        open_row_[bank] = row;
    } else if (c == command::precharge || closes_row_itself(c)) {
        close(bank);
    } else if (c == command::precharge_all) {
        const unsigned first = rank_of(bank) << rank_shift_;
        for (unsigned b = first; b < first + banks_per_rank(); ++b) {
            close(b);
        }
    }
}

void bank_engine::close(unsigned bank) {
    open_banks_[rank_of(bank)] -= open_row_[bank] == no_row ? 0 : 1;
    open_row_[bank] = no_row;
}

}  // namespace eyeriss::dram
