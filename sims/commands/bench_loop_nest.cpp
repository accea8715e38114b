#include "sims/commands/bench_loop_nest.h"

#include <cstdint>
#include <vector>

#include "sims/support/stopwatch.h"

namespace eyeriss::sims {
namespace {

struct operands {
    unsigned height, width;  ///< of an iact channel with its padding
    std::vector<std::int8_t> iacts, weights;
    std::vector<std::int32_t> sums;
};

void add_row(const std::int8_t* iacts, std::int32_t weight, std::int32_t* sums, unsigned count,
             unsigned stride) {
    if (stride == 1) {
        for (unsigned f = 0; f < count; ++f) sums[f] += weight * iacts[f];
    } else {
        for (unsigned f = 0; f < count; ++f) sums[f] += weight * iacts[f * stride];
    }
}

void add_products(const arch::layer_shape& l, unsigned channel_out, operands& o) {
    const unsigned first_in = channel_out / l.m * l.c;
    const std::int8_t* weight = o.weights.data() + std::size_t{channel_out} * l.c * l.r * l.s;
    std::int32_t* sums = o.sums.data() + std::size_t{channel_out} * l.e() * l.f();
    for (unsigned c = 0; c < l.c; ++c) {
        const std::int8_t* channel = o.iacts.data() + std::size_t{first_in + c} * o.height * o.width;
        for (unsigned r = 0; r < l.r; ++r) {
            for (unsigned s = 0; s < l.s; ++s, ++weight) {
                for (unsigned e = 0; e < l.e(); ++e) {
                    add_row(channel + std::size_t{e * l.stride_h + r} * o.width + s, *weight,
                            sums + std::size_t{e} * l.f(), l.f(), l.stride_w);
                }
            }
        }
    }
}

}  // namespace

double loop_nest_seconds(const arch::layer_shape& l) {
    operands o{l.h + l.pad_top + l.pad_bottom, l.w + l.pad_left + l.pad_right, {}, {}, {}};
    o.iacts.assign(std::size_t{l.channels_in()} * o.height * o.width, 3);
    o.weights.assign(std::size_t{l.channels_out()} * l.c * l.r * l.s, 2);
    o.sums.assign(std::size_t{l.channels_out()} * l.e() * l.f(), 0);
    const stopwatch watch;
    for (unsigned n = 0; n < l.batch; ++n) {
        for (unsigned m = 0; m < l.channels_out(); ++m) add_products(l, m, o);
    }
    // Reading a sum keeps the loops.
    volatile std::int32_t last = o.sums.back();
    static_cast<void>(last);
    return watch.cpu_seconds();
}

}  // namespace eyeriss::sims
