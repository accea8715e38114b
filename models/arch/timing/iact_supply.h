#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/arch/timing/array_state.h"
#include "models/arch/timing/pass.h"

namespace eyeriss::arch::timing {

/// The iact SPads of a pass whose chains are evaluated side by side. Sinks of a stream get the same segments
/// and mostly hold the same ones, so that one room stands for theirs: a segment of it is released when the
/// last of them has read it. Sinks that hold others, or have no work and never read, keep a room of their
/// own.
class iact_supply {
public:
    /// Takes over what a pass's PEs hold; false if one with work takes no stream or several, or if a window
    /// needs more segments than a SPad has. Says then nothing of the pass.
    [[nodiscard]] bool begin(const pass& p, std::span<pe_iacts> iacts);

    /// Last cycle in which no segment of so many entries can be sent to all sinks of a stream, each of which
    /// may hold `most` with it (segment_room::full_until), or a pass too far ahead.
    [[nodiscard]] cycle_t full_until(std::size_t stream, unsigned entries, unsigned most);
    /// It was sent, with its last word in `last`, from a bank that was filled up to `filled`.
    void add(std::size_t stream, unsigned entries, cycle_t last, cycle_t filled);
    /// The last of the stream's common sinks has read the oldest `count` segments.
    void release(std::size_t stream, unsigned count, cycle_t read) {
        streams_[stream].room.release(count, read);
    }

    /// What a PE gets.
    struct place {
        std::uint32_t stream = 0;
        std::uint32_t latency = 0;
        bool common = false;  ///< else its own room is to be told what it has read
    };
    [[nodiscard]] const place& of(std::uint32_t pe) const { return places_[pe]; }
    [[nodiscard]] std::size_t streams() const { return streams_.size(); }
    /// The last segment's last word has been sent.
    [[nodiscard]] cycle_t sent(std::size_t stream) const { return streams_[stream].sent; }
    [[nodiscard]] cycle_t filled(std::size_t stream) const { return streams_[stream].filled; }

    /// Gives a PE back what it holds after the pass. It read its last window in `read` and the one before in
    /// `read_before`.
    void give_back(std::uint32_t pe, cycle_t read_before, cycle_t read);

private:
    struct common_room {
        explicit common_room(const segment_room& of_first) : room(of_first) {}
        segment_room room;
        bool stands = false;         ///< for some sink
        cycle_t job_before_end = 0;  ///< of the sink that was last to end it
        cycle_t sent = 0, filled = 0;
        std::vector<std::uint32_t> others;  ///< sinks that it does not stand for
    };
    [[nodiscard]] bool find_places(const pass& p);
    void share(common_room& common, const stream& s);

    static constexpr std::uint32_t nothing = ~0U;
    const pass* pass_ = nullptr;
    std::span<pe_iacts> iacts_;
    std::vector<place> places_;  ///< by PE
    std::vector<bool> works_;    ///< by PE: is in a chain
    std::vector<common_room> streams_;
};

}  // namespace eyeriss::arch::timing
