#include "models/arch/eyexam.h"

#include <algorithm>
#include <cmath>

namespace eyeriss::arch {
namespace {

unsigned ceil_div(unsigned a, unsigned b) {
    return (a + b - 1) / b;
}

/// Sum over the trips of a loop of what its tile holds there: `tile` of the first place in every trip.
template <typename Term>
double over_trips(unsigned extent, unsigned pass_extent, unsigned tile, Term term) {
    double sum = 0;
    for (unsigned begin = 0; begin < extent; begin += pass_extent) {
        sum += term(std::min(tile, extent - begin));
    }
    return sum;
}

class examination {
public:
    examination(const eyexam_case& c, const machine& m) : c_(c), m_(m), nominal_(double(c.layer.macs())) {}

    [[nodiscard]] eyexam_bounds run(std::span<const data_traffic> traffic) const {
        const double effectual = double(c_.macs_effectual);
        const double share = m_.pe.sparse ? 1.0 : effectual / nominal_;
        eyexam_bounds out{};
        out[0] = m_.pe.sparse ? effectual : nominal_;
        out[1] = std::min(out[0], rows_of_work());
        const double lanes = double(m_.noc.pes()) * m_.pe.macs;
        out[2] = std::min(out[1], fragmented(m_.pe.sparse ? effectual : rows_of_work(), lanes));
        out[4] = m_.pe.sparse ? mapped_lanes() : nominal_ / busiest_lane();
        out[3] = std::min(out[2], std::max(dimension_lanes(), out[4]));
        out[4] = std::min(out[3], out[4]);
        for (std::size_t i = 0; i < 5; ++i) out[i] *= share;
        out[5] = out[4];
        for (const data_traffic& t : traffic) {
            if (t.words > 0) out[5] = std::min(out[5], effectual * t.words_per_cycle / t.words);
        }
        out[6] = c_.cycles == 0 ? 0.0 : effectual / double(c_.cycles);
        return out;
    }

private:
    /// One-dimensional convolutions of a row, the unit that the dataflow keeps in one lane.
    [[nodiscard]] double rows_of_work() const {
        const auto& l = c_.layer;
        return double(l.groups) * l.batch * l.m * l.c * l.e() * l.r;
    }

    /// Rows of PEs, columns of PEs, lanes of a PE. Reductions lie on rows alone.
    [[nodiscard]] double dimension_lanes() const {
        const auto& l = c_.layer;
        const double rows = double(m_.noc.cluster_rows) * m_.noc.pe_rows;
        const double columns = double(m_.noc.cluster_cols) * m_.noc.pe_cols;
        const double across = double(l.groups) * l.batch * ceil_div(l.m, m_.pe.macs) * l.e();
        const double along = across * l.c * l.r;
        const auto fill = [&](double length, double available) {
            return m_.pe.sparse ? std::min(length, available) : fragmented(length, available);
        };
        return fill(along, rows) * fill(across, columns) * fill(l.m, m_.pe.macs);
    }

    /// Lanes with work in a full pass.
    [[nodiscard]] double mapped_lanes() const {
        return double(c_.map.mapped_pes()) * std::min({m_.pe.macs, c_.map.m0, c_.layer.m});
    }

    /// Turns of a lane of the PE that has the first tile in every pass: none has more.
    [[nodiscard]] double busiest_lane() const {
        const auto& l = c_.layer;
        const auto& map = c_.map;
        const auto trips = map.trips(l);
        const auto at = [&](loop which) { return double(trips[static_cast<std::size_t>(which)]); };
        const double rows = over_trips(l.m, map.m_tile(), map.m0,
                                       [&](unsigned m) { return double(ceil_div(m, m_.pe.macs)); });
        const double channels = over_trips(l.c, map.c_tile(), map.c0, [](unsigned c) { return double(c); });
        return at(loop::g) * at(loop::n) * at(loop::e) * at(loop::r) * rows * channels * l.s * l.f();
    }

    const eyexam_case& c_;
    const machine& m_;
    double nominal_;
};

}  // namespace

double fragmented(double length, double available) {
    return length <= 0 ? 0.0 : length / std::ceil(length / available);
}

eyexam_bounds eyexam(const eyexam_case& c, const machine& m, std::span<const data_traffic> traffic) {
    return examination(c, m).run(traffic);
}

}  // namespace eyeriss::arch
