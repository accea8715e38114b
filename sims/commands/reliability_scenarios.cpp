#include <algorithm>
#include <array>
#include <random>

#include "models/abi/registers.h"
#include "sims/commands/reliability.h"

namespace eyeriss::sims {
namespace {

using faults::fault;
using faults::kind;
using moment = faults::trigger::moment;

class draw {
public:
    draw(std::uint64_t seed, std::uint64_t index) {
        std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                            static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)};
        random_.seed(mixed);
    }
    /// Below `end`; the library's distributions differ from host to host.
    unsigned below(std::uint64_t end) {
        return static_cast<unsigned>(random_() % std::max<std::uint64_t>(end, 1));
    }
    std::uint64_t wide_below(std::uint64_t end) { return random_() % std::max<std::uint64_t>(end, 1); }

private:
    std::mt19937_64 random_;
};

image_range drawn_range(draw& d, const fault_space& space, std::string_view family) {
    if (family.starts_with("dram-flip in tables")) return {0, space.payload_begin};
    if (family.starts_with("dram-flip in weights")) return {space.payload_begin, space.payload_end};
    return space.maps.at(d.below(space.maps.size()));
}

/// In maps from the run's start on: before it only the input counts, and that has no checksum yet.
fault of_memory(draw& d, const fault_space& space, const fault_claim& claim) {
    const auto range = drawn_range(d, space, claim.family);
    const auto& moments = space.moments(claim.with);
    const std::uint64_t from = claim.family.starts_with("dram-flip in maps") ? moments.opened_ps : 0;
    fault f;
    f.what = kind::dram_flip;
    f.address = EYERISS_IMAGE_ADDRESS + std::uint64_t{range.begin} + d.below(range.end - range.begin);
    f.bit = d.below(claim.with == protection::check_bits ? 72 : 64);
    f.when = {moment::time, from + d.wide_below(moments.ended_ps - from)};
    // Every other one in an image that is damaged when the run begins.
    if (claim.covered == coverage::before_run && d.below(2) == 0) f.when.value = 0;
    return f;
}

fault of_glb(draw& d, const arch::machine& m) {
    constexpr unsigned words_in_use = 32;
    fault f;
    f.what = kind::glb_flip;
    f.memory = d.below(2) == 0 ? faults::glb_bank::iact : faults::glb_bank::psum;
    const bool iact = f.memory == faults::glb_bank::iact;
    f.cluster = d.below(m.noc.clusters());
    f.bank = d.below(iact ? m.noc.iact_routers() : m.noc.pe_cols);
    f.word = d.below(words_in_use);
    f.bit = d.below(iact ? m.noc.iact_port_bits : faults::psum_word_bits(m));
    return f;
}

fault of_spad(draw& d, const arch::machine& m) {
    fault f;
    f.what = kind::spad_flip;
    f.pad = static_cast<faults::spad>(d.below(3));
    f.pe = d.below(m.noc.pes());
    f.word = d.below(8);
    f.bit = d.below(12);
    return f;
}

fault of_port(draw& d, const arch::machine& m) {
    fault f;
    f.what = kind::stuck_port;
    f.port = static_cast<faults::network_port>(d.below(4));
    f.cluster = d.below(m.noc.clusters());
    f.bank = d.below(f.port == faults::network_port::iact     ? m.noc.iact_routers()
                     : f.port == faults::network_port::weight ? m.noc.pe_rows
                                                              : m.noc.pe_cols);
    return f;
}

/// The second of two flips: another bit of the same word.
fault beside(draw& d, const fault& first, unsigned bits) {
    fault f = first;
    f.bit = (first.bit + 1 + d.below(bits - 1)) % bits;
    return f;
}

/// Nothing for ever, shorter than the firmware's watchdog, longer than it.
std::uint64_t drawn_duration(draw& d) {
    constexpr std::array<std::uint64_t, 3> durations_ps{0, 100'000'000, 8'000'000'000};
    return durations_ps.at(d.below(durations_ps.size()));
}

fault of_interrupt(draw& d, kind what, const run_moments& moments) {
    fault f;
    f.what = what;
    f.line = d.below(4) == 0 ? faults::irq_line::error : faults::irq_line::done;
    if (what == kind::irq_late) f.duration_ps = 1'000'000 + d.wide_below(1'000'000'000);
    if (what == kind::irq_spurious) f.when = {moment::time, d.wide_below(moments.ended_ps)};
    return f;
}

fault of_bus(draw& d) {
    constexpr unsigned early_accesses = 200;
    fault f;
    f.what = kind::bus_error;
    f.when = {moment::access, 1 + d.below(early_accesses)};
    f.times = d.below(2);
    return f;
}

/// One that strikes when a layer begins, and its kind is told by the family's first word.
fault at_a_layer(draw& d, const fault_space& space, const arch::machine& m, std::string_view family) {
    const faults::trigger begins{moment::layer, space.layers[d.below(space.layers.size())]};
    fault f;
    if (family.starts_with("glb-flip")) {
        f = of_glb(d, m);
    } else if (family == "spad-flip") {
        f = of_spad(d, m);
    } else if (family == "stuck") {
        f = of_port(d, m);
    } else if (family == "dma-stall") {
        f.what = kind::dma_stall;
    } else if (family == "clock-gate") {
        f.what = kind::clock_gate;
        f.cluster = d.below(m.noc.clusters());
    } else {
        f.what = kind::descriptor_flip;
        f.word = d.below(16);
        f.bit = d.below(32);
    }
    if (f.what == kind::stuck_port || f.what == kind::dma_stall || f.what == kind::clock_gate) {
        f.duration_ps = drawn_duration(d);
    }
    f.when = begins;
    return f;
}

unsigned word_bits(const fault& f, const fault_claim& claim, const arch::machine& m) {
    if (f.what == kind::dram_flip) return claim.with == protection::check_bits ? 72 : 64;
    return f.memory == faults::glb_bank::iact ? m.noc.iact_port_bits : faults::psum_word_bits(m);
}

fault drawn_fault(draw& d, const fault_space& space, const arch::machine& m, const fault_claim& claim) {
    if (claim.family.starts_with("dram-flip")) return of_memory(d, space, claim);
    if (claim.family == "bus-error") return of_bus(d);
    const auto& moments = space.moments(claim.with);
    if (claim.family == "irq-lost") return of_interrupt(d, kind::irq_lost, moments);
    if (claim.family == "irq-spurious") return of_interrupt(d, kind::irq_spurious, moments);
    if (claim.family == "irq-late") return of_interrupt(d, kind::irq_late, moments);
    return at_a_layer(d, space, m, claim.family);
}

bool covers(const fault_claim& claim, const fault& f, const run_moments& moments) {
    const bool opened = f.when.value >= moments.opened_ps;
    switch (claim.covered) {
        case coverage::no:
            return false;
        case coverage::before_run:
            return f.when.value == 0;
        case coverage::from_start:
            return opened;
        case coverage::always:
            break;
    }
    return true;
}

}  // namespace

fault_scenario draw_scenario(const fault_space& space, const arch::machine& m, std::uint64_t seed,
                             std::uint64_t index) {
    draw d(seed, index);
    fault_scenario s;
    s.claim = claim_of_scenario(index);
    const auto& claim = s.claimed();
    const auto f = drawn_fault(d, space, m, claim);
    s.covered = covers(claim, f, space.moments(claim.with));
    s.faults.push_back(f);
    if (claim.family.ends_with("2 bits")) s.faults.push_back(beside(d, f, word_bits(f, claim, m)));
    return s;
}

}  // namespace eyeriss::sims
