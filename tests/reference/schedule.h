#pragma once

#include <array>
#include <optional>
#include <vector>

#include "tests/reference/plan.h"

namespace eyeriss::reference {

/// a / b rounded up.
inline int up(int a, int b) {
    return (a + b - 1) / b;
}

/// Loop indices of a pass.
struct trip {
    int g = 0, n = 0, m = 0, e = 0, c = 0, r = 0, s = 0;
};

/// Where a PE stands: cluster, row from the bottom, column; its chain, its position there, and its share of
/// the split dimensions.
struct place {
    std::size_t cluster = 0, row = 0, col = 0, chain = 0;
    int q = -1;  ///< -1: no work in any pass
    spatial at;
};

/// What a PE works on in a pass.
struct work {
    int g = 0, n = 0, first_m = 0, rows = 0, e = 0, first_c = 0, channels = 0, filter_row = 0, first_s = 0,
        filter_cols = 0;
    /// Names the weight tile.
    [[nodiscard]] std::array<int, 5> tile() const { return {g, first_m, first_c, filter_row, first_s}; }
};

/// A PE's weight tile and its stream of iacts, padding included, cut out of the layer's operands.
weight_tile tile_of(const layer&, const mapping&, const operands&, const work&);
std::vector<iact_segment> stream_of(const layer&, const mapping&, const operands&, const work&);

/// The distinct streams of a cluster's PEs, by chain position, then PE column; see schedule::stream_role.
using stream_roles = std::vector<std::array<int, 4>>;

/// Passes, places and who works on what.
class schedule {
public:
    schedule(const layer&, const mapping&, const machine&);

    [[nodiscard]] const std::vector<trip>& passes() const { return passes_; }
    [[nodiscard]] const std::vector<place>& places() const { return places_; }
    /// Passes that add to an output tile.
    [[nodiscard]] int rounds() const { return trips('c') * trips('r') * trips('s'); }
    /// Nothing where the PE has no work in the pass.
    [[nodiscard]] std::optional<work> work_of(std::size_t pass, std::size_t pe) const;
    /// Which of a pass's streams a PE needs: g, n, row, c tile, relative to the pass.
    [[nodiscard]] std::array<int, 4> stream_role(const place&) const;
    /// Whether iacts are loaded again for a pass: anything but m has changed.
    [[nodiscard]] bool loads_iacts(std::size_t pass) const;
    /// Whether weights are loaded again for a pass: anything but n and e has changed.
    [[nodiscard]] bool loads_weights(std::size_t pass) const;
    /// PEs of a row of a cluster.
    [[nodiscard]] std::vector<std::size_t> pes_of(std::size_t cluster, std::size_t row) const;
    /// Streams that a cluster needs in any pass.
    [[nodiscard]] stream_roles roles_of(std::size_t cluster) const;

private:
    [[nodiscard]] int trips(char loop) const;
    [[nodiscard]] place place_of(std::size_t pe) const;

    layer layer_;
    mapping mapping_;
    machine machine_;
    std::vector<trip> passes_;
    std::vector<place> places_;
};

}  // namespace eyeriss::reference
