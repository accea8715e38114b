#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "firmware/compiler/noc_routes.h"

namespace eyeriss::compiler {

/// The configuration words of a layer on a mesh of packets or a crossbar, all clusters'
/// (noc/selected_network.h): each sink listens to the source that it would be joined to on the hierarchical
/// mesh. `groups` share iacts (iact_groups); `weights_shared`: western clusters feed those east of them.
[[nodiscard]] std::vector<std::uint32_t> selection_words(const arch::tiling& tiles,
                                                         const noc::noc_parameters& noc,
                                                         std::span<const sharing_group> groups,
                                                         bool weights_shared);

}  // namespace eyeriss::compiler
