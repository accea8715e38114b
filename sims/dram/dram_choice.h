#pragma once

#include <optional>

#include "models/arch/machine.h"
#include "platform/soc.h"

namespace eyeriss::sims {

/// The DRAM part and controller that a machine's dram.* keys ask for; nothing for ideal and bandwidth. Parts
/// are looked up by path, or by name among those that come with the program.
/// \throws platform::part_error, user_error naming a dram.* key that does not suit the part.
[[nodiscard]] std::optional<platform::timed_dram> chosen_dram(const arch::machine& machine);

}  // namespace eyeriss::sims
