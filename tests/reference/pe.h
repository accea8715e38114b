#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "tests/reference/ledger.h"
#include "tests/reference/operands.h"
#include "tests/reference/psum_link.h"

namespace eyeriss::reference {

struct pe_parameters {
    std::size_t iact_entries = 16;       ///< iact data SPad
    std::size_t iact_segment_ends = 9;   ///< iact address SPad
    std::size_t drop_queue_columns = 2;  ///< between weight-address and weight-data stage
    int macs = 2;                        ///< 1: the weights of a word are multiplied one after the other
    bool weight_double_buffer = false;   ///< a second weight SPad, filled while the PE works
    bool psum_transfer_takes_ports = true;
    int psum_entries = 32;  ///< two windows' psums in it may overlap if their transfer takes no ports
    unsigned psum_bits = 20;
    bool saturates = false;  ///< else psums wrap
};

/// What a PE does in a pass: slide over `windows` windows of `window_segments` segments, multiply by a tile.
/// Psum links: null below is zeros, null above is somebody who always takes. They outlive the PE.
struct pe_job {
    std::size_t pass = 0;
    weight_tile weights;
    bool loads_weights = true;  ///< false: the tile of the job before stays
    int windows = 1;
    int window_segments = 1;
    int segment_values = 1;  ///< C0 x U
    psum_link* below = nullptr;
    psum_link* above = nullptr;
};

/// When a window was done: its last product accumulated, and its last psum moved out.
struct window_times {
    cycle accumulated = 0, moved = 0;
    bool operator==(const window_times&) const = default;
};

/// A processing element as registers; one call of step() is one clock edge. Stages 1 to 7: iact address, iact
/// data, weight address, drop queue, weight data, multiply, accumulate. Stages are evaluated from the last to
/// the first, so a stage that moves on makes room for the one before in the same cycle.
class pe {
public:
    pe(const pe_parameters& parameters, std::vector<pe_job> jobs);

    // The ports' handshakes. They are called before step() and so see registers.
    [[nodiscard]] bool ready_for_segment(const iact_segment&, std::size_t pass) const;
    void segment_comes(const iact_segment&, cycle visible);
    [[nodiscard]] bool ready_for_weights(std::size_t pass) const;
    void weights_come(cycle first_word, cycle words);

    /// One cycle. `filling`: the half of the GLB bank that feeds the present job is not full yet.
    void step(cycle now, bool filling = false);

    [[nodiscard]] bool done() const { return job_ == jobs_.size(); }
    /// The job in hand; its index is the number of jobs once done().
    [[nodiscard]] std::size_t job() const { return job_; }
    [[nodiscard]] const pe_job& present() const { return jobs_[job_]; }
    [[nodiscard]] const std::vector<pe_job>& jobs() const { return jobs_; }
    [[nodiscard]] ledger& counts() { return ledger_; }
    [[nodiscard]] const ledger& counts() const { return ledger_; }
    /// Times of every window, job after job.
    [[nodiscard]] const std::vector<window_times>& windows() const { return windows_; }
    /// Psums that left where nobody is above, window after window, padded to whole words.
    [[nodiscard]] const std::vector<psum_word>& sent() const { return sent_; }

private:
    /// An iact, then its weight column, on its way. A token that only ends a window has no words.
    struct token {
        int column = 0, iact = 0;
        bool empty = false;  ///< of a window without iacts
        bool ends_window = false;
        cycle waited_iact = 0, waited_dram = 0;  ///< cycles that stage 1 starved before it
        std::size_t next_word = 0;
    };
    struct held_segment {
        iact_segment segment;
        cycle visible;
    };
    /// What multiplier and accumulator are given; without a word it only ends a window.
    struct operation {
        token from;
        std::optional<weight_word> word;
    };

    [[nodiscard]] const std::vector<weight_word>& words_of(const token&) const;
    [[nodiscard]] bool weights_there(cycle now) const;
    void account_idle(cycle now);

    void accumulate(cycle now);
    [[nodiscard]] bool overlaps() const;
    void take_operation(cycle now);
    void end_window(cycle now);
    cause move_psums(cycle now);
    void end_move(cycle now);
    [[nodiscard]] std::int64_t fit(std::int64_t psum) const;
    void add_products(const operation&);
    void read_weight_word();
    void look_up_column();
    bool pass_end_on();
    void read_iact();
    void fetch_address(cycle now, bool filling);
    void list_window();

    pe_parameters parameters_;
    std::vector<pe_job> jobs_;
    std::size_t job_ = 0;

    struct arrival {
        cycle first = 0, last = 0;
    };
    std::vector<arrival> tiles_;     ///< every tile that has come or comes
    std::vector<std::size_t> tile_;  ///< by job: the place of its tile among them

    std::deque<held_segment> segments_;  ///< the iact SPads, words on the way included
    std::size_t held_entries_ = 0;
    std::size_t segment_job_ = 0;  ///< whose segments come now
    int segments_of_job_ = 0;      ///< how many of them have come

    // Stage 1, then the registers behind stages 1 to 6.
    std::deque<token> window_;
    int windows_fetched_ = 0, windows_read_ = 0, windows_moved_ = 0;
    cycle starved_iact_ = 0, starved_dram_ = 0;
    std::optional<token> iact_data_, weight_address_;
    cycle dropped_iact_wait_ = 0, dropped_dram_wait_ = 0;
    std::deque<token> drop_queue_;
    std::optional<token> weight_data_;
    std::optional<operation> multiply_, accumulate_;

    using psum_row = std::vector<std::int64_t>;
    psum_row psums_;                           ///< of the window that is accumulated
    std::optional<psum_row> moving_, parked_;  ///< of the one before, and of one that waits behind it
    std::size_t moved_words_ = 0, moved_total_ = 0;
    int windows_accumulated_ = 0;
    cycle empty_cycles_ = 0;  ///< of the accumulator since its last token

    ledger ledger_;
    std::vector<window_times> windows_;
    std::vector<psum_word> sent_;
};

}  // namespace eyeriss::reference
