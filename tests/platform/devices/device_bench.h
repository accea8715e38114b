#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/platform/tlm_master.h"

namespace eyeriss::test {

/// Binds a master to a device and runs a scenario to its end.
template <typename Device>
void run_scenario(Device& device, const std::function<void(tlm_master&)>& scenario) {
    tlm_master master("master");
    master.port.bind(device.socket);
    bool done = false;
    master.scenario = [&](tlm_master& m) {
        scenario(m);
        done = true;
    };
    while (!done && (sc_core::sc_get_status() == sc_core::SC_ELABORATION || sc_core::sc_pending_activity())) {
        sc_core::sc_start();
    }
    BOOST_TEST(done);
}

inline void wait_ns(double ns) {
    sc_core::wait(sc_core::sc_time(ns, sc_core::SC_NS));
}

/// Lets signals that were written settle.
inline void settle() {
    wait_ns(1);
}

}  // namespace eyeriss::test
