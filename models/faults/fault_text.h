#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/faults/fault.h"

/// Text form of a fault: its kind, then keys and values, e.g. "dram-flip,address=0x84000100,bit=3,at=10us".
///
///   kind            keys (optional ones in brackets)
///   dram-flip       address, bit 0-63 of its 64-bit word, 64-71 its check bits
///   descriptor-flip word, bit; layer
///   glb-flip        [memory=iact|psum], cluster, bank, word, bit
///   spad-flip       [spad=weight|iact|psum], pe, word, bit
///   bus-error       [address], [times: accesses that it hits, 0: all]
///   stuck           [port=iact|weight|psum-in|psum-out], cluster, router, [for]
///   dma-stall       [for]
///   clock-gate      cluster, [for]
///   irq-lost        [line=done|error|counter]
///   irq-spurious    [line]
///   irq-late        [line], for
///
/// Triggers, at most one: at=TIME, layer=INDEX, access=N (dram-flip, bus-error: transactions that touch the
/// address, or any without one; dma-stall: transfers). None: at once, on the command line at time 0. Numbers
/// are decimal or 0x; times carry ps, ns, us, ms or s; `for` is a time, without it the fault stays.
namespace eyeriss::faults {

/// Key and value as text, in the order in which they were written.
using setting = std::pair<std::string, std::string>;

/// Parses a text. Throws std::invalid_argument with one line that names the key or kind and what would be
/// right.
[[nodiscard]] fault parse_fault(std::string_view text);
/// The same of a kind and settings that were taken apart already, as a scenario file gives them.
[[nodiscard]] fault make_fault(std::string_view kind, std::span<const setting> settings);
/// The text that parse_fault reads as this fault.
[[nodiscard]] std::string to_text(const fault& f);
/// The kind's name in texts.
[[nodiscard]] std::string_view to_string(kind k);

}  // namespace eyeriss::faults
