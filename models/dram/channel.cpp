#include "models/dram/channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace eyeriss::dram {
namespace {

const controller_parameters& checked(const controller_parameters& c, const part& p) {
    if (const auto wrong = check(c, p); !wrong.empty()) {
        throw std::invalid_argument(wrong);
    }
    return c;
}

}  // namespace

std::string check(const controller_parameters& c, const part& p) {
    const unsigned most_ranks = 64 / p.geometry.banks();
    const auto range = [](const char* name, auto value, auto low, auto high) {
        return value >= low && value <= high
                   ? std::string{}
                   : fmt::format("{} is {}; expects {} to {}", name, value, low, high);
    };
    for (const auto& wrong :
         {range("channels", c.channels, 1U, 64U), range("ranks", c.ranks, 1U, most_ranks),
          range("window", c.window, 1U, 1024U), range("read_queue", c.read_queue, 1U, 1024U),
          range("write_queue", c.write_queue, 1U, 1024U),
          range("write_high", c.write_high, 1U, c.write_queue),
          range("write_low", c.write_low, 0U, c.write_high - 1),
          range("starvation", c.starvation, 1, 1000000000),
          range("postponed_refreshes", c.postponed_refreshes, 0U, 8U),
          range("frontend", c.frontend, 0, 100000), range("phy", c.phy, 0, 100000)}) {
        if (!wrong.empty()) {
            return wrong;
        }
    }
    if (!std::has_single_bit(c.channels) || !std::has_single_bit(c.ranks)) {
        return fmt::format("channels and ranks are {} and {}; expects powers of two", c.channels, c.ranks);
    }
    if (c.refresh == refresh_mode::per_bank && p.timings.refi_pb == 0) {
        return fmt::format("refresh is per_bank; expects a part that has it, {} is {}", p.name,
                           to_string(p.standard));
    }
    return {};
}

channel::channel(const part& p, const controller_parameters& parameters)
    : part_(p),
      parameters_(checked(parameters, p)),
      engine_(p, parameters.ranks, constraint_table(p)),
      reads_(parameters.read_queue, engine_.banks()),
      writes_(parameters.write_queue, engine_.banks()) {
    for (auto& c : candidates_) {
        c.resize(engine_.banks());
    }
    memory_.resize(engine_.banks());
    refresh_.resize(engine_.ranks());
    activity_.resize(engine_.ranks());
    counts_.banks.resize(engine_.banks());
    counts_.ranks.resize(engine_.ranks());
    if (parameters_.refresh != refresh_mode::off) {
        refresh_interval_ =
            parameters_.refresh == refresh_mode::all_bank ? p.timings.refi : p.timings.refi_pb;
        for (unsigned r = 0; r < engine_.ranks(); ++r) {  // ranks take turns
            refresh_[r].due = refresh_interval_ * (r + 1) / engine_.ranks();
        }
    }
}

void channel::push(burst b) {
    b.arrival = std::max(b.arrival, time_);
    if (b.is_write) {
        complete(b.arrival, b.owner);
    } else if (writes_.holds_whole(b.bank, b.row, b.column)) {
        ++counts_.forwarded_reads;
        complete(b.arrival + parameters_.phy, b.owner);
        return;
    }
    queue(b.is_write).push(b, pushed_++);
    next_ = std::min(next_, b.arrival);
    counts_.deepest_read_queue = std::max(counts_.deepest_read_queue, reads_.size());
    counts_.deepest_write_queue = std::max(counts_.deepest_write_queue, writes_.size());
}

bool channel::step(clock_count limit) {
    while (true) {
        if (!planned_) {
            choose();
        }
        const clock_count event = next_event();
        if (event <= std::min(plan_.at, limit)) {
            admit_until(event);
            continue;
        }
        if (plan_.at > limit) {
            next_ = std::min(plan_.at, event);
            return false;
        }
        execute();
        planned_ = false;
        return true;
    }
}

bool channel::may_admit(bool is_write) const {
    if (parameters_.order == scheduler::frfcfs) {
        return queue(is_write).in_window() < parameters_.window;
    }
    if (reads_.in_window() + writes_.in_window() != 0 || queue(is_write).next_arrival() == never) {
        return false;
    }
    const auto& other = queue(!is_write);
    return other.next_arrival() == never || queue(is_write).next_order() < other.next_order();
}

clock_count channel::next_event() const {
    clock_count at = never;
    for (const bool is_write : {false, true}) {
        if (may_admit(is_write)) {
            at = std::min(at, queue(is_write).next_arrival());
        }
    }
    if (refresh_interval_ != never) {
        for (const auto& r : refresh_) {
            at = std::min(at, r.due);
        }
    }
    return at;
}

/// Lets in what has arrived by a clock, and notes the refreshes that are due. The plan stays where the
/// newcomers cannot change more than their own bank.
void channel::admit_until(clock_count limit) {
    account(limit);
    time_ = std::max(time_, limit);
    if (refresh_interval_ != never) {
        for (auto& r : refresh_) {
            for (; r.due <= limit; r.due += refresh_interval_) {
                ++r.owed;
                planned_ = false;
            }
            planned_ = planned_ && r.owed == 0;
        }
    }
    for (const bool is_write : {false, true}) {
        burst_queue& q = queue(is_write);
        while (may_admit(is_write) && q.next_arrival() <= limit) {
            const unsigned bank = q.admit();
            candidates_[is_write ? 1 : 0][bank].fresh = false;
            replan(bank, is_write);
        }
    }
}

void channel::replan(unsigned bank, bool is_write) {
    if (!planned_ || plan_.bank == bank || parameters_.order == scheduler::fcfs ||
        (writing_ ? leave_writes() : leave_reads())) {
        planned_ = false;
    } else if (is_write == writing_) {
        consider_bank(bank, burst_queue::none);
    }
}

void channel::complete(clock_count at, std::uint32_t owner) {
    if (done_head_ == done_.size()) {
        done_.clear();
        done_head_ = 0;
    }
    done_.push_back({at, owner});
    for (std::size_t i = done_.size() - 1; i > done_head_ && done_[i - 1].at > at; --i) {
        std::swap(done_[i - 1], done_[i]);
    }
}

completion channel::take_completion() {
    constexpr std::size_t compact_from = 256;
    const completion out = done_[done_head_++];
    if (done_head_ == compact_from) {
        done_.erase(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(done_head_));
        done_head_ = 0;
    }
    return out;
}

}  // namespace eyeriss::dram
