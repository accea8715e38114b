#include <algorithm>

#include "tests/models/accelerator/random_layer.h"
#include "tests/reference/layer_case.h"

namespace eyeriss::reference {
namespace {

/// A run of so many cycles a PE is stepped in a fraction of a second on 192 PEs.
constexpr std::uint64_t most_cycles = 20000;

class chooser {
public:
    chooser(std::mt19937_64& random, const arch::layer_shape& s, const arch::machine& m)
        : random_(random), s_(s), m_(m) {}

    arch::mapping mapping() {
        arch::mapping map;
        const unsigned addresses = m_.pe.weight_address_entries;
        map.s0 = mostly_all(std::min(s_.s, addresses));
        const unsigned window = (map.s0 + s_.stride_w - 1) / s_.stride_w * s_.stride_w;
        if (window > m_.pe.iact_entries) map.s0 = 1;
        map.c0 = upto(std::max(1U, std::min({s_.c, addresses / map.s0,
                                             m_.pe.iact_entries / std::min(window, m_.pe.iact_entries)})));
        map.m0 = mostly_all(std::min(s_.m, m_.pe.psum_entries));
        map.r1 = mostly_all(s_.r);
        const unsigned rows = m_.noc.cluster_rows * m_.noc.pe_rows;
        map.r1 = std::min(map.r1, rows);
        const unsigned c_tiles = (s_.c + map.c0 - 1) / map.c0;
        map.c1 = upto(std::max(1U, std::min(c_tiles, (one_in(3) ? rows : m_.noc.pe_rows) / map.r1)));
        map.chain_clusters = (map.c1 * map.r1 + m_.noc.pe_rows - 1) / m_.noc.pe_rows;
        map.vertical = split(std::max(1U, m_.noc.cluster_rows / map.chain_clusters), {1, 1, 1, 1});
        map.horizontal = split(m_.noc.cluster_cols * m_.noc.pe_cols,
                               {map.vertical.g, map.vertical.n, map.vertical.m, map.vertical.e});
        std::shuffle(map.order.begin(), map.order.end(), random_);
        map.weight_dense = !m_.pe.sparse || one_in(5);
        map.iact_dense = !m_.pe.sparse || one_in(5);
        map.iact_single_buffer = one_in(4);
        return map;
    }

private:
    unsigned upto(unsigned high) { return 1 + static_cast<unsigned>(random_() % high); }
    bool one_in(unsigned n) { return random_() % n == 0; }
    unsigned mostly_all(unsigned high) { return one_in(3) ? upto(high) : high; }

    /// Splits an axis over dimensions in random order, no further than the layer has indices.
    arch::split split(unsigned room, arch::split taken) {
        arch::split s;
        struct part {
            unsigned* factor;
            unsigned most;
        };
        const auto left = [](unsigned all, unsigned by) { return (all + by - 1) / by; };
        std::vector<part> parts{{&s.g, left(s_.groups, taken.g)},
                                {&s.n, left(s_.batch, taken.n)},
                                {&s.m, left(s_.m, taken.m)},
                                {&s.e, left(s_.e(), taken.e)}};
        std::shuffle(parts.begin(), parts.end(), random_);
        for (const part& p : parts) *p.factor = mostly_all(std::min(p.most, room / s.product()));
        return s;
    }

