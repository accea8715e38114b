#pragma once

#include <filesystem>
#include <span>

#include "sims/trace/trace_database.h"

namespace eyeriss::sims {

/// Writes a VCD file by SystemC's own tracing. Annotated times are not kernel times; so a module replays the
/// changes of streams in a simulation of their own and drives a signal for each: "STREAM.open", how many
/// transactions are under way, and "STREAM.ATTRIBUTE", the sum of theirs. Time unit: 1 ps. Elaborates, so
/// once a process. The file appears whole or not at all. \throws user_error
void write_vcd(std::span<const stream_changes> streams, const std::filesystem::path& file);

}  // namespace eyeriss::sims
