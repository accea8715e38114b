#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/arch/mapping.h"

/// Eyexam: seven upper bounds on a layer's throughput, each no higher than the one before, so that each step
/// shows what one constraint costs (JETCAS 9(2), 2019, section VI, for steps 1, 2 and 7; the closed forms of
/// 3 to 6 are derived).
///
/// All bounds count effectual MACs a cycle. On a machine that skips zeros the work is what remains, lanes are
/// filled by whatever work there is, and data is what is stored. On one that does not, the bounds are those
/// of the nominal layer times the share of its MACs that is effectual.
namespace eyeriss::arch {

enum class eyexam_bound : std::uint8_t {
    layer,       ///< all MACs at once: size and shape of the layer
    dataflow,    ///< all row convolutions at once, one a lane: g, n, m, c, e, r
    lanes,       ///< so many lanes: work / ceil(work / lanes)
    dimensions,  ///< the array's two axes and the lanes of a PE: product of L / ceil(L / A)
    storage,     ///< active lanes of the mapping, whose tiles fit every buffer
    bandwidth,   ///< the busiest network or the memory: work / (words / words a cycle)
    measured,    ///< ramp-up, imbalance, instantaneous bandwidth
};
inline constexpr std::size_t eyexam_bounds_count = static_cast<std::size_t>(eyexam_bound::measured) + 1;
inline constexpr std::array<std::string_view, eyexam_bounds_count> eyexam_names{
    "layer", "dataflow", "lanes", "dimensions", "storage", "bandwidth", "measured"};

/// Words of one kind of data in the layer, and how many could move in a cycle.
struct data_traffic {
    double words = 0;
    double words_per_cycle = 0;
};

/// A layer as it was run.
struct eyexam_case {
    layer_shape layer;
    mapping map;
    std::uint64_t macs_effectual = 0;  ///< both operands non-zero and inside the image
    std::uint64_t cycles = 0;          ///< measured
};

/// Bounds in MAC/cycle, in the order of eyexam_bound.
using eyexam_bounds = std::array<double, eyexam_bounds_count>;

/// The bounds of a layer. `traffic` has an entry a kind of data; one without words binds nothing. Where a
/// mapping fills more lanes than the closed form of step 4 says, which a machine that skips zeros may, step 4
/// is the mapping's.
[[nodiscard]] eyexam_bounds eyexam(const eyexam_case& c, const machine& m,
                                   std::span<const data_traffic> traffic);

/// Lanes that `length` units of work keep busy on average on `available` of them: length / ceil(length /
/// available).
[[nodiscard]] double fragmented(double length, double available);

}  // namespace eyeriss::arch
