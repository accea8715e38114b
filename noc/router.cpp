#include "noc/router.h"

#include <algorithm>
#include <bit>

namespace eyeriss::noc {

router::router(sc_core::sc_module_name name, std::span<const port_name> names, port_set mesh,
               port_set straight, const sc_core::sc_time& hop, words_out& all)
    : sc_module(name),
      in("in", static_cast<unsigned>(names.size())),
      out("out", static_cast<unsigned>(names.size())),
      mesh_(mesh),
      all_(all),
      hop_(hop),
      names_(names),
      straight_(straight) {
    select_.fill(none);
    for (unsigned port = 0; port < names.size(); ++port) {
        in[port].register_b_transport(this, &router::transport, static_cast<int>(port));
    }
}

void router::end_of_elaboration() {
    for (unsigned port = 0; port < out.size(); ++port) beyond_[port] = out[port].operator->();
}

std::string router::configure(std::span<const port_set> enabled) {
    std::fill(reached_.begin(), reached_.end(), port_set{0});
    for (unsigned port = 0; port < names_.size(); ++port) {
        const port_set drivers = enabled[port];
        const auto source = static_cast<unsigned>(std::countr_zero(drivers));
        const auto where = [&] {
            return std::string(name()) + ": destination port " + std::string(names_[port].destination);
        };
        if (std::popcount(drivers) > 1) {
            const auto second = static_cast<unsigned>(std::countr_zero(drivers & (drivers - 1)));
            return where() + " has two drivers, " + std::string(names_[source].source) + " and " +
                   std::string(names_[second].source);
        }
        select_[port] = static_cast<std::uint8_t>(drivers == 0 ? none : source);
        if (drivers == 0) continue;
        if (open_[port]) return where() + " is driven but leads out of the array";
        if (source == port && (straight_ >> port & 1U) == 0)
            return where() + " would send back what its neighbour sent";
        reached_[source] |= 1U << port;
    }
    return {};
}

unsigned router::links() const {
    const auto end = open_.begin() + static_cast<std::ptrdiff_t>(names_.size());
    return static_cast<unsigned>(std::count(open_.begin(), end, false));
}

void router::clear_counts() {
    words_.fill(0);
}

void router::transport(int source, burst& b, sc_core::sc_time& delay) {
    for (port_set rest = reached_[static_cast<unsigned>(source)]; rest != 0; rest &= rest - 1) {
        const auto port = static_cast<unsigned>(std::countr_zero(rest));
        words_[port] += b.words;
        sc_core::sc_time there = delay;
        if ((mesh_ >> port & 1U) != 0) {
            all_.mesh += b.words;
            there += hop_;
        } else {
            all_.local += b.words;
        }
        beyond_[port]->b_transport(b, there);
    }
}

}  // namespace eyeriss::noc
