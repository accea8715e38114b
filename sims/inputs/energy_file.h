#pragma once

#include <filesystem>

#include "models/energy/table.h"

namespace eyeriss::sims {

/// Reads an energy table (doc/energy.md): `name`, `mac16_pj` and `actions`, each action with either `pj` or
/// `relative`, `scaling`, `bits` and `bytes`, and with `standing` and `source`.
/// \throws user_error, one line that names file, line and key: for a file that cannot be read or is no YAML
/// map; a key or an action that is unknown (the nearest known one is named), missing or repeated; a value
/// that is no number or negative.
[[nodiscard]] energy::cost_table read_energy_table(const std::filesystem::path& file);

/// The table of a machine: from `file`, or from the one that comes with the program when empty.
[[nodiscard]] energy::energy_table energy_table_for(const std::filesystem::path& file,
                                                    const arch::machine& m);

}  // namespace eyeriss::sims
