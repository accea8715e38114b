#pragma once

#include <cstdint>

namespace eyeriss::platform {

/// Privilege modes of a hart without supervisor mode, as mstatus.MPP holds them.
enum class privilege : std::uint8_t { user = 0, machine = 3 };

}  // namespace eyeriss::platform
