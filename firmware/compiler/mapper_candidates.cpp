#include "firmware/compiler/mapper_candidates.h"

#include <algorithm>
#include <functional>

namespace eyeriss::compiler {

namespace {

using arch::loop;
using arch::split;

constexpr unsigned widest_tile = 64;  ///< M0 that a weight profile can count
/// Numbers of weights: below the first two, all M0 and all C0 are tried; from the third on, small M0 are not.
constexpr std::uint64_t small_layer = 300'000;
constexpr std::uint64_t medium_layer = 1'000'000;
constexpr std::uint64_t large_layer = 4'000'000;
constexpr std::size_t many_splits = 48;

std::uint64_t weights_of(const arch::layer_shape& shape) {
    return std::uint64_t{shape.groups} * shape.m * shape.c * shape.r * shape.s;
}

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

/// Largest first, each once, nothing outside 1..limit.
std::vector<unsigned> tidy(std::vector<unsigned> values, unsigned limit) {
    std::erase_if(values, [&](unsigned v) { return v == 0 || v > limit; });
    std::sort(values.begin(), values.end(), std::greater<>());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

std::vector<unsigned> all_up_to(unsigned limit) {
    std::vector<unsigned> values;
    for (unsigned v = limit; v > 0; --v) values.push_back(v);
    return values;
}

/// The least factor that makes as many trips over `limit` as `factor` does.
unsigned least_factor(unsigned limit, unsigned factor) {
    return factor >= limit ? limit : ceil_div(limit, ceil_div(limit, factor));
}

/// The least factor that makes fewer trips; `factor` itself when there is none.
unsigned next_useful(unsigned factor, unsigned limit) {
    const unsigned trips = ceil_div(limit, factor);
    return trips == 1 ? factor : ceil_div(limit, trips - 1);
}

std::vector<unsigned> useful_factors(unsigned limit, unsigned places) {
    std::vector<unsigned> factors;
    for (unsigned factor = 1; factor <= places; factor = next_useful(factor, limit)) {
        if (!factors.empty() && factors.back() == factor) break;
        factors.push_back(factor);
    }
    return factors;
}

unsigned columns_limit(const arch::layer_shape& shape, const arch::machine& m, unsigned s0) {
    const unsigned segments = ceil_div(s0, shape.stride_w);
    if (segments > m.pe.iact_address_entries) return 0;
    return std::min(
        {m.pe.iact_entries / (shape.stride_w * segments), m.pe.weight_address_entries / s0, shape.c});
}

}  // namespace

std::vector<unsigned> m0_options(const arch::layer_shape& shape, const arch::machine& m, search_width width) {
    const unsigned limit = std::min({m.pe.psum_entries, widest_tile, shape.m});
    const std::uint64_t weights = weights_of(shape);
    if (width == search_width::whole || weights < small_layer) return all_up_to(limit);
    if (width == search_width::wide && weights < large_layer) return all_up_to(limit);
    const unsigned columns = m.noc.cluster_cols * m.noc.pe_cols;
    std::vector<unsigned> values{limit, 48, 32, 24, 16, 12, 8, 4, 2, 1};
    for (unsigned parts = 1; parts <= 8; ++parts) {
        values.push_back(ceil_div(shape.m, parts));
        values.push_back(ceil_div(shape.m, parts * columns));
    }
    values = tidy(std::move(values), limit);
    const unsigned least = weights > large_layer ? 12 : shape.m >= 64 ? 4 : 1;
    std::erase_if(values, [&](unsigned v) { return v < least && v != limit; });
    return values;
}

std::vector<unsigned> s0_options(const arch::layer_shape& shape, const arch::machine& m, search_width width) {
    std::vector<unsigned> values;
    for (unsigned parts = 1; parts <= shape.s; ++parts) {
        const unsigned s0 = ceil_div(shape.s, parts);
        if (columns_limit(shape, m, s0) == 0) continue;
        values.push_back(s0);
        if (width == search_width::narrow) break;
    }
    return tidy(std::move(values), shape.s);
}

std::vector<unsigned> c0_options(const arch::layer_shape& shape, const arch::machine& m, unsigned s0,
                                 search_width width) {
    const unsigned limit = columns_limit(shape, m, s0);
    const std::uint64_t weights = weights_of(shape);
    if (width == search_width::whole || weights < medium_layer) return all_up_to(limit);
    if (width == search_width::wide && weights < large_layer) return all_up_to(limit);
    std::vector<unsigned> values{limit, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1};
    for (unsigned v = 1; v <= limit; ++v) {
        if (shape.c % v == 0) values.push_back(v);
    }
    return tidy(std::move(values), limit);
}

std::vector<chain> chain_options(const arch::layer_shape& shape, const arch::machine& m, unsigned c0,
                                 unsigned s0) {
    const unsigned c_tiles = ceil_div(shape.c, c0);
    std::vector<chain> chains;
    if (m.noc.is_bus()) {
        // A cluster is one PE row, and psums return to the bank from any length of chain.
        for (unsigned r1 = std::min(shape.r, m.noc.cluster_rows); r1 > 0; --r1) {
            for (unsigned c1 = 1; c1 <= std::min(m.noc.cluster_rows / r1, c_tiles); ++c1) {
                if (ceil_div(c_tiles, ceil_div(c_tiles, c1)) == c1) chains.push_back({c1, r1, c1 * r1});
            }
        }
        return chains;
    }
    for (unsigned r1 = std::min(shape.r, m.noc.pe_rows); r1 > 0; --r1) {
        chains.push_back({std::min(m.noc.pe_rows / r1, c_tiles), r1, 1});
    }
    const unsigned whole = c_tiles * shape.r;
    const unsigned clusters = ceil_div(whole, m.noc.pe_rows);
    if (s0 == shape.s && clusters > 1 && clusters <= m.noc.cluster_rows) {
        chains.push_back({c_tiles, shape.r, clusters});
    }
    return chains;
}

std::vector<split> split_options(unsigned places, const split& limits) {
    std::vector<split> all;
    unsigned fullest = 1;
    const auto gs = useful_factors(limits.g, places);
    const auto ns = useful_factors(limits.n, places);
    const auto ms = useful_factors(limits.m, places);
    for (const unsigned g : gs) {
        for (const unsigned n : ns) {
            for (const unsigned m : ms) {
                if (g * n * m > places) break;
                const unsigned e = least_factor(limits.e, places / (g * n * m));
                const unsigned product = g * n * m * e;
                const auto grows = [&](unsigned factor, unsigned limit) {
                    const unsigned next = next_useful(factor, limit);
                    return next != factor && product / factor * next <= places;
                };
                if (grows(g, limits.g) || grows(n, limits.n) || grows(m, limits.m)) continue;
                all.push_back({g, n, m, e});
                fullest = std::max(fullest, product);
            }
        }
    }
    if (all.size() > many_splits) {
        std::erase_if(all, [&](const split& s) { return s.product() * 10 < fullest * 9; });
    }
    return all;
}

std::span<const std::array<loop, arch::loop_count>> order_options() {
    static constexpr std::array<std::array<loop, arch::loop_count>, 9> orders{{
        {loop::g, loop::n, loop::e, loop::m, loop::c, loop::r, loop::s},
        {loop::g, loop::n, loop::m, loop::e, loop::c, loop::r, loop::s},
        {loop::g, loop::m, loop::n, loop::e, loop::c, loop::r, loop::s},
        {loop::g, loop::n, loop::m, loop::c, loop::r, loop::s, loop::e},
        {loop::g, loop::m, loop::c, loop::r, loop::s, loop::n, loop::e},
        {loop::g, loop::n, loop::e, loop::c, loop::r, loop::s, loop::m},
        {loop::g, loop::n, loop::c, loop::r, loop::s, loop::m, loop::e},
        {loop::g, loop::n, loop::c, loop::r, loop::s, loop::e, loop::m},
        {loop::g, loop::c, loop::r, loop::s, loop::m, loop::n, loop::e},
    }};
    return orders;
}

}  // namespace eyeriss::compiler
