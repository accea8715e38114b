#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/dram/part.h"

/// The timing rules of the DRAM standards as one table: level, command before, command after, clocks.
namespace eyeriss::dram {

/// Commands on the bus. `_auto` closes the row by itself; a masked write has byte enables (its own command in
/// LPDDR4, data masks elsewhere).
enum class command : std::uint8_t {
    activate,
    read,
    read_auto,
    write,
    write_auto,
    masked_write,
    masked_write_auto,
    precharge,
    precharge_all,
    refresh_all,
    refresh_bank,
};
inline constexpr std::size_t command_count = 11;

/// Which later commands a rule binds, seen from the place of the earlier one.
enum class level : std::uint8_t {
    bank,         ///< to the same bank
    bank_group,   ///< to any bank of the same group of the same rank
    rank,         ///< to any bank of the same rank
    other_ranks,  ///< to any bank of each other rank
    channel,      ///< to any place: the command bus
};
inline constexpr std::size_t level_count = 5;

/// After `before`, `after` may come no sooner than `clocks` later; with `window` n it is the n-th last
/// `before` that counts (tFAW: 4).
struct constraint {
    level where = level::bank;
    command before = command::activate;
    command after = command::activate;
    clock_count clocks = 0;
    unsigned window = 1;
    std::string_view rule;  ///< the rule's formula in the standards' names
};

/// All rules of a part. Several rules for one pair are all kept: the latest counts.
std::vector<constraint> constraint_table(const part& p);

/// Clocks that a command holds the command bus.
clock_count command_clocks(const part& p, command c);

std::string_view to_string(command c);
std::string_view to_string(level l);

constexpr std::size_t index(command c) {
    return static_cast<std::size_t>(c);
}
constexpr bool is_read(command c) {
    return c == command::read || c == command::read_auto;
}
constexpr bool is_write(command c) {
    return c >= command::write && c <= command::masked_write_auto;
}
constexpr bool closes_row_itself(command c) {
    return c == command::read_auto || c == command::write_auto || c == command::masked_write_auto;
}
constexpr bool is_column(command c) {
    return c >= command::read && c <= command::masked_write_auto;
}

}  // namespace eyeriss::dram
