#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/energy/table.h"

namespace eyeriss::compiler {

/// What the mapping search makes as small as it can, layer by layer.
enum class search_cost : std::uint8_t {
    cycles,
    energy,  ///< of chip and DRAM together (A-MAPPER-ENERGY)
    edp,     ///< energy times cycles
};
inline constexpr std::array<std::string_view, 3> search_cost_names{"cycles", "energy", "edp"};

/// A cost, and what an action takes. The table counts for nothing where cycles alone are the cost.
struct search_goal {
    search_cost cost = search_cost::cycles;
    energy::energy_table table;

    [[nodiscard]] bool asks_energy() const { return cost != search_cost::cycles; }
    /// What the search compares: cycles, picojoules, or their product.
    [[nodiscard]] double score(double cycles, double picojoules) const {
        if (cost == search_cost::cycles) return cycles;
        return cost == search_cost::energy ? picojoules : picojoules * cycles;
    }
};

}  // namespace eyeriss::compiler
