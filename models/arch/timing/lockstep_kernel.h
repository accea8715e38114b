#pragma once

#include "models/arch/timing/lockstep_lanes.h"

/// The rules of pe_pipeline and array_timing on vectors. Every file that includes this has a kernel of its
/// own, for the instructions that it is compiled for; so nothing here may be shared between them.
namespace eyeriss::arch::timing {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif
using vec = std::uint32_t __attribute__((vector_size(vector_bytes), may_alias));
using mask = std::int32_t __attribute__((vector_size(vector_bytes), may_alias));
constexpr std::size_t parts = sizeof(lanes) / sizeof(vec);

[[gnu::always_inline]] inline vec most(vec a, vec b) {
    return a > b ? a : b;
}
[[gnu::always_inline]] inline vec least(vec a, vec b) {
    return a < b ? a : b;
}

/// The part of lanes that fits a vector.
struct part_of_lanes {
    std::size_t number = 0;
    [[gnu::always_inline]] vec& operator()(lanes& l) const { return reinterpret_cast<vec*>(&l)[number]; }
    [[gnu::always_inline]] const vec& operator()(const lanes& l) const {
        return reinterpret_cast<const vec*>(&l)[number];
    }
};

/// Time passes up to a cycle, and counts.
[[gnu::always_inline]] inline void advance(vec& now, vec& count, vec until) {
    const vec then = most(now, until);
    count += then - now;
    now = then;
}

/// The columns that a window's iacts look up, a bit each.
[[gnu::always_inline]] inline vec picked_columns(const pe_lanes& p, const lane_window& window,
                                                 part_of_lanes in) {
    constexpr std::size_t bits = 32;
    if (window.all_iacts) return in(p.columns);
    const std::size_t first_iact = window.number * p.step;
    const std::size_t word = first_iact / bits, shift = first_iact % bits;
    vec picked = in(p.row[word]) >> static_cast<std::uint32_t>(shift);
    if (shift != 0) picked |= in(p.row[word + 1]) << static_cast<std::uint32_t>(bits - shift);
    return picked & in(p.columns);
}

/// Where a window's words stand in stages 3 to 7 (pe_pipeline::run).
struct stages {
    vec read, looked_up, taken_before, taken, word_read, accumulated, before, charged;
    vec gap_before, bubble;
    mask begun;

    /// A column of each PE where `active`; `last` of the window.
    [[gnu::always_inline]] void send(vec cycles, mask active, mask last, vec held) {
        const mask empty = cycles == 0;
        const vec look = looked_up + 1;
        const mask dropped = empty & (~last | (begun & (word_read > look)));
        const mask queued = active & ~dropped;
        read = active ? looked_up : read;

        const vec waits = most(look, taken_before);
        const vec now_taken = most(waits + 1, word_read);
        const vec first_read = most(now_taken + 1, before);
        vec first = most(first_read + 2, accumulated + 1);
        const vec gap = most(first - 1, charged) - charged;
        first = most(first, held + 1);
        const vec words = empty ? vec{} + 1 : cycles;
        const vec last_word = first + words - 1;

        gap_before = (queued & ~begun) ? gap : gap_before;
        bubble += queued ? (empty ? gap + 1 : gap) : vec{};
        looked_up = queued ? waits : (active ? look : looked_up);
        taken_before = queued ? taken : taken_before;
        taken = queued ? now_taken : taken;
        const vec second_read = most(first_read + 1, accumulated);
        word_read =
            queued ? (words == 1 ? first_read : (words == 2 ? second_read : last_word - 2)) : word_read;
        before = queued ? (words == 1 ? accumulated : last_word - 1) : before;
        accumulated = queued ? last_word : accumulated;
        charged = queued ? last_word : charged;
        begun |= queued;
    }
};

/// When the PEs' segments are in their SPads, and the banks behind them were filled.
struct supply {
    lanes ready, filled;
    [[gnu::always_inline]] supply(const pe_lanes& p, const lane_window& window) {
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const std::uint32_t stream = p.stream.of[lane];
            ready.of[lane] = window.sent[stream] + 1 + p.travel.of[lane];
            filled.of[lane] = window.filled[stream];
        }
    }
};

