#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "firmware/compiler/mapper.h"
#include "models/arch/tiling.h"

namespace eyeriss::compiler {

namespace {

using arch::pe_tile;

std::size_t ceil_div(unsigned a, unsigned b) {
    return (std::size_t{a} + b - 1) / b;
}

/// All tiles that a layer has, each marked once.
class tile_marks {
public:
    tile_marks(const arch::layer_shape& shape, const arch::mapping& map)
        : shape_(shape),
          map_(map),
          m_tiles_(ceil_div(shape.m, map.m0)),
          c_tiles_(ceil_div(shape.c, map.c0)),
          s_tiles_(ceil_div(shape.s, map.s0)),
          marked_(std::size_t{shape.groups} * shape.batch * shape.e() * m_tiles_ * c_tiles_ * shape.r *
                  s_tiles_) {}

    /// Empty, or what is wrong with the tile.
    [[nodiscard]] std::string mark(const pe_tile& t) {
        const bool inside = t.g < shape_.groups && t.n < shape_.batch && t.e < shape_.e() && t.r < shape_.r &&
                            t.m_begin + t.m_count <= shape_.m && t.c_begin + t.c_count <= shape_.c &&
                            t.s_begin + t.s_count <= shape_.s;
        const bool aligned = t.m_begin % map_.m0 == 0 && t.c_begin % map_.c0 == 0 &&
                             t.s_begin % map_.s0 == 0 && t.m_count <= map_.m0 && t.c_count <= map_.c0 &&
                             t.s_count <= map_.s0;
        if (!inside || !aligned) return text(t) + " does not lie in the layer's tiles";
        std::size_t index = (std::size_t{t.g} * shape_.batch + t.n) * shape_.e() + t.e;
        index = index * m_tiles_ + t.m_begin / map_.m0;
        index = index * c_tiles_ + t.c_begin / map_.c0;
        index = (index * shape_.r + t.r) * s_tiles_ + t.s_begin / map_.s0;
        if (marked_[index]) return text(t) + " is computed twice";
        marked_[index] = true;
        return {};
    }

private:
    static std::string text(const pe_tile& t) {
        return fmt::format("the tile at g {} n {} m {} e {} c {} r {} s {}", t.g, t.n, t.m_begin, t.e,
                           t.c_begin, t.r, t.s_begin);
    }

    const arch::layer_shape& shape_;
    const arch::mapping& map_;
    std::size_t m_tiles_, c_tiles_, s_tiles_;
    std::vector<bool> marked_;
};

std::vector<arch::pe_site> used_sites(const arch::tiling& tiles, const noc::noc_parameters& noc) {
    std::vector<arch::pe_site> sites;
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) {
            for (unsigned pe_row = 0; pe_row < noc.pe_rows; ++pe_row) {
                for (unsigned pe_col = 0; pe_col < noc.pe_cols; ++pe_col) {
                    const arch::pe_site site{row, col, pe_row, pe_col};
                    if (tiles.locate(site)) sites.push_back(site);
                }
            }
        }
    }
    return sites;
}

}  // namespace

std::string check_coverage(const arch::mapping& map, const arch::layer_shape& shape, const arch::machine& m) {
    const arch::tiling tiles(shape, map, m);
    const auto sites = used_sites(tiles, m.noc);
    tile_marks marks(shape, map);
    std::uint64_t macs = 0;
    for (std::uint64_t pass = 0; pass < tiles.passes(); ++pass) {
        const auto index = tiles.index(pass);
        for (const auto& site : sites) {
            const auto tile = tiles.tile(index, site);
            if (!tile) continue;
            if (auto wrong = marks.mark(*tile); !wrong.empty()) return wrong;
            macs += std::uint64_t{tile->m_count} * tile->c_count * tile->s_count * shape.f();
        }
    }
    if (macs == shape.macs()) return {};
    return fmt::format("its tiles make {} of the layer's {} multiplications", macs, shape.macs());
}

}  // namespace eyeriss::compiler
