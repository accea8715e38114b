#pragma once

#include <cstdint>
#include <ostream>

#include "sims/trace/trace_data.h"

namespace eyeriss::sims {

/// Writes a trace in Perfetto's own format: a track a stream (more where transactions of one overlap without
/// nesting, "name #2"), grouped by the first part of their names; slices with their attributes, "id" and
/// "parent"; and counter tracks in units a second, each step over its window. Times are rounded down to
/// nanoseconds, the format's unit. Stops at `limit_bytes`; returns how many slices were left out.
std::uint64_t write_perfetto(std::ostream& out, const trace_data& data, std::uint64_t limit_bytes);

}  // namespace eyeriss::sims
