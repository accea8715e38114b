#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/dram/constraints.h"

namespace eyeriss::dram {

/// No clock at all: before every one that is issued.
inline constexpr clock_count long_ago = std::numeric_limits<clock_count>::min() / 4;
/// After every clock.
inline constexpr clock_count never = std::numeric_limits<clock_count>::max() / 4;

/// State of all banks of a channel: which row is open and when each command may come next. Knows the
/// constraint table and nothing of requests or policies.
///
/// Banks have one index in a channel: (rank x bank_groups + group) x banks_per_group + bank. Commands for a
/// whole rank take any bank of it.
class bank_engine {
public:
    static constexpr std::int64_t no_row = -1;

    /// \throws std::invalid_argument when there are more than 64 banks, or when the table binds a column
    /// command and its self-closing twin differently.
    bank_engine(const part& p, unsigned ranks, const std::vector<constraint>& table);

    /// First clock at which the table allows a command at a bank. Says nothing of open rows.
    [[nodiscard]] clock_count earliest(command c, unsigned bank) const {
        const auto s = slot_[index(c)];
        return std::max({bank_[bank][s], group_[group_of(bank)][s], rank_[rank_of(bank)][s]});
    }

    /// True when the bank's rows allow the command: activate and refresh need closed banks, columns an open
    /// row.
    [[nodiscard]] bool rows_allow(command c, unsigned bank) const;

    /// Carries a command out at a clock that earliest() allows.
    void issue(command c, unsigned bank, std::int64_t row, clock_count at);

    [[nodiscard]] std::int64_t open_row(unsigned bank) const { return open_row_[bank]; }
    [[nodiscard]] unsigned open_banks(unsigned rank) const { return open_banks_[rank]; }
    [[nodiscard]] unsigned ranks() const { return static_cast<unsigned>(rank_.size()); }
    [[nodiscard]] unsigned banks() const { return static_cast<unsigned>(bank_.size()); }
    [[nodiscard]] unsigned banks_per_rank() const { return 1U << rank_shift_; }
    [[nodiscard]] unsigned rank_of(unsigned bank) const { return bank >> rank_shift_; }
    [[nodiscard]] unsigned group_of(unsigned bank) const { return bank >> group_shift_; }

private:
    // A command and its self-closing twin are bound alike when they come after another, so they share a slot:
    // the times of one place fill one cache line.
    static constexpr std::size_t slots = 8;
    using times = std::array<clock_count, slots>;
    using gaps = std::array<times, command_count>;
    struct window_rule {
        command before;
        std::size_t slot;
        clock_count clocks;
        unsigned window;
    };

    void learn(const constraint& rule);
    void check_twins(const std::vector<constraint>& table) const;
    void set_rows(command c, unsigned bank, std::int64_t row);
    void close(unsigned bank);
    void keep_window(const window_rule& rule, std::vector<clock_count>& history, unsigned rank,
                     clock_count at);
    static void raise(times& next, const times& gap, clock_count at) {
        for (std::size_t i = 0; i < slots; ++i) {
            next[i] = std::max(next[i], at + gap[i]);
        }
    }

    unsigned rank_shift_, group_shift_;
    std::array<std::uint8_t, command_count> slot_;
    gaps bank_gaps_, group_gaps_, rank_gaps_, other_gaps_;
    std::vector<times> bank_, group_, rank_;
    std::vector<window_rule> windows_;
    std::vector<std::vector<clock_count>> history_;  ///< by window rule x rank, newest last
    std::vector<std::int64_t> open_row_;
    std::vector<unsigned> open_banks_;
};

}  // namespace eyeriss::dram
