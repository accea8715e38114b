#include "tests/reference/schedule.h"

#include <algorithm>
#include <tuple>

namespace eyeriss::reference {
namespace {

int& index_of(trip& t, char loop) {
    switch (loop) {
        case 'g':
            return t.g;
        case 'n':
            return t.n;
        case 'm':
            return t.m;
        case 'e':
            return t.e;
        case 'c':
            return t.c;
        case 'r':
            return t.r;
        default:
            return t.s;
    }
}

spatial split(int index, const spatial& of) {
    spatial at;
    at.m = index % of.m;
    at.e = index / of.m % of.e;
    at.n = index / (of.m * of.e) % of.n;
    at.g = index / (of.m * of.e * of.n);
    return at;
}

}  // namespace

schedule::schedule(const layer& l, const mapping& m, const machine& k) : layer_(l), mapping_(m), machine_(k) {
    passes_ = {trip{}};
    for (const char loop : m.order) {
        std::vector<trip> nested;
        for (const trip& outer : passes_)
            for (int i = 0; i < trips(loop); ++i) {
                nested.push_back(outer);
                index_of(nested.back(), loop) = i;
            }
        passes_ = std::move(nested);
    }
    for (std::size_t pe = 0; pe < k.pes(); ++pe) {
        places_.push_back(place_of(pe));
        bool works = false;
        for (std::size_t pass = 0; pass < passes_.size() && !works; ++pass)
            works = work_of(pass, pe).has_value();
        if (!works) places_[pe].q = -1;
    }
}

int schedule::trips(char loop) const {
    const mapping& m = mapping_;
    switch (loop) {
        case 'g':
            return up(layer_.groups, m.vertical.g * m.horizontal.g);
        case 'n':
            return up(layer_.batch, m.vertical.n * m.horizontal.n);
        case 'm':
            return up(layer_.m, m.vertical.m * m.horizontal.m * m.m0);
        case 'e':
            return up(layer_.e(), m.vertical.e * m.horizontal.e);
        case 'c':
            return up(layer_.c, m.c1 * m.c0);
        case 'r':
            return up(layer_.r, m.r1);
        default:
            return up(layer_.s, m.s0);
    }
}

place schedule::place_of(std::size_t pe) const {
    place p;
    p.col = pe % machine_.pe_cols;
    p.row = pe / machine_.pe_cols % machine_.pe_rows;
    p.cluster = pe / (machine_.pe_cols * machine_.pe_rows);
    const std::size_t cluster_row = p.cluster / machine_.cols, cluster_col = p.cluster % machine_.cols;
    const auto high = static_cast<std::size_t>(mapping_.chain_clusters);
    const auto v = static_cast<int>(cluster_row / high);
    const auto h = static_cast<int>(cluster_col * machine_.pe_cols + p.col);
    const auto q = static_cast<int>(cluster_row % high * machine_.pe_rows + p.row);
    p.chain = cluster_row / high * machine_.cols * machine_.pe_cols + h;
    const mapping& m = mapping_;
    if (v >= m.vertical.product() || h >= m.horizontal.product() || q >= m.c1 * m.r1) return p;
    p.q = q;
    const spatial a = split(v, m.vertical), b = split(h, m.horizontal);
    p.at = {a.g * m.horizontal.g + b.g, a.n * m.horizontal.n + b.n, a.m * m.horizontal.m + b.m,
            a.e * m.horizontal.e + b.e};
    return p;
}

std::optional<work> schedule::work_of(std::size_t pass, std::size_t pe) const {
    const place& p = places_[pe];
    const trip& t = passes_[pass];
    const mapping& m = mapping_;
    if (p.q < 0) return std::nullopt;
    work w;
    w.g = t.g * m.vertical.g * m.horizontal.g + p.at.g;
    w.n = t.n * m.vertical.n * m.horizontal.n + p.at.n;
    w.e = t.e * m.vertical.e * m.horizontal.e + p.at.e;
    w.first_m = (t.m * m.vertical.m * m.horizontal.m + p.at.m) * m.m0;
    w.first_c = (t.c * m.c1 + p.q / m.r1) * m.c0;
    w.filter_row = t.r * m.r1 + p.q % m.r1;
    w.first_s = t.s * m.s0;
    w.rows = std::min(m.m0, layer_.m - w.first_m);
    w.channels = std::min(m.c0, layer_.c - w.first_c);
    w.filter_cols = std::min(m.s0, layer_.s - w.first_s);
    const bool inside = w.g < layer_.groups && w.n < layer_.batch && w.e < layer_.e() && w.rows > 0 &&
                        w.channels > 0 && w.filter_row < layer_.r;
    return inside ? std::optional(w) : std::nullopt;
}

std::array<int, 4> schedule::stream_role(const place& p) const {
    return {p.at.g, p.at.n, p.at.e * layer_.stride_h + p.q % mapping_.r1, p.q / mapping_.r1};
}

bool schedule::loads_iacts(std::size_t pass) const {
    if (pass == 0) return true;
    const auto all_but_m = [](const trip& t) { return std::tuple(t.g, t.n, t.e, t.c, t.r, t.s); };
    return all_but_m(passes_[pass]) != all_but_m(passes_[pass - 1]);
}

bool schedule::loads_weights(std::size_t pass) const {
    if (pass == 0) return true;
    const auto all_but_n_and_e = [](const trip& t) { return std::tuple(t.g, t.m, t.c, t.r, t.s); };
    return all_but_n_and_e(passes_[pass]) != all_but_n_and_e(passes_[pass - 1]);
}

std::vector<std::size_t> schedule::pes_of(std::size_t cluster, std::size_t row) const {
    std::vector<std::size_t> pes;
    for (std::size_t col = 0; col < machine_.pe_cols; ++col)
        pes.push_back((cluster * machine_.pe_rows + row) * machine_.pe_cols + col);
    return pes;
}

stream_roles schedule::roles_of(std::size_t cluster) const {
    stream_roles roles;
    for (std::size_t row = 0; row < machine_.pe_rows; ++row)
        for (const std::size_t pe : pes_of(cluster, row)) {
            const place& at = places_[pe];
            if (at.q < 0) continue;
            const auto role = stream_role(at);
            if (std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
        }
    return roles;
}

}  // namespace eyeriss::reference
