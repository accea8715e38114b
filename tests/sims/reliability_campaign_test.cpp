#define BOOST_TEST_MODULE reliability_campaign
#include <boost/test/unit_test.hpp>

#include "tests/sims/program.h"
#include "tests/sims/reliability_table.h"

BOOST_AUTO_TEST_CASE(a_thousand_seeded_scenarios_end_as_claimed_and_as_the_page_says) {
    const auto outcome =
        eyeriss::test::run_program("reliability --network lenet5 --scenarios 1000 --seed 1 --format md");
    BOOST_TEST(outcome.exit_code == 0, "seed 1: " << outcome.err);
    BOOST_TEST(outcome.out == eyeriss::test::committed_campaign());
}
