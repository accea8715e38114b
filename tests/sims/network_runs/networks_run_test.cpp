#define BOOST_TEST_MODULE networks_run
#include <boost/test/unit_test.hpp>

#include "tests/sims/network_runs/network_checks.h"

using namespace eyeriss;

BOOST_AUTO_TEST_CASE(lenet5_runs_on_the_soc) {
    test::check_network("lenet5", 28);
}

BOOST_AUTO_TEST_CASE(sparse_mobilenet_runs_on_the_soc) {
    test::check_variety(test::check_network("sparse-mobilenet", 128));
}

BOOST_AUTO_TEST_CASE(mobilenet_runs_on_the_soc) {
    test::check_network("mobilenet", 128);
}

BOOST_AUTO_TEST_CASE(sparse_alexnet_runs_on_the_soc) {
    test::check_variety(test::check_network("sparse-alexnet", 227));
}

// The four largest at a smaller image; at full size in networks_run_long_test.
BOOST_AUTO_TEST_CASE(a_small_alexnet_runs_on_the_soc) {
    test::check_network("alexnet", 99);
}

BOOST_AUTO_TEST_CASE(a_small_vgg16_runs_on_the_soc) {
    test::check_network("vgg16", 64);
}

BOOST_AUTO_TEST_CASE(a_small_googlenet_runs_on_the_soc) {
    test::check_network("googlenet", 64);
}

BOOST_AUTO_TEST_CASE(a_small_mobilenet_1_0_runs_on_the_soc) {
    test::check_network("mobilenet-1.0-224", 96);
}
