#include "models/arch/scaling_study.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "models/arch/eyexam.h"

namespace eyeriss::arch {
namespace {

constexpr unsigned cluster_side = 4;
constexpr double values_per_word = 3;
constexpr double psums_per_word = 2;
constexpr unsigned iact_places = 12;
constexpr unsigned weight_places = 224;
constexpr unsigned largest_m0 = 16;

double times(unsigned extent, unsigned part) {
    return std::ceil(double(extent) / part);
}

double weights_of(const layer_shape& l) {
    return double(l.groups) * l.m * l.c * l.r * l.s;
}
double outputs_of(const layer_shape& l) {
    return double(l.groups) * l.batch * l.m * l.e() * l.f();
}
/// Iacts under the windows, padding included.
double iacts_of(const layer_shape& l) {
    return double(l.groups) * l.batch * l.c * ((l.e() - 1) * l.stride_h + l.r) *
           ((l.f() - 1) * l.stride_w + l.s);
}

double cycles_of_data(double count, double per_cycle) {
    return count / per_cycle;
}

double mesh_bandwidth(const layer_shape& l, const study_array& a) {
    const double cycles = std::max({cycles_of_data(iacts_of(l), a.iacts_per_cycle),
                                    cycles_of_data(weights_of(l), a.weights_per_cycle),
                                    cycles_of_data(outputs_of(l), a.psums_per_cycle)});
    return double(l.macs()) / cycles;
}

/// One row-stationary mapping on buses: r1 x e1 PEs make a set, of which m1 x c1 x g1 work at once.
struct set_mapping {
    unsigned r1 = 1, e1 = 1, m1 = 1, c1 = 1, g1 = 1, m0 = 1, c0 = 1;
};

struct set_times {
    double compute = 0, data = 0;
};

set_times time_sets(const layer_shape& l, const study_array& a, const set_mapping& map) {
    const double of_m = times(l.m, map.m0 * map.m1);
    const double of_c = times(l.c, map.c0 * map.c1);
    const double of_e = times(l.e(), map.e1);
    const double of_r = times(l.r, map.r1);
    const double passes = of_m * of_c * of_e * of_r * times(l.groups, map.g1) * l.batch;
    return {passes * l.f() * l.s * map.m0 * map.c0,
            std::max({cycles_of_data(iacts_of(l) * of_m, a.iacts_per_cycle),
                      cycles_of_data(weights_of(l) * of_e * l.batch, a.weights_per_cycle),
                      cycles_of_data(outputs_of(l) * of_c * of_r, a.psums_per_cycle)})};
}

/// Calls visit(1), visit(2), visit(4), ... as long as it does not exceed `limit`, nor covers `extent` twice.
template <typename Visit>
void doubling(unsigned limit, unsigned extent, Visit visit) {
    for (unsigned n = 1; n <= limit && n < 2 * extent; n *= 2) visit(n);
}

struct best_rates {
    double compute = 0, with_data = 0;
};

/// Tries the tiles of a PE under one spatial mapping.
void try_tiles(const layer_shape& l, const study_array& a, set_mapping map, best_rates& best) {
    doubling(largest_m0, l.m, [&](unsigned m0) {
        map.m0 = m0;
        const unsigned fits = std::min(iact_places / l.s, weight_places / (m0 * l.s));
        map.c0 = std::clamp(fits, 1U, l.c);
        const auto t = time_sets(l, a, map);
        best.compute = std::max(best.compute, double(l.macs()) / t.compute);
        best.with_data = std::max(best.with_data, double(l.macs()) / std::max(t.compute, t.data));
    });
}

/// Sets as high as the filter and as wide as the output, and whatever mix of g, m and c fills the array with
/// them.
best_rates best_sets(const layer_shape& l, const study_array& a) {
    best_rates best;
    set_mapping map;
    map.r1 = std::min(l.r, a.rows);
    map.e1 = std::min(l.e(), a.columns);
    const unsigned sets = (a.rows / map.r1) * (a.columns / map.e1);
    doubling(sets, l.groups, [&](unsigned g1) {
        doubling(sets / g1, l.m, [&](unsigned m1) {
            doubling(sets / (g1 * m1), l.c, [&](unsigned c1) {
                map.g1 = g1;
                map.m1 = m1;
                map.c1 = c1;
                try_tiles(l, a, map, best);
            });
        });
    });
    return best;
}

/// One dimension on the columns of PEs: output rows or filters. `map` has what lies on the rows.
void try_columns(const layer_shape& l, const study_array& a, const set_mapping& map, best_rates& best) {
    auto columns = map;
    columns.e1 = std::min(l.e(), a.columns);
    try_tiles(l, a, columns, best);
    if (map.m1 == 1) {
        doubling(a.columns, l.m, [&](unsigned m1) {
            auto filters = map;
            filters.m1 = m1;
            try_tiles(l, a, filters, best);
        });
    }
}

best_rates best_axes(const layer_shape& l, const study_array& a) {
    best_rates best;
    set_mapping map;
    map.r1 = std::min(l.r, a.rows);
    try_columns(l, a, map, best);
    if (a.dataflow == study_dataflow::any_one) {
        doubling(a.rows, l.c, [&](unsigned c1) {
            set_mapping channels;
            channels.c1 = c1;
            try_columns(l, a, channels, best);
        });
        doubling(a.rows, l.m, [&](unsigned m1) {
            set_mapping filters;
            filters.m1 = m1;
            try_columns(l, a, filters, best);
        });
    }
    return best;
}

}  // namespace

study_array mesh_array(unsigned cluster_rows, unsigned cluster_columns) {
    const double clusters = double(cluster_rows) * cluster_columns;
    const double values = clusters * cluster_side * values_per_word;
    return {cluster_rows * cluster_side,
            cluster_columns * cluster_side,
            values,
            values,
            clusters * cluster_side * psums_per_word,
            study_dataflow::plus};
}

study_array bus_array(unsigned rows, unsigned columns, double values_per_cycle, study_dataflow dataflow) {
    return {rows, columns, values_per_cycle, values_per_cycle, values_per_cycle, dataflow};
}

std::array<double, 6> study_bounds(const layer_shape& l, const study_array& a) {
    const double across = double(l.groups) * l.batch * l.m * l.e();
    const double along = across * l.c * l.r;
    std::array<double, 6> out{};
    out[0] = double(l.macs());
    out[1] = std::min(out[0], along);
    out[2] = std::min(out[1], fragmented(along, a.pes()));
    const double dimensions = fragmented(along, a.rows) * fragmented(across, a.columns);
    out[3] = std::min(out[2], dimensions);
    if (a.dataflow != study_dataflow::plus) {
        const auto best = a.dataflow == study_dataflow::sets ? best_sets(l, a) : best_axes(l, a);
        out[4] = std::min(out[3], best.compute);
        out[5] = std::min(out[4], best.with_data);
    } else {
        out[4] = out[3];
        out[5] = std::min(out[4], mesh_bandwidth(l, a));
    }
    return out;
}

double study_cycles(std::span<const layer_shape> layers, const study_array& array) {
    return std::accumulate(layers.begin(), layers.end(), 0.0, [&](double sum, const layer_shape& l) {
        return sum + double(l.macs()) / study_bounds(l, array)[5];
    });
}

double fit_bus_width(std::span<const layer_shape> layers, const study_array& mesh, double ratio,
                     study_dataflow dataflow) {
    const double target = ratio * study_cycles(layers, mesh);
    const auto cycles = [&](double width) {
        return study_cycles(layers, bus_array(mesh.rows, mesh.columns, width, dataflow));
    };
    double low = 1.0 / 16;
    double high = 64;
    if (cycles(low) < target || cycles(high) > target) {
        throw std::invalid_argument("no bus width from 1/16 to 64 values a cycle makes that ratio");
    }
    constexpr unsigned halvings = 50;
    for (unsigned i = 0; i < halvings; ++i) {
        const double middle = std::sqrt(low * high);
        (cycles(middle) > target ? low : high) = middle;
    }
    return high;
}

}  // namespace eyeriss::arch
