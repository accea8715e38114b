#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/dram/bank_engine.h"
#include "models/dram/burst_queue.h"
#include "models/dram/controller_parameters.h"
#include "models/dram/statistics.h"

namespace eyeriss::dram {

/// A burst that is done: a read's data is at the socket, a write is accepted (writes are posted).
struct completion {
    clock_count at = 0;
    std::uint32_t owner = 0;
};

/// A command on the bus, for observers.
struct command_record {
    clock_count at = 0;
    command what = command::activate;
    unsigned bank = 0;  ///< index in the channel; of a whole rank: its first
    std::int64_t row = 0;
    std::uint64_t origin = 0;  ///< burst::origin of the burst that it serves
};

/// The controller of one channel, without a kernel: it is told of bursts and asked to decide commands up to a
/// clock. Time jumps from one decision to the next; the result is that of a controller that looks at every
/// clock, since between decisions nothing changes but time.
///
/// What it decides at clock c depends on bursts that arrive at or before c, on refreshes due by c and on
/// nothing else. Who calls step(limit) promises that no burst with an arrival at or before `limit` is still
/// to come; one that does come late counts as arriving at the last decision.
class channel {
public:
    /// \throws std::invalid_argument with one line when the parameters do not suit the part.
    channel(const part& p, const controller_parameters& parameters);

    [[nodiscard]] bool has_room(bool is_write) const { return queue(is_write).has_room(); }
    /// Adds a burst; needs room in its direction. A read of what a waiting write holds whole is answered from
    /// the queue.
    void push(burst b);

    /// Decides the next command if it falls at or before `limit`; false when there is none (all arrivals and
    /// refreshes up to `limit` are then accounted for).
    bool step(clock_count limit);
    /// No command falls before this clock, as things stand.
    [[nodiscard]] clock_count next() const { return next_; }
    /// True while bursts wait.
    [[nodiscard]] bool busy() const { return reads_.size() + writes_.size() != 0; }

    /// Completions in order of time.
    [[nodiscard]] clock_count next_completion() const {
        return done_head_ == done_.size() ? never : done_[done_head_].at;
    }
    completion take_completion();

    /// Called for each command in order of time; may be empty.
    void observe(std::function<void(const command_record&)> observer) { observer_ = std::move(observer); }
    /// All counts up to a clock, which must not lie before the last decision.
    [[nodiscard]] channel_statistics statistics(clock_count until);
    /// The last clock that was decided.
    [[nodiscard]] clock_count time() const { return time_; }

private:
    struct candidate {
        std::uint32_t place = burst_queue::none;
        command what = command::activate;
        bool fresh = false;  ///< still true to the bank and its bursts
    };
    /// Of commands that may come at one clock, the lower goes first.
    enum class precedence_of : std::uint8_t { refresh, starving, column, row };
    struct plan {
        clock_count at = never;
        std::uint64_t key = ~std::uint64_t{0};    ///< precedence, then age
        std::uint32_t place = burst_queue::none;  ///< the burst that it serves; none: refresh
        unsigned bank = 0;
        command what = command::activate;
    };
    static constexpr std::uint64_t key(precedence_of p, std::uint64_t order) {
        return static_cast<std::uint64_t>(p) << 62U | order;
    }
    struct refresh_state {
        clock_count due = 0;
        unsigned owed = 0;
        unsigned next_bank = 0;  ///< per bank: whose turn it is
        clock_count done = 0;    ///< end of the last refresh of all banks
    };
    struct activity {
        clock_count since = 0;         ///< start of the present time with a bank open
        clock_count covered = 0;       ///< end of the last one
        clock_count opened_until = 0;  ///< latest closing of a bank in it
    };

    [[nodiscard]] const burst_queue& queue(bool is_write) const { return is_write ? writes_ : reads_; }
    [[nodiscard]] burst_queue& queue(bool is_write) { return is_write ? writes_ : reads_; }
    // channel.cpp: time and queues
    void admit_until(clock_count limit);
    void replan(unsigned bank, bool is_write);
    [[nodiscard]] bool may_admit(bool is_write) const;
    [[nodiscard]] clock_count next_event() const;
    void complete(clock_count at, std::uint32_t owner);
    // channel_schedule.cpp: what comes next
    void choose();
    void choose_direction();
    [[nodiscard]] bool leave_reads() const;
    [[nodiscard]] bool leave_writes() const;
    void turn(bool to_writes);
    void consider_bursts();
    void consider_bank(unsigned bank, std::uint32_t starving);
    [[nodiscard]] bool starves(const burst_queue& q) const;
    void refresh_candidate(unsigned bank, candidate& c, const burst_queue& q, std::uint32_t starving) const;
    void consider(const plan& p);
    void consider_refresh(unsigned rank);
    void consider_bank_refresh(unsigned rank);
    [[nodiscard]] bool refresh_forced(unsigned rank) const;
    [[nodiscard]] bool rank_wanted(unsigned rank) const;
    [[nodiscard]] std::uint64_t rank_mask(unsigned rank) const;
    // channel_execute.cpp: carrying it out and counting
    void execute();
    void serve(const plan& p);
    void issue(command c, unsigned bank, std::int64_t row, std::uint64_t origin = 0);
    [[nodiscard]] bool close_after(const burst& b) const;
    void learn(const plan& p, const burst& b);
    void account(clock_count until);
    void opened(unsigned bank);
    void closed(unsigned bank, clock_count at);
    void forget(unsigned bank) { candidates_[0][bank].fresh = candidates_[1][bank].fresh = false; }

    part part_;
    controller_parameters parameters_;
    bank_engine engine_;
    burst_queue reads_, writes_;
    std::uint64_t pushed_ = 0;
    clock_count time_ = 0, next_ = 0;
    bool planned_ = false;
    plan plan_;
    std::array<std::vector<candidate>, 2> candidates_;  ///< by direction and bank

    bool writing_ = false;
    unsigned served_ = 0;    ///< bursts since the direction was chosen
    unsigned drain_to_ = 0;  ///< writes at which waiting reads get the bus back

    std::vector<refresh_state> refresh_;
    std::uint64_t blocked_ = 0;  ///< banks that wait for a refresh
    clock_count refresh_interval_ = never;

    struct bank_memory {
        std::int64_t last_row = bank_engine::no_row;
        clock_count opened_at = 0;
        bool closed_itself = false;
        unsigned prefer_closed = 0;  ///< 0..3, adaptive page policy closes from 2 on
    };
    std::vector<bank_memory> memory_;
    std::vector<activity> activity_;

    std::vector<completion> done_;
    std::size_t done_head_ = 0;

    channel_statistics counts_;
    clock_count accounted_ = 0, data_until_ = 0, refresh_until_ = 0;
    std::function<void(const command_record&)> observer_;
};

}  // namespace eyeriss::dram
