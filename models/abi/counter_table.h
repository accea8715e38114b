#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/abi/counters.h"

/// The performance counters of models/abi/counters.h as C++ data.
namespace eyeriss::register_map {

struct counter_info {
    std::string_view name;
    std::uint32_t number = 0;
    std::string_view unit;
    std::string_view meaning;
};

#define EYERISS_ROW(name, number, unit, meaning) counter_info{#name, number, unit, meaning},
/// Every performance counter, by rising number.
inline constexpr std::array counters{EYERISS_COUNTERS(EYERISS_ROW)};
#undef EYERISS_ROW

}  // namespace eyeriss::register_map
