#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/dram/address_mapping.h"

/// What `eyeriss-vp dram` asks of a memory.
namespace eyeriss::sims {

/// One request of a traffic; without a time it is sent as soon as it may.
struct traffic_item {
    std::uint64_t address = 0;
    std::uint32_t bytes = 64;
    bool is_write = false;
    std::optional<std::uint64_t> at_ps;
};

/// Hands out the next request, or nothing at the end.
using traffic = std::function<std::optional<traffic_item>()>;

enum class traffic_pattern : std::uint8_t { seq, rand, mix_seq, mix_rand, streams };

/// `requests` requests of `bytes` bytes: seq, through the memory from 0; rand, uniform over it; mix_*, the
/// same with every third a write; streams, four by turns, each through the rows of a bank of its own.
[[nodiscard]] traffic make_traffic(traffic_pattern pattern, std::uint64_t requests, std::uint32_t bytes,
                                   const dram::address_mapping& mapping, const dram::part& part,
                                   std::uint64_t seed);

/// Reads a trace: a line is `time in ns, R or W, address, bytes`, separated by commas or blanks; `#` begins a
/// comment. Times must not fall. \throws user_error naming file and line.
[[nodiscard]] std::vector<traffic_item> read_trace(const std::filesystem::path& file);

/// The line of a trace for a request.
[[nodiscard]] std::string trace_line(std::uint64_t at_ps, bool is_write, std::uint64_t address,
                                     std::uint32_t bytes);

}  // namespace eyeriss::sims
