#pragma once

#include <string>
#include <string_view>

namespace eyeriss::platform::gdb {

/// The hart as GDB reads it from target.xml: x0 to x31, pc, the CSRs that there are, and the privilege mode,
/// numbered as in platform/debug/debugger.h.
[[nodiscard]] std::string target_description();

/// The piece of a text that a qXfer packet asks for by "offset,length": 'm' and the piece, or 'l' and the
/// last one. "E01" when that is no such pair.
[[nodiscard]] std::string transfer_piece(std::string_view text, std::string_view offset_and_length);

}  // namespace eyeriss::platform::gdb
