#include "firmware/compiler/mapper_cost.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace eyeriss::compiler {

namespace {

using arch::loop;

constexpr double pass_start_cycles = 8.0;
constexpr double dram_weight = 0.25;  ///< share of DRAM time counted on top of the floor

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

constexpr std::size_t at(loop l) {
    return static_cast<std::size_t>(l);
}

/// Expected largest of n normal deviates, in standard deviations, for n = 1, 2, 4, ...
double largest_deviate(unsigned n) {
    constexpr std::array<double, 11> by_log2{0.0, 0.56, 1.03, 1.42, 1.77, 2.07, 2.34, 2.60, 2.82, 3.04, 3.24};
    return by_log2[std::min<std::size_t>(std::bit_width(std::max(n, 1U)) - 1, by_log2.size() - 1)];
}

/// Input rows under e neighbouring output rows of r filter rows.
unsigned distinct_rows(unsigned e, unsigned r, unsigned stride) {
    return stride < r ? (e - 1) * stride + r : e * r;
}

class estimator {
public:
    estimator(const arch::mapping& map, const arch::layer_shape& shape, const arch::machine& m,
              const tile_statistics& weights, const density_hint& hint)
        : map_(map),
          shape_(shape),
          m_(m),
          weights_(weights),
          iacts_(map.iact_dense ? 1.0 : hint.iacts),
          trips_(map.trips(shape)),
          passes_(static_cast<double>(map.passes(shape))),
          rows_of_a_bank_(iact_rows_of_a_bank(map, shape, m.noc)) {}

    [[nodiscard]] mapping_cost run() const {
        const double windows = shape_.f();
        const double loads = runs_of({loop::g, loop::m, loop::c, loop::r, loop::s});
        const double fills = runs_of({loop::g, loop::n, loop::e, loop::c, loop::r, loop::s});
        const double fill = iact_port_cycles();
        mapping_cost cost;
        cost.compute =
            passes_ * std::max({windows * window_cycles(), iact_port_cycles(), windows * psum_port_cycles()});
        if (map_.iact_single_buffer) {
            cost.compute += fills * fill;
        } else {
            cost.compute = std::max(cost.compute, fills * fill);
        }
        cost.weight_loading = loads * weight_load_cycles();
        if (m_.pe.weight_double_buffer) {
            cost.weight_loading = std::max(0.0, cost.weight_loading - cost.compute);
        }
        cost.overhead =
            passes_ * (pass_start_cycles + m_.pe.pipeline_stages + (map_.c1 * map_.r1 - 1) * psum_cycles());
        cost.dram_bytes = dram_bytes(loads, fills);
        const double dram = cost.dram_bytes * m_.clock_mhz / m_.dram.limit_mbps;
        const double on_chip = cost.compute + cost.weight_loading + cost.overhead;
        const bool limited = m_.dram.model == arch::dram_model::bandwidth;
        cost.cycles = std::max(on_chip, limited ? dram : 0.0) + dram_weight * dram;
        return cost;
    }

private:
    /// How often the data that depends on these loops change over the passes: the trips of every loop down to
    /// the innermost of them that has more than one.
    [[nodiscard]] double runs_of(std::initializer_list<loop> relevant) const {
        double product = 1.0;
        double result = 1.0;
        for (const loop l : map_.order) {
            product *= trips_[at(l)];
            const bool depends = std::find(relevant.begin(), relevant.end(), l) != relevant.end();
            if (depends && trips_[at(l)] > 1) result = product;
        }
        return result;
    }

    [[nodiscard]] unsigned segments() const { return shape_.f() + ceil_div(map_.s0, shape_.stride_w) - 1; }
    [[nodiscard]] double channels() const {
        return static_cast<double>(shape_.c) / ceil_div(shape_.c, map_.c0);
    }
    /// 24-bit words of a stream's row on a port.
    [[nodiscard]] double stream_words() const {
        const double values = segments() * channels() * shape_.stride_w;
        const double bits =
            map_.iact_dense ? values * m_.pe.operand_bits : values * iacts_ * 12 + segments() * 4;
        return bits / m_.noc.iact_port_bits;
    }
    /// Filling a bank and emptying it into its router take a word a cycle each; a bus carries all rows.
    [[nodiscard]] double iact_port_cycles() const {
        return (m_.noc.is_bus() ? rows_of_a_pass() : rows_of_a_bank_) * stream_words();
    }
    /// Distinct rows that the array works on in a pass.
    [[nodiscard]] unsigned rows_of_a_pass() const {
        return map_.g_tile() * map_.n_tile() * map_.c1 *
               distinct_rows(map_.e_tile(), map_.r1, shape_.stride_h);
    }
    /// A bus carries the psums of all chains, in and out at a time.
    [[nodiscard]] double psum_port_cycles() const {
        const double chains = map_.vertical.product() * map_.horizontal.product();
        const unsigned psums_per_cycle = std::max(1U, m_.noc.psum_port_bits / m_.pe.psum_bits);
        return m_.noc.is_bus() ? chains * map_.m0 / psums_per_cycle : psum_cycles();
    }

