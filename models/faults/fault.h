#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/arch/machine.h"

/// Faults on demand as plain data (doc/reliability.md). What a fault does stands with the block that it hits.
namespace eyeriss::faults {

enum class kind : std::uint8_t {
    dram_flip,        ///< a bit of a 64-bit word of DRAM, check bits included
    descriptor_flip,  ///< a bit of the descriptor of a layer that is being started
    glb_flip,         ///< a bit of a word of a GLB bank, check bits included
    spad_flip,        ///< a bit of a word of a PE's SPad
    bus_error,        ///< accesses of DRAM that are answered with an address error
    stuck_port,       ///< a port of an on-chip network whose ready never rises
    dma_stall,        ///< the DMA sends no further request
    clock_gate,       ///< the PEs of a cluster stand still
    irq_lost,         ///< a rise of an interrupt line that nobody sees
    irq_spurious,     ///< a pulse on an interrupt line without a cause
    irq_late          ///< a rise of an interrupt line that comes later
};

/// Which of several alike.
enum class network_port : std::uint8_t { iact, weight, psum_in, psum_out };
enum class spad : std::uint8_t { iact, weight, psum };
enum class glb_bank : std::uint8_t { iact, psum };
enum class irq_line : std::uint8_t { done, error, counter };

/// When a fault strikes: at once; at a simulated time; when the driver marks a layer (register LAYER) or, for
/// descriptor_flip, when that layer is started; at the n-th access from now on, counted from 1.
struct trigger {
    enum class moment : std::uint8_t { now, time, layer, access };
    moment when = moment::now;
    std::uint64_t value = 0;  ///< picoseconds, layer index, or number of the access
    bool operator==(const trigger&) const = default;
};

/// One fault. Which members count depends on `what`; see the grammar in fault_text.h.
struct fault {
    kind what = kind::dram_flip;
    trigger when;
    std::optional<std::uint64_t> address;  ///< bus address; bus_error without one hits any access of DRAM
    unsigned bit = 0;
    unsigned word = 0;
    unsigned cluster = 0, bank = 0;  ///< `bank`: also the router of a stuck port
    unsigned pe = 0;                 ///< linear index
    network_port port = network_port::iact;
    spad pad = spad::weight;
    glb_bank memory = glb_bank::iact;
    irq_line line = irq_line::done;
    std::uint64_t duration_ps = 0;  ///< of a stall, a stuck port, a gated clock, a delay; 0: for ever
    unsigned times = 1;             ///< accesses that a bus error hits; 0: all from then on
    bool operator==(const fault&) const = default;
};

/// Empty, or one line that names the key whose value this machine does not have and what would be right.
[[nodiscard]] std::string check(const fault& f, const arch::machine& m);

/// Bits of a psum word, two psums, of a GLB bank.
[[nodiscard]] unsigned psum_word_bits(const arch::machine& m);

/// Data bits of a word of DRAM that one code word protects.
inline constexpr unsigned dram_word_bits = 64;

}  // namespace eyeriss::faults
