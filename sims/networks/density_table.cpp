#include <string>

#include <fmt/format.h>

#include "sims/networks/networks.h"

namespace eyeriss::networks {
namespace {

template <typename T>
std::string or_dash(const std::optional<T>& value, const char* format) {
    return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

}  // namespace

std::string density_table(const std::vector<layer_density>& layers) {
    std::string table =
        "| layer | type | nominal MACs | effectual wanted | reached | iacts wanted | reached | weights "
        "wanted | "
        "reached |\n|---|---|---|---|---|---|---|---|---|\n";
    std::uint64_t nominal = 0;
    std::uint64_t effectual = 0;
    for (const layer_density& l : layers) {
        table +=
            fmt::format("| {} | {} | {} | {} | {} | {} | {:.3f} | {} | {:.3f} |\n", l.name, l.type, l.macs,
                        or_dash(l.effectual_target, "{}"), l.effectual, or_dash(l.iact_target, "{:.3f}"),
                        l.iact, or_dash(l.weight_target, "{:.3f}"), l.weight);
        nominal += l.macs;
        effectual += l.effectual;
    }
    return table + fmt::format("| total | | {} | | {} | | | | |\n", nominal, effectual);
}

}  // namespace eyeriss::networks
