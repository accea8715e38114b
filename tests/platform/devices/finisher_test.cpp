#define BOOST_TEST_MODULE finisher
#include "platform/devices/finisher.h"

#include "tests/platform/devices/device_bench.h"

using namespace eyeriss;
using test::tlm_master;

namespace {

struct bench {
    platform::finisher finisher{"finisher"};
    tlm_master master{"master"};
    bool went_on = false;

    explicit bench(std::uint32_t value) {
        master.port.bind(finisher.socket);
        master.scenario = [this, value](tlm_master& m) {
            test::wait_ns(10);
            status = m.write(0, value);
            test::wait_ns(10);
            went_on = true;
        };
        sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US));
    }
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
};

}  // namespace

BOOST_AUTO_TEST_CASE(pass_stops_the_simulation_there_with_0) {
    bench b(0x5555);
    BOOST_TEST(b.finisher.exit_code().value_or(-1) == 0);
    BOOST_TEST(!b.went_on);
    BOOST_TEST(sc_core::sc_time_stamp().value() == 10'000U);
}

BOOST_AUTO_TEST_CASE(fail_stops_with_the_code_of_the_upper_half) {
    bench b(42U << 16 | 0x3333);
    BOOST_TEST(b.finisher.exit_code().value_or(-1) == 42);
    BOOST_TEST(!b.went_on);
}

BOOST_AUTO_TEST_CASE(a_failure_with_code_0_is_no_success) {
    bench b(0x3333);
    BOOST_TEST(b.finisher.exit_code().value_or(-1) == 1);
}

BOOST_AUTO_TEST_CASE(other_values_are_bus_errors_and_the_run_goes_on) {
    bench b(0x7777);
    BOOST_TEST(!b.finisher.exit_code());
    BOOST_TEST(b.status == tlm::TLM_GENERIC_ERROR_RESPONSE);
    BOOST_TEST(b.went_on);
}
