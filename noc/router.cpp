#include "noc/router.h"

#include <algorithm>

namespace eyeriss::noc {

router::router(sc_core::sc_module_name name, unsigned ports, port_set mesh, port_set straight,
               const sc_core::sc_time& hop)
    : sc_module(name),
      in("in", ports),
      out("out", ports),
      mesh_(mesh),
      straight_(straight),
      hop_(hop),
      select_(ports, none),
      words_(ports, 0),
      open_(ports, false) {
    for (unsigned port = 0; port < ports; ++port) {
        in[port].register_b_transport(this, &router::transport, static_cast<int>(port));
    }
}

std::string router::configure(std::span<const std::uint8_t> select) {
    for (unsigned port = 0; port < select_.size(); ++port) {
        const unsigned source = select[port];
        const auto where = std::string(name()) + ": destination port " + std::to_string(port);
        if (source != none && source >= select_.size()) {
            return where + " selects source " + std::to_string(source) + ", but there are " +
                   std::to_string(select_.size());
        }
        if (source != none && open_[port]) return where + " is driven but leads out of the array";
        if (source == port && (straight_ >> port & 1U) == 0)
            return where + " would send back what its neighbour sent";
    }
    std::copy_n(select.begin(), select_.size(), select_.begin());
    return {};
}

bool router::feeds(unsigned source) const {
    return std::find(select_.begin(), select_.end(), source) != select_.end();
}

void router::clear_counts() {
    std::fill(words_.begin(), words_.end(), std::uint64_t{0});
}

void router::transport(int source, burst& b, sc_core::sc_time& delay) {
    for (unsigned port = 0; port < select_.size(); ++port) {
        if (select_[port] != static_cast<unsigned>(source)) continue;
        words_[port] += b.words;
        sc_core::sc_time there = (mesh_ >> port & 1U) != 0 ? delay + hop_ : delay;
        out[port]->b_transport(b, there);
    }
}

}  // namespace eyeriss::noc
