#pragma once

#include <nlohmann/json_fwd.hpp>

#include "models/energy/table.h"
#include "sims/noc/hm_modes.h"
#include "sims/noc/noc_setup.h"

/// The platform's hierarchical mesh alone, under load.
namespace eyeriss::sims {

/// What `eyeriss-vp noc --topology hm` is asked for.
struct hm_question {
    noc::noc_parameters parameters;
    hm_setting modes;                     ///< used when there are no groups
    std::vector<multicast_group> groups;  ///< of iact bank 0
    sweep_plan sweep;
    std::vector<slow_cluster> slow;  ///< PEs and banks of it, on each network
};

/// Adds to `out` the sweep and, for each network in use, sources, clusters and PEs that a word reaches, words
/// a cycle delivered to PEs at the last load and the closed form of full load; bits of configuration. \throws
/// user_error when routers refuse the circuits, naming router and port.
void drive_hm(const hm_question& question, const energy::cost_table& table, const arch::machine& machine,
              nlohmann::ordered_json& out);

}  // namespace eyeriss::sims