    std::mt19937_64& random_;
    const arch::layer_shape& s_;
    const arch::machine& m_;
};

/// More than a PE takes if nothing stalls, and much less than any sensible limit.
std::uint64_t rough_cycles(const layer_case& c) {
    const std::uint64_t window = c.map.c0 * c.map.s0 * ((c.map.m0 + 1) / 2) + c.map.m0;
    return c.map.passes(c.shape) * c.shape.f() * window;
}

}  // namespace

layer_case random_case(std::mt19937_64& random, const arch::machine& m) {
    constexpr int attempts = 40;
    while (true) {
        const auto drawn = test::make_random_layer(random, true);
        layer_case c;
        c.shape = drawn.op().shape;
        c.iacts = drawn.problem.x;
        c.weights = drawn.problem.weights;
        c.pad_value = drawn.problem.pad_value;
        c.is_signed = drawn.net.tensors[0].type == compiler::dtype::i8;
        for (int i = 0; i < attempts; ++i) {
            c.map = chooser(random, c.shape, m).mapping();
            if (rough_cycles(c) <= most_cycles && image_of(c, m)) return c;
        }
    }
}

namespace {

/// The elements of a row-major array whose indices stay below the new extents.
std::vector<int> crop(const std::vector<int>& values, const std::array<unsigned, 5>& from,
                      const std::array<unsigned, 5>& to) {
    std::vector<int> kept;
    std::array<unsigned, 5> at{};
    for (const int value : values) {
        bool inside = true;
        for (std::size_t d = 0; d < at.size(); ++d) inside = inside && at[d] < to[d];
        if (inside) kept.push_back(value);
        for (std::size_t d = at.size(); d-- > 0;) {
            if (++at[d] < from[d]) break;
            at[d] = 0;
        }
    }
    return kept;
}

layer_case cropped(const layer_case& c, const arch::layer_shape& to) {
    const auto iacts = [](const arch::layer_shape& s) {
        return std::array{s.batch, s.groups, s.c, s.h, s.w};
    };
    const auto weights = [](const arch::layer_shape& s) { return std::array{s.groups, s.m, s.c, s.r, s.s}; };
    layer_case smaller = c;
    smaller.shape = to;
    smaller.iacts = crop(c.iacts, iacts(c.shape), iacts(to));
    smaller.weights = crop(c.weights, weights(c.shape), weights(to));
    arch::mapping& m = smaller.map;
    m.m0 = std::min(m.m0, to.m), m.c0 = std::min(m.c0, to.c), m.s0 = std::min(m.s0, to.s);
    m.r1 = std::min(m.r1, to.r);
    return smaller;
}

}  // namespace

std::vector<layer_case> smaller_cases(const layer_case& c, const arch::machine& machine) {
    std::vector<layer_case> smaller;
    using field = unsigned arch::layer_shape::*;
    using shape = arch::layer_shape;
    for (const field f : {&shape::groups, &shape::batch, &shape::m, &shape::c, &shape::h, &shape::w,
                          &shape::r, &shape::s, &shape::stride_h, &shape::stride_w}) {
        for (const unsigned less : {(c.shape.*f + 1) / 2, c.shape.*f - 1}) {
            if (less == 0 || less == c.shape.*f) continue;
            shape to = c.shape;
            to.*f = less;
            if (to.check().empty()) smaller.push_back(cropped(c, to));
        }
    }
    for (const field f : {&shape::pad_top, &shape::pad_left, &shape::pad_bottom, &shape::pad_right}) {
        if (c.shape.*f == 0) continue;
        shape to = c.shape;
        to.*f = 0;
        if (to.check().empty()) smaller.push_back(cropped(c, to));
    }
    const auto with = [&](auto change) {
        layer_case other = c;
        change(other.map);
        if (!(other.map == c.map)) smaller.push_back(std::move(other));
    };
    for (const auto axis : {&arch::mapping::vertical, &arch::mapping::horizontal})
        for (const auto factor : {&arch::split::g, &arch::split::n, &arch::split::m, &arch::split::e})
            with([&](arch::mapping& m) { m.*axis.*factor = 1; });
    for (const auto factor :
         {&arch::mapping::c1, &arch::mapping::r1, &arch::mapping::c0, &arch::mapping::s0, &arch::mapping::m0})
        with([&](arch::mapping& m) { m.*factor = 1; });
    for (const auto flag :
         {&arch::mapping::weight_dense, &arch::mapping::iact_dense, &arch::mapping::iact_single_buffer})
        with([&](arch::mapping& m) { m.*flag = false; });
    with([&](arch::mapping& m) { m.order = arch::mapping{}.order; });
    for (const bool iacts : {true, false}) {
        layer_case other = c;
        for (int& v : iacts ? other.iacts : other.weights) v = 1;
        if (other.iacts != c.iacts || other.weights != c.weights) smaller.push_back(std::move(other));
    }
    for (layer_case& s : smaller)
        s.map.chain_clusters = (s.map.c1 * s.map.r1 + machine.noc.pe_rows - 1) / machine.noc.pe_rows;
    return smaller;
}

}  // namespace eyeriss::reference
