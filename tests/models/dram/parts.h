#pragma once

#include <array>
#include <string>

#include "platform/part_file.h"

namespace eyeriss::test {

inline constexpr std::array part_names{"ddr3-1600k-x8", "ddr3-1600k-x16", "ddr4-2400r-x8", "lpddr4-3200-x16"};

/// A part that comes with the platform.
inline dram::part part(const std::string& name) {
    return platform::read_part(std::string(EYERISS_PARTS) + "/" + name + ".yaml");
}

}  // namespace eyeriss::test