[[gnu::always_inline]] inline void run_window(pe_lanes& p, const lane_window& window, part_of_lanes in) {
    const supply iacts(p, window);
    vec picked = picked_columns(p, window, in);
    const mask none = picked == 0;
    picked = none ? vec{} + 1 : picked;

    const vec wanted = most(in(p.read), in(p.first));
    const vec supplied = most(wanted, in(iacts.ready));
    const vec for_dram = most(wanted, least(supplied, in(iacts.filled) + 1)) - wanted;
    const vec for_iact = supplied - wanted - for_dram;

    const vec held = in(p.held);
    stages s{in(p.read),
             most(supplied + 1, in(p.looked_up)),
             in(p.taken_before),
             in(p.taken),
             in(p.word_read),
             in(p.accumulated),
             in(p.before),
             in(p.charged),
             vec{},
             vec{},
             mask{}};
    s.send(none ? vec{} : in(p.column_cycles[0]), (picked & 1) != 0, picked == 1, held);
    for (std::size_t column = 1; column < p.column_cycles.size(); ++column) {
        picked >>= 1;
        s.send(in(p.column_cycles[column]), (picked & 1) != 0, picked == 1, held);
    }
    const vec starved_iact = least(s.gap_before, for_iact);
    const vec starved_dram = least(s.gap_before - starved_iact, for_dram);
    in(p.wait_iact) += starved_iact;
    in(p.wait_dram) += starved_dram;
    in(p.bubble) += s.bubble - starved_iact - starved_dram;
    in(p.read) = s.read;
    in(p.looked_up) = s.looked_up;
    in(p.taken_before) = s.taken_before;
    in(p.taken) = s.taken;
    in(p.word_read) = s.word_read;
    in(p.accumulated) = s.accumulated;
    in(p.before) = s.before;
}

/// Psums go up, each word together with the one from below (array_timing::move). A place that a word leaves
/// in the FIFO below is free from then on.
[[gnu::always_inline]] inline void move_psums(std::span<lanes> psums, pe_lanes& p, lanes* places_below,
                                              std::size_t place_below, std::size_t place, part_of_lanes in) {
    const mask live = in(p.live) != 0;
    vec now = most(in(p.moved), in(p.accumulated));
    vec exit_used = in(p.exit_used);
    for (lanes& psum : psums) {
        if (p.adds) advance(now, in(p.wait_psum_in), in(psum) + in(p.latency));
        if (p.ends) advance(in(p.port.until), in(p.port.idle), now);
        advance(now, in(p.wait_psum_out), most(exit_used, in(p.places[place])));
        if (p.ends) advance(in(p.port.until), in(p.port.stalled), now);
        now += 1;
        exit_used = now;
        if (p.ends) advance(in(p.port.until), in(p.port.busy), now);
        if (p.adds) in(places_below[place_below]) = live ? now : in(places_below[place_below]);
        in(psum) = live ? now : in(psum);
        if (++place == p.places.size()) place = 0;
        if (++place_below == p.places.size()) place_below = 0;
    }
    in(p.exit_used) = exit_used;
    in(p.moved) = in(p.held) = in(p.charged) = now;
}

/// Banks give psums to the chains' first PEs (array_timing::feed).
[[gnu::always_inline]] inline void feed(std::span<lanes> psums, chain_lanes& chains, part_of_lanes in) {
    std::size_t place = chains.entry_place;
    for (lanes& psum : psums) {
        const vec there = most(in(chains.in_used), in(psum)) + 1;
        const vec free = most(in(chains.entry_used), in(chains.entry[place])) + 1;
        const vec begin = most(there, free);
        advance(in(chains.in_port.until), in(chains.in_port.idle), there - 1);
        advance(in(chains.in_port.until), in(chains.in_port.stalled), begin - 1);
        advance(in(chains.in_port.until), in(chains.in_port.busy), begin);
        in(chains.in_used) = in(chains.entry_used) = in(psum) = begin;
        if (++place == chains.entry.size()) place = 0;
    }
}

[[gnu::always_inline]] inline void tell_read(const pe_lanes& p, const lane_window& window) {
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        std::uint32_t& last = window.read[p.stream.of[lane]].of[lane];
        const std::uint32_t read = p.read.of[lane];
        last = read > last ? read : last;
    }
}

[[gnu::always_inline]] inline void run_lanes(chain_lanes& chains, const lane_window& window) {
    const auto psums = chains.psums.subspan(window.number * chains.words, chains.words);
    for (std::size_t part = 0; part < parts && chains.from_bank; ++part)
        feed(psums, chains, part_of_lanes{part});
    for (std::size_t part = 0; part < parts; ++part) {
        const part_of_lanes in{part};
        lanes* below = chains.entry.data();
        std::size_t place_below = chains.entry_place;
        for (pe_lanes& p : chains.pes) {
            run_window(p, window, in);
            move_psums(psums, p, below, place_below, chains.place, in);
            below = p.places.data();
            place_below = chains.place;
        }
    }
    for (const pe_lanes& p : chains.pes) tell_read(p, window);
}

}  // namespace
}  // namespace eyeriss::arch::timing