    [[nodiscard]] double psum_cycles() const { return ceil_div(map_.m0, 2); }

    [[nodiscard]] double mean_words() const {
        return map_.weight_dense ? psum_cycles() * channels() * map_.s0 : weights_.mean;
    }
    /// Words of the fullest of `tiles` tiles.
    [[nodiscard]] double busiest_words(unsigned tiles) const {
        if (map_.weight_dense) return psum_cycles() * map_.c0 * map_.s0;
        return std::min<double>(weights_.largest,
                                weights_.mean + weights_.deviation * largest_deviate(tiles));
    }
    [[nodiscard]] unsigned concurrent_tiles() const {
        return std::min(map_.g_tile(), shape_.groups) *
               std::min(map_.vertical.m * map_.horizontal.m, ceil_div(shape_.m, map_.m0)) * map_.c1 * map_.r1;
    }

    /// Cycles of the busiest PE for a window: a non-zero iact takes a look-up even where its column is empty.
    [[nodiscard]] double window_cycles() const {
        const double nonzero = iacts_ * channels() * map_.s0;
        const double words = iacts_ * busiest_words(concurrent_tiles()) * (m_.pe.macs == 1 ? 2.0 : 1.0);
        return std::max(words, nonzero) + (m_.pe.psum_transfer_takes_ports ? psum_cycles() : 0.0);
    }

    /// 24-bit words of a weight tile on the network.
    [[nodiscard]] double tile_words(double data_words) const {
        const unsigned columns = map_.c0 * map_.s0;
        return map_.weight_dense ? data_words * 2 / 3 : data_words + ceil_div(columns, 3);
    }
    [[nodiscard]] double port_words(double words) const {
        return words * 3 * m_.pe.operand_bits / m_.noc.weight_port_bits;
    }
    /// Words of a port that fills the four PEs of its row.
    [[nodiscard]] double weight_load_cycles() const {
        if (m_.noc.is_bus()) return concurrent_tiles() * port_words(tile_words(mean_words()));
        const auto& h = map_.horizontal;
        const unsigned columns = std::min(m_.noc.pe_cols, h.product());
        const unsigned of_m = std::min(columns, h.m);
        const unsigned of_g = std::min(std::max(1U, columns / (h.m * h.e * h.n)), h.g);
        const unsigned distinct = of_m * of_g;
        const unsigned ports = std::max(1U, concurrent_tiles() / distinct);
        const double spread = distinct == 1 ? busiest_words(ports) - mean_words() : weights_.deviation;
        return distinct * port_words(tile_words(mean_words())) + spread;
    }

    [[nodiscard]] double dram_bytes(double loads, double fills) const {
        const double weights = loads * concurrent_tiles() * (2 + 3 * tile_words(mean_words()));
        const double iacts = fills * rows_of_a_pass() * stream_words() * m_.noc.iact_port_bits / 8;
        const double outputs = 1.5 * shape_.batch * shape_.channels_out() * shape_.e() * shape_.f();
        return weights + iacts + outputs;
    }

    const arch::mapping& map_;
    const arch::layer_shape& shape_;
    const arch::machine& m_;
    const tile_statistics& weights_;
    double iacts_;
    std::array<unsigned, arch::loop_count> trips_;
    double passes_;
    unsigned rows_of_a_bank_;
};

}  // namespace

unsigned iact_rows_of_a_bank(const arch::mapping& map, const arch::layer_shape& shape,
                             const noc::noc_parameters& noc) {
    const auto& h = map.horizontal;
    const unsigned columns = std::min(noc.pe_cols, h.product());
    const unsigned places = std::min(ceil_div(columns, h.m), h.g * h.n * h.e);
    const unsigned neighbours = std::min(places, h.e);
    const unsigned chain = std::min(map.c1 * map.r1, noc.pe_rows);
    const unsigned rows = places / neighbours * ceil_div(chain, map.r1) *
                          distinct_rows(neighbours, std::min(map.r1, chain), shape.stride_h);
    return ceil_div(rows, noc.iact_routers());
}

mapping_cost estimate_cost(const arch::mapping& map, const arch::layer_shape& shape, const arch::machine& m,
                           const tile_statistics& weights, const density_hint& hint) {
    return estimator(map, shape, m, weights, hint).run();
}

}  // namespace eyeriss::compiler
