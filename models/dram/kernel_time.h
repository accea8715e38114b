#pragma once

#include <cmath>

#include <cstdint>
#include <systemc>

namespace eyeriss::dram {

/// Picoseconds of the kernel's time; exact at the default resolution of 1 ps.
inline std::uint64_t ps(const sc_core::sc_time& t) {
    static const auto femtoseconds =
        static_cast<std::uint64_t>(std::llround(sc_core::sc_get_time_resolution().to_seconds() * 1e15));
    return femtoseconds == 1000 ? t.value() : t.value() * femtoseconds / 1000;
}

inline sc_core::sc_time from_ps(std::uint64_t t) {
    static const bool plain = ps(sc_core::sc_time::from_value(1000)) == 1000;
    return plain ? sc_core::sc_time::from_value(t) : sc_core::sc_time(static_cast<double>(t), sc_core::SC_PS);
}

}  // namespace eyeriss::dram
