#pragma once

#include <array>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "models/energy/actions.h"

/// Energy of actions: published ratios, one rule that carries them to a machine's sizes, one absolute scale.
namespace eyeriss::energy {

/// How the energy of an action follows from the size of what it touches (doc/assumptions.md,
/// A-ENERGY-RULE).
enum class scaling : std::uint8_t {
    fixed,    ///< does not change with the machine
    width,    ///< with the bits that are moved
    squared,  ///< with the square of the operand's bits: a multiplier's area
    storage,  ///< with the bits of a word and the cube root of the memory's bytes
};
inline constexpr std::array<std::string_view, 4> scaling_names{"fixed", "width", "squared", "storage"};

/// What a table says of one action: how much it takes at one size, and how that grows.
struct action_cost {
    double relative = 0;  ///< to one multiply-accumulate of 16 bits, at `bits` and `bytes`
    scaling grows = scaling::fixed;
    double bits = 16;    ///< of the word or operand that `relative` holds for
    double bytes = 512;  ///< of the memory that `relative` holds for
    /// Picojoules at any size, in place of all the above.
    std::optional<double> picojoules;
    std::string standing;  ///< P, S, D, U as in published figures, A for an assumption
    std::string source;
};

/// An energy table as a file has it: for every action, independent of the machine.
struct cost_table {
    std::string name;
    double mac16_picojoules = 0;  ///< absolute scale: one multiply-accumulate of 16 bits
    std::string scale_source;
    by_action<action_cost> costs;
};

/// What an action touches in a machine: bits of the word that one count moves, and bytes of the memory that
/// it is kept in (0: none).
struct action_size {
    double bits = 0, bytes = 0;
};
[[nodiscard]] action_size size_of(action a, const arch::machine& m);

/// Picojoules of each action in one machine.
struct energy_table {
    std::string name;
    by_action<double> picojoules;
};
[[nodiscard]] energy_table resolve(const cost_table& table, const arch::machine& m);

/// Picojoules by component.
struct layer_energy {
    std::array<double, component_count> picojoules{};
    [[nodiscard]] double operator[](component c) const { return picojoules[static_cast<std::size_t>(c)]; }
    /// Everything but the DRAM, as published inferences/J have it.
    [[nodiscard]] double on_chip() const;
    [[nodiscard]] double dram() const { return (*this)[component::dram]; }
    layer_energy& operator+=(const layer_energy& other);
};
[[nodiscard]] layer_energy energy_of(const action_counts& counts, const energy_table& table);

/// The absolute scale, in picojoules of a MAC of 16 bits, with which `counts` take `on_chip_picojoules` on
/// the chip: energy is the scale times the relative part plus what the table states in picojoules.
/// \throws std::invalid_argument when no scale above 0 does.
[[nodiscard]] double fit_scale(const cost_table& table, const arch::machine& m, const action_counts& counts,
                               double on_chip_picojoules);

}  // namespace eyeriss::energy
