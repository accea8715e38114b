#pragma once

#include <cstdint>
#include <string_view>

namespace eyeriss::networks {

/// A counter-based generator: the value at an index depends on seed, name and index alone, so that values can
/// be drawn in any order and again. The mixing function is splitmix64's finaliser.
class random_stream {
public:
    /// `name` separates streams of one seed, e.g. "conv1/weights".
    random_stream(std::uint64_t seed, std::string_view name);

    /// 64 random bits.
    [[nodiscard]] std::uint64_t bits(std::uint64_t index) const {
        std::uint64_t z = key_ + (index + 1) * 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, 1).
    [[nodiscard]] double uniform(std::uint64_t index) const {
        return static_cast<double>(bits(index) >> 11) * 0x1p-53;
    }
    /// Uniform in [-1, 1).
    [[nodiscard]] double symmetric(std::uint64_t index) const { return 2 * uniform(index) - 1; }

private:
    std::uint64_t key_;
};

}  // namespace eyeriss::networks
