#include <algorithm>
#include <charconv>
#include <random>

#include "models/abi/registers.h"
#include "sims/commands/reliability.h"

namespace eyeriss::sims {
namespace {

using faults::fault;
using faults::kind;
using moment = faults::trigger::moment;

constexpr std::array<std::string_view, 12> families{
    "dram-flip",        "dram-flip, 2 bits", "descriptor-flip", "glb-flip",
    "glb-flip, 2 bits", "spad-flip",         "bus-error",       "stuck",
    "dma-stall",        "clock-gate",        "irq-lost",        "irq-late"};

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

fault of_memory(draw& d, const fault_space& space, bool check_bits) {
    fault f;
    f.what = kind::dram_flip;
    f.address = EYERISS_IMAGE_ADDRESS + std::uint64_t{d.below(space.image_bytes)};
    f.bit = d.below(check_bits ? 72 : 64);
    f.when = {moment::time, d.wide_below(space.run_ps)};
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

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, word) != list.end();
}

/// The code in "code N", or 0.
unsigned reported_code(const std::string& text) {
    constexpr std::string_view before = "code ";
    const auto at = text.rfind(": code ");
    if (at == std::string::npos) return 0;
    unsigned code = 0;
    std::from_chars(text.data() + at + 2 + before.size(), text.data() + text.size(), code);
    return code;
}

/// True when the code says what was broken; 0 stands for an error that the driver found itself.
bool suits(const std::string& family, unsigned code) {
    const bool decoding =
        code >= EYERISS_ERR_DESC_MAGIC && code <= EYERISS_ERR_COVERAGE && code != EYERISS_ERR_BUS;
    if (family.starts_with("dram-flip")) return code == 0 || decoding || code == EYERISS_ERR_ECC;
    if (family == "descriptor-flip") return code == 0 || decoding;
    if (family.starts_with("glb-flip")) return decoding || code == EYERISS_ERR_ECC;
    if (family == "spad-flip") return decoding;
    if (family == "bus-error") return code == 0 || code == EYERISS_ERR_BUS;
    if (family.starts_with("irq")) return code == 0;
    return code == 0 || code == EYERISS_ERR_WATCHDOG;
}

}  // namespace

fault_scenario draw_scenario(const fault_space& space, const arch::machine& m, std::uint64_t seed,
                             std::uint64_t index) {
    draw d(seed, index);
    fault_scenario s;
    s.family = families[index % families.size()];
    s.check_bits = index / families.size() % 2 == 0;
    const faults::trigger at_layer{moment::layer, space.layers[d.below(space.layers.size())]};
    fault f;
    f.when = at_layer;
    const auto with = [&](fault drawn) {
        drawn.when = at_layer;
        return drawn;
    };
    if (s.family.starts_with("dram-flip")) {
        f = of_memory(d, space, s.check_bits);
        if (s.family != "dram-flip") s.faults.push_back(beside(d, f, s.check_bits ? 72 : 64));
    } else if (s.family == "descriptor-flip") {
        f.what = kind::descriptor_flip;
        f.word = d.below(16);
        f.bit = d.below(32);
    } else if (s.family.starts_with("glb-flip")) {
        f = with(of_glb(d, m));
        const unsigned bits =
            f.memory == faults::glb_bank::iact ? m.noc.iact_port_bits : faults::psum_word_bits(m);
        if (s.family != "glb-flip") s.faults.push_back(beside(d, f, bits));
    } else if (s.family == "spad-flip") {
        f = with(of_spad(d, m));
    } else if (s.family == "bus-error") {
        constexpr unsigned early_accesses = 200;
        f.what = kind::bus_error;
        f.when = {moment::access, 1 + d.below(early_accesses)};
        f.times = d.below(2);
    } else if (s.family == "stuck") {
        f = with(of_port(d, m));
        f.duration_ps = d.below(2) * std::uint64_t{100'000'000};
    } else if (s.family == "dma-stall") {
        f.what = kind::dma_stall;
        f.duration_ps = d.below(2) * std::uint64_t{100'000'000};
    } else if (s.family == "clock-gate") {
        f.what = kind::clock_gate;
        f.cluster = d.below(m.noc.clusters());
        f.duration_ps = d.below(2) * std::uint64_t{100'000'000};
    } else {
        f.what = s.family == "irq-lost" ? kind::irq_lost : kind::irq_late;
        if (f.what == kind::irq_late) f.duration_ps = 1'000'000 + d.wide_below(1'000'000'000);
    }
    s.faults.push_back(f);
    return s;
}

bool is_covered(const fault_scenario& s) {
    const bool flips = s.family.starts_with("dram-flip") || s.family.starts_with("glb-flip");
    return flips ? s.check_bits : s.family != "spad-flip";
}

fault_outcome classify(const fault_scenario& s, const network_run& run) {
    if (is_one_of(run.result.stopped_by, {"idle", "max-time", "max-instructions"}))
        return fault_outcome::hang;
    if (run.result.guest_exit_code != 0) {
        return suits(s.family, reported_code(run.result.error)) ? fault_outcome::reported
                                                                : fault_outcome::wrong_code;
    }
    if (!run.output_exact) return fault_outcome::silent;
    if (run.uart.find("recovered: ") != std::string::npos) return fault_outcome::recovered;
    return run.corrected_words != 0 ? fault_outcome::corrected : fault_outcome::masked;
}

}  // namespace eyeriss::sims
