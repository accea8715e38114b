#pragma once

#include <array>
#include <span>
#include <vector>

#include "models/arch/machine.h"
#include "models/arch/mapping.h"

/// The factors that the mapping search tries. Each list is ordered and free of repetitions.
namespace eyeriss::compiler {

/// How much of the space is tried: `narrow` holds the factors that good mappings often have, `wide` all of
/// them but for the M0 and C0 of layers with very many weights, `whole` everything.
enum class search_width : std::uint8_t { narrow, wide, whole };

/// Output channels of a PE: at most the psum SPad, 64 and M; largest first.
[[nodiscard]] std::vector<unsigned> m0_options(const arch::layer_shape& shape, const arch::machine& m,
                                               search_width width);

/// Filter columns of a PE: all of them where a window of one channel fits the SPads, else equal parts.
[[nodiscard]] std::vector<unsigned> s0_options(const arch::layer_shape& shape, const arch::machine& m,
                                               search_width width);

/// Input channels of a PE with s0 filter columns: at most what the window's whole segments (C0*U*ceil(s0/U)
/// iacts) and the weight addresses (C0*s0) allow; largest first.
[[nodiscard]] std::vector<unsigned> c0_options(const arch::layer_shape& shape, const arch::machine& m,
                                               unsigned s0, search_width width);

/// A reduction chain.
struct chain {
    unsigned c1 = 1, r1 = 1, clusters = 1;
};

/// Chains within a cluster, and the one over several clusters that reduces the layer in one pass, if the
/// array has room for it.
[[nodiscard]] std::vector<chain> chain_options(const arch::layer_shape& shape, const arch::machine& m,
                                               unsigned c0, unsigned s0);

/// Splits of an axis of `places` over g, n, m and e with no factor above its limit, such that no factor could
/// grow; of very many only those that use most places. A factor that makes as many trips as a smaller one is
/// left out.
[[nodiscard]] std::vector<arch::split> split_options(unsigned places, const arch::split& limits);

/// Loop orders that differ in what stays in the array: outputs, weights or iacts.
[[nodiscard]] std::span<const std::array<arch::loop, arch::loop_count>> order_options();

}  // namespace eyeriss::compiler
