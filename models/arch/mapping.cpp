#include "models/arch/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/arch/tiling.h"

namespace eyeriss::arch {

namespace {

constexpr unsigned largest_block = 16;

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

bool is_reduction(loop l) {
    return l == loop::c || l == loop::r || l == loop::s;
}

constexpr std::size_t at(loop l) {
    return static_cast<std::size_t>(l);
}

/// The factors' product, at most UINT32_MAX: a descriptor's factors may be of any size, and split::product()
/// wraps.
std::uint64_t places(const split& s) {
    std::uint64_t product = 1;
    for (const unsigned factor : {s.g, s.n, s.m, s.e}) {
        product = std::min<std::uint64_t>(product * factor, UINT32_MAX);
    }
    return product;
}

}  // namespace

std::array<unsigned, loop_count> mapping::trips(const layer_shape& layer) const {
    return {ceil_div(layer.groups, g_tile()),
            ceil_div(layer.batch, n_tile()),
            ceil_div(layer.m, m_tile()),
            ceil_div(layer.e(), e_tile()),
            ceil_div(layer.c, c_tile()),
            ceil_div(layer.r, r1),
            ceil_div(layer.s, s0)};
}

std::uint64_t mapping::passes(const layer_shape& layer) const {
    const auto t = trips(layer);
    return std::accumulate(t.begin(), t.end(), std::uint64_t{1}, std::multiplies<>());
}

std::uint64_t mapping::live_psum_tiles(const layer_shape& layer) const {
    const auto t = trips(layer);
    const auto outermost =
        std::find_if(order.begin(), order.end(), [&](loop l) { return is_reduction(l) && t[at(l)] > 1; });
    if (outermost == order.end()) return 0;
    return std::accumulate(outermost, order.end(), std::uint64_t{1}, [&](std::uint64_t product, loop l) {
        return is_reduction(l) ? product : product * t[at(l)];
    });
}

unsigned mapping::output_block_channels(const layer_shape& layer) const {
    const auto t = trips(layer);
    unsigned base = 0;  // 0: any block will do
    if (t[at(loop::m)] > 1) {
        base = layer.groups > 1 ? std::gcd(m_tile(), layer.m) : m_tile();
    } else if (t[at(loop::g)] > 1) {
        base = g_tile() * layer.m;
    }
    if (base == 0) return std::min(largest_block, layer.channels_out());
    unsigned block = std::min(base, largest_block);
    while (base % block != 0) --block;
    return block;
}

std::string mapping::text() const {
    const auto axis = [](const split& s) {
        std::string out;
        const auto add = [&](char letter, unsigned factor) {
            if (factor > 1) out += fmt::format("{}{}{}", out.empty() ? "" : " ", letter, factor);
        };
        add('g', s.g);
        add('n', s.n);
        add('e', s.e);
        add('m', s.m);
        return out;
    };
    std::string loops;
    for (const loop l : order) loops += "gnmecrs"[at(l)];
    return fmt::format("M0={} C0={} S0={} c1={} r1={} v({}) h({}) order={}{}{}{}", m0, c0, s0, c1, r1,
                       axis(vertical), axis(horizontal), loops, weight_dense ? " dense-weights" : "",
                       iact_dense ? " dense-iacts" : "", iact_single_buffer ? " single-buffer" : "");
}

namespace {

/// The rules of check(), one function a block of the hardware; each returns its complaint or nothing.
class checker {
public:
    checker(const mapping& map, const layer_shape& layer, const machine& m)
        : map_(map), layer_(layer), m_(m) {}

    [[nodiscard]] std::string run(unsigned worst_weight_words) const {
        for (const auto& message : {loops(), array(), spads(worst_weight_words)}) {
            if (!message.empty()) return message;
        }
        if (m_.noc.is_bus()) return pool();
        const auto banks = iact_banks();
        return banks.empty() ? psum_banks() : banks;
    }

private:
    [[nodiscard]] std::string loops() const {
        unsigned seen = 0;
        for (const loop l : map_.order) seen |= 1U << at(l);
        if (seen != (1U << loop_count) - 1) return "order must name each of the loops g n m e c r s once";
        for (const unsigned factor :
             {map_.m0, map_.c0, map_.s0, map_.c1, map_.r1, map_.chain_clusters, map_.vertical.g,
              map_.vertical.n, map_.vertical.m, map_.vertical.e, map_.horizontal.g, map_.horizontal.n,
              map_.horizontal.m, map_.horizontal.e}) {
            if (factor == 0) return "every factor of a mapping must be at least 1";
        }
        if (map_.m0 > layer_.m) return fmt::format("M0={} exceeds the layer's M={}", map_.m0, layer_.m);
        if (map_.c0 > layer_.c) return fmt::format("C0={} exceeds the layer's C={}", map_.c0, layer_.c);
        if (map_.s0 > layer_.s) return fmt::format("S0={} exceeds the layer's S={}", map_.s0, layer_.s);
        if (map_.r1 > layer_.r) return fmt::format("r1={} exceeds the layer's R={}", map_.r1, layer_.r);
        return {};
    }

