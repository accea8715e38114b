#include "sims/report/placement.h"

#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "models/arch/tiling.h"

namespace eyeriss::sims {

using json = nlohmann::ordered_json;

std::optional<arch::layer_shape> parse_shape(std::string_view shape) {
    static const std::regex form(
        R"(G(\d{1,6}) N(\d{1,6}) M(\d{1,6}) C(\d{1,6}) H(\d{1,6}) W(\d{1,6}) R(\d{1,6}) S(\d{1,6}) E\d+ F\d+ )"
        R"(stride (\d{1,6})x(\d{1,6}) pad (\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6}))");
    std::match_results<std::string_view::const_iterator> found;
    if (!std::regex_match(shape.begin(), shape.end(), found, form)) {
        return std::nullopt;
    }
    std::size_t next = 1;
    const auto number = [&] { return static_cast<unsigned>(std::stoul(found[next++].str())); };
    arch::layer_shape out;
    for (unsigned* field :
         {&out.groups, &out.batch, &out.m, &out.c, &out.h, &out.w, &out.r, &out.s, &out.stride_h,
          &out.stride_w, &out.pad_top, &out.pad_left, &out.pad_bottom, &out.pad_right}) {
        *field = number();
    }
    return out;
}

json placement_json(const arch::layer_shape& layer, const arch::mapping& map, const arch::machine& machine) {
    const arch::tiling tiles(layer, map, machine);
    const auto first = tiles.index(0);
    const auto& noc = machine.noc;
    json out = json::array();
    arch::pe_site site;
    for (site.cluster_row = 0; site.cluster_row < noc.cluster_rows; ++site.cluster_row) {
        for (site.cluster_col = 0; site.cluster_col < noc.cluster_cols; ++site.cluster_col) {
            for (site.pe_row = 0; site.pe_row < noc.pe_rows; ++site.pe_row) {
                for (site.pe_col = 0; site.pe_col < noc.pe_cols; ++site.pe_col) {
                    const auto t = tiles.tile(first, site);
                    out.push_back(t ? json{t->g, t->n, t->m_begin, t->e, t->c_begin, t->r, t->chain_position}
                                    : json(nullptr));
                }
            }
        }
    }
    return out;
}

}  // namespace eyeriss::sims
