#define BOOST_TEST_MODULE scaling_study
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "models/arch/scaling_study.h"

using namespace eyeriss::arch;

namespace {

const auto exact = boost::test_tools::tolerance(1e-9);

void check_descends(const std::array<double, 6>& b) {
    for (std::size_t i = 1; i < b.size(); ++i) BOOST_TEST(b[i] <= b[i - 1]);
    BOOST_TEST(b[5] > 0.0);
}

}  // namespace

// FC, M 1000, C 4096: each weight is used once, so v1 does as many MACs a cycle as its bus brings weights.
BOOST_AUTO_TEST_CASE(a_fully_connected_layer_on_buses_runs_at_the_weight_bus) {
    const layer_shape fc{1, 1, 1000, 4096, 1, 1, 1, 1};
    for (const unsigned side : {16U, 32U, 128U}) {
        const auto b = study_bounds(fc, bus_array(side, side, 1.25));
        BOOST_TEST(b[5] == 1.25, exact);
        check_descends(b);
    }
}

// M 1024 on the mesh: 16 clusters bring 192 weights a cycle to 256 PEs.
BOOST_AUTO_TEST_CASE(a_fully_connected_layer_on_the_mesh_runs_at_its_weight_ports) {
    const auto b = study_bounds({1, 1, 1024, 4096, 1, 1, 1, 1}, mesh_array(4, 4));
    BOOST_TEST(b[4] == 256.0, exact);
    BOOST_TEST(b[5] == 192.0, exact);
    check_descends(b);
}

// M 16, C 1, 1x1, E 16, F 10 on 16 x 16: rows see M E = 256 on 16, columns 256 on 16: all busy. On buses a
// set is 1 x 16 and 16 sets take m: 16 values of output rows a turn. Iacts 160, outputs 2560: at 2 psums a
// cycle 1280 cycles for 2560 MACs.
BOOST_AUTO_TEST_CASE(outputs_leave_over_the_psum_bus) {
    const layer_shape layer{1, 1, 16, 1, 16, 10, 1, 1};
    const auto b = study_bounds(layer, bus_array(16, 16, 2));
    BOOST_TEST(b[0] == 2560.0);
    BOOST_TEST(b[4] == 256.0, exact);
    BOOST_TEST(b[5] == 2.0, exact);
}

BOOST_AUTO_TEST_CASE(bounds_descend_for_layers_of_every_kind) {
    const std::array layers{layer_shape{1, 1, 96, 3, 227, 227, 11, 11, 4, 4},
                            layer_shape{2, 1, 128, 48, 27, 27, 5, 5, 1, 1, 2, 2, 2, 2},
                            layer_shape{512, 1, 1, 1, 14, 14, 3, 3, 1, 1, 1, 1, 1, 1},
                            layer_shape{1, 1, 1024, 512, 7, 7, 1, 1}, layer_shape{1, 1, 10, 7, 1, 1, 1, 1}};
    for (const auto& layer : layers) {
        for (const unsigned clusters : {4U, 8U, 32U}) {
            check_descends(study_bounds(layer, mesh_array(clusters, clusters)));
            check_descends(study_bounds(layer, bus_array(4 * clusters, 4 * clusters, 1.2)));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_fitted_bus_width_makes_the_ratio_that_was_asked_for) {
    const std::array layers{layer_shape{1, 1, 384, 256, 13, 13, 3, 3, 1, 1, 1, 1, 1, 1},
                            layer_shape{1, 1, 4096, 9216, 1, 1, 1, 1}};
    const auto mesh = mesh_array(4, 4);
    const double width = fit_bus_width(layers, mesh, 17.9);
    BOOST_TEST(study_cycles(layers, bus_array(16, 16, width)) / study_cycles(layers, mesh) == 17.9,
               boost::test_tools::tolerance(1e-6));
    BOOST_CHECK_THROW((void)fit_bus_width(layers, mesh, 1e6), std::invalid_argument);
}
