#define BOOST_TEST_MODULE networks_run_long
#include <boost/test/unit_test.hpp>

#include "tests/sims/network_runs/network_checks.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(alexnet_runs_on_the_soc) {
    test::check_network("alexnet", 227);
}

BOOST_AUTO_TEST_CASE(vgg16_runs_on_the_soc) {
    test::check_network("vgg16", 224);
}

BOOST_AUTO_TEST_CASE(googlenet_runs_on_the_soc) {
    test::check_network("googlenet", 224);
}

BOOST_AUTO_TEST_CASE(mobilenet_1_0_runs_on_the_soc) {
    test::check_network("mobilenet-1.0-224", 224);
}
