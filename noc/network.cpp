#include "noc/network.h"

#include "noc/broadcast_bus.h"
#include "noc/hierarchical_mesh.h"
#include "noc/selected_network.h"

namespace eyeriss::noc {

std::unique_ptr<network> make_network(const char* name, const noc_parameters& p,
                                      const sc_core::sc_time& cycle) {
    if (p.is_bus()) return std::make_unique<broadcast_bus>(name, p, cycle);
    if (p.is_selected()) return std::make_unique<selected_network>(name, p, cycle);
    return std::make_unique<hierarchical_mesh>(name, p, cycle);
}

}  // namespace eyeriss::noc
