#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "models/dram/channel.h"
#include "models/dram/constraints.h"

namespace eyeriss::test {

/// Reads a command trace with the constraint table in hand: every command against every earlier one that is
/// near enough, and rows by a map. Shares nothing with the engine but the table.
class command_checker {
public:
    command_checker(const dram::part& p, unsigned ranks)
        : part_(p), table_(dram::constraint_table(p)), open_(std::size_t{ranks} * p.geometry.banks(), -1) {
        for (const auto& rule : table_) {
            reach_ = std::max(reach_, rule.clocks);
        }
    }

    void operator()(const dram::command_record& c) {
        ++counts_[c.what];
        timing(c);
        rows(c);
        recent_.push_front(c);
        while (!recent_.empty() && c.at - recent_.back().at > reach_) {
            recent_.pop_back();
        }
    }

    /// What was wrong first; empty: nothing.
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::uint64_t count(dram::command c) const {
        const auto found = counts_.find(c);
        return found == counts_.end() ? 0 : found->second;
    }
    /// Bank closings as the energy formula counts them.
    [[nodiscard]] std::uint64_t closings() const { return closings_; }

private:
    [[nodiscard]] bool within(dram::level l, unsigned a, unsigned b) const {
        const auto& g = part_.geometry;
        switch (l) {
            case dram::level::bank:
                return a == b;
            case dram::level::bank_group:
                return a / g.banks_per_group == b / g.banks_per_group;
            case dram::level::rank:
                return a / g.banks() == b / g.banks();
            case dram::level::other_ranks:
                return a / g.banks() != b / g.banks();
            case dram::level::channel:
                return true;
        }
        return false;
    }

    void timing(const dram::command_record& c) {
        for (const auto& rule : table_) {
            if (rule.after != c.what) {
                continue;
            }
            unsigned seen = 0;
            for (const auto& earlier : recent_) {
                if (earlier.what == rule.before && within(rule.where, earlier.bank, c.bank) &&
                    ++seen == rule.window) {
                    complain(c.at - earlier.at < rule.clocks, c, std::string(rule.rule));
                    break;
                }
            }
        }
    }

    void rows(const dram::command_record& c) {
        auto& row = open_.at(c.bank);
        if (dram::is_column(c.what)) {
            complain(row != c.row, c, "row");
        } else if (c.what == dram::command::activate) {
            complain(row != -1, c, "open bank");
            row = c.row;
        } else if (c.what == dram::command::precharge || c.what == dram::command::refresh_bank) {
            complain((row == -1) == (c.what == dram::command::precharge), c, "bank");
        }
        if (dram::closes_row_itself(c.what) || c.what == dram::command::precharge) {
            row = -1;
            ++closings_;
        }
        if (c.what == dram::command::precharge_all || c.what == dram::command::refresh_all) {
            for (unsigned b = c.bank; b < c.bank + part_.geometry.banks(); ++b) {
                complain(c.what == dram::command::refresh_all && open_[b] != -1, c, "open bank");
                closings_ += open_[b] != -1 ? 1 : 0;
                open_[b] = -1;
            }
        }
    }

    void complain(bool wrong, const dram::command_record& c, const std::string& rule) {
        if (wrong && fault_.empty()) {
            fault_ = std::string(to_string(c.what)) + " at " + std::to_string(c.at) + " breaks " + rule;
        }
    }

    dram::part part_;
    std::vector<dram::constraint> table_;
    std::vector<std::int64_t> open_;
    std::deque<dram::command_record> recent_;
    dram::clock_count reach_ = 0;
    std::map<dram::command, std::uint64_t> counts_;
    std::uint64_t closings_ = 0;
    std::string fault_;
};

}  // namespace eyeriss::test