    [[nodiscard]] std::string array() const {
        const std::uint64_t chain = std::uint64_t{map_.c1} * map_.r1;
        const std::uint64_t chain_clusters = (chain + m_.noc.pe_rows - 1) / m_.noc.pe_rows;
        if (map_.chain_clusters != chain_clusters) {
            return fmt::format("a chain of c1*r1={} PEs takes {} cluster rows of {}, not {}", chain,
                               chain_clusters, m_.noc.pe_rows, map_.chain_clusters);
        }
        if (places(map_.vertical) * map_.chain_clusters > m_.noc.cluster_rows) {
            return fmt::format("{} chains of {} cluster rows exceed the array's {} cluster rows",
                               places(map_.vertical), map_.chain_clusters, m_.noc.cluster_rows);
        }
        if (places(map_.horizontal) > m_.noc.cluster_cols * m_.noc.pe_cols) {
            return fmt::format("a horizontal split of {} exceeds the array's {} PE columns",
                               places(map_.horizontal), m_.noc.cluster_cols * m_.noc.pe_cols);
        }
        const auto t = map_.trips(layer_);
        if (map_.chain_clusters > 1 && !m_.noc.is_bus() &&
            (t[at(loop::c)] > 1 || t[at(loop::r)] > 1 || t[at(loop::s)] > 1)) {
            return "a chain over several clusters must reduce in one pass: psums stored in its last cluster "
                   "cannot return north";
        }
        return {};
    }

    [[nodiscard]] std::string spads(unsigned worst_weight_words) const {
        if (!m_.pe.sparse && (!map_.weight_dense || !map_.iact_dense)) {
            return "dense PEs (pe.sparse=false) take raw weights and raw iacts only";
        }
        const unsigned segments = ceil_div(map_.s0, layer_.stride_w);
        const unsigned window = map_.c0 * layer_.stride_w * segments;
        if (window > m_.pe.iact_entries) {
            return fmt::format("a window of C0*U*ceil(S0/U)={} iacts exceeds the SPad's {}", window,
                               m_.pe.iact_entries);
        }
        if (segments > m_.pe.iact_address_entries) {
            return fmt::format("a window of {} segments exceeds the {} iact addresses", segments,
                               m_.pe.iact_address_entries);
        }
        if (map_.c0 * map_.s0 > m_.pe.weight_address_entries) {
            return fmt::format("C0*S0={} weight columns exceed the {} weight addresses", map_.c0 * map_.s0,
                               m_.pe.weight_address_entries);
        }
        if (map_.m0 > m_.pe.psum_entries) {
            return fmt::format("M0={} exceeds the {} psums of the SPad", map_.m0, m_.pe.psum_entries);
        }
        const unsigned dense_words = (map_.m0 + 1) / 2 * map_.c0 * map_.s0;
        const unsigned words = map_.weight_dense ? dense_words : worst_weight_words;
        if (words > m_.pe.weight_words) {
            return fmt::format("a weight tile of {} words exceeds the SPad's {}", words, m_.pe.weight_words);
        }
        return {};
    }

    /// On a bus: iacts of a pass (twice, if one set is loaded while the other is used) and unfinished psums.
    [[nodiscard]] std::string pool() const {
        const tiling tiles(layer_, map_, m_);
        const std::uint64_t row =
            std::uint64_t{tiles.segments()} * map_.c0 * layer_.stride_w * m_.pe.operand_bits;
        const std::uint64_t iacts =
            tiles.placed_streams({}, {}).size() * row * (map_.iact_single_buffer ? 1 : 2);
        const std::uint64_t chains = map_.vertical.product() * map_.horizontal.product();
        const double psums = static_cast<double>(map_.live_psum_tiles(layer_)) * map_.m0 * layer_.f() *
                             static_cast<double>(chains * m_.psum_storage_bits());
        if (static_cast<double>(iacts) + psums <= static_cast<double>(m_.glb_bits())) return {};
        return fmt::format("iacts of {} bytes and unfinished psums of {:.0f} bytes exceed the GLB's {}",
                           iacts / 8, std::floor(psums / 8), m_.glb_bits() / 8);
    }

    [[nodiscard]] std::string iact_banks() const {
        const tiling tiles(layer_, map_, m_);
        const unsigned values = tiles.segments() * map_.c0 * layer_.stride_w;
        const unsigned words = map_.iact_dense
                                   ? ceil_div(values * m_.pe.operand_bits, m_.noc.iact_port_bits)
                                   : ceil_div(values * 12 + tiles.segments() * 4, m_.noc.iact_port_bits);
        const unsigned bank = m_.iact_bank_port_words() / (map_.iact_single_buffer ? 1 : 2);
        for (unsigned row = 0; row < m_.noc.cluster_rows; ++row) {
            for (unsigned col = 0; col < m_.noc.cluster_cols; ++col) {
                const auto streams = static_cast<unsigned>(tiles.cluster_streams({}, row, col).size());
                const unsigned in_bank = ceil_div(streams, m_.noc.iact_routers());
                if (in_bank * words > bank) {
                    return fmt::format(
                        "{} iact rows of up to {} words exceed the {} words of a GLB bank's {}", in_bank,
                        words, bank, map_.iact_single_buffer ? "whole" : "half");
                }
            }
        }
        return {};
    }

    [[nodiscard]] std::string psum_banks() const {
        // Of a layer that no memory holds they are more than 64 bits can count.
        const double psums = static_cast<double>(map_.live_psum_tiles(layer_)) * map_.m0 * layer_.f();
        const std::uint64_t bank = m_.psum_bank_psums();
        if (psums > static_cast<double>(bank)) {
            return fmt::format("{:.0f} unfinished psums of a PE column exceed the {} of its GLB bank", psums,
                               bank);
        }
        return {};
    }

    const mapping& map_;
    const layer_shape& layer_;
    const machine& m_;
};

}  // namespace

std::string check(const mapping& map, const layer_shape& layer, const machine& m,
                  unsigned worst_weight_words) {
    return checker(map, layer, m).run(worst_weight_words);
}

}  // namespace eyeriss::arch
