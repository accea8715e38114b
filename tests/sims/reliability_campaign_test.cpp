#define BOOST_TEST_MODULE reliability_campaign
#include <boost/test/unit_test.hpp>

#include "tests/sims/program.h"

BOOST_AUTO_TEST_CASE(a_thousand_seeded_scenarios_end_as_claimed) {
    const auto outcome = eyeriss::test::run_program("reliability --scenarios 1000 --seed 1");
    BOOST_TEST(outcome.exit_code == 0, "seed 1: " << outcome.err);
}
