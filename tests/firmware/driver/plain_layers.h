#pragma once

#include <cstdint>
#include <vector>

#include "models/abi/image.h"

/// Layers of the core as plain loops over NCHW values, written from the rules of models/abi/image.h.
namespace eyeriss::test {

/// Values as numbers, signed or not.
struct plain_map {
    unsigned n = 1, c = 1, h = 1, w = 1;
    std::vector<int> values;
    int zero_point = 0;
    int low = 0, high = 255;

    [[nodiscard]] int at(unsigned in, unsigned ic, unsigned ih, unsigned iw) const {
        return values.at(((std::size_t{in} * c + ic) * h + ih) * w + iw);
    }
};

[[nodiscard]] std::vector<int> plain_max_pool(const plain_map& in, const plain_map& out,
                                              const eyeriss_pool_params&);
[[nodiscard]] std::vector<int> plain_average_pool(const plain_map& in, const plain_map& out,
                                                  const eyeriss_pool_params&);
[[nodiscard]] std::vector<int> plain_add(const plain_map& a, const plain_map& b, const plain_map& out,
                                         const eyeriss_add_params&);
/// Over channels; exp holds 256 entries.
[[nodiscard]] std::vector<int> plain_softmax(const plain_map& in, const plain_map& out,
                                             const std::vector<std::uint32_t>& exp,
                                             std::uint32_t inverse_scale);

}  // namespace eyeriss::test
