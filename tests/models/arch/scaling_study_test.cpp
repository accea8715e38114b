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

// M 16, C 1, 1x1, E 16, F 10 on 16 x 16: rows see M E = 256 on 16, columns 256 on 16: all busy. In sets of
// 1 x 16, 16 of which take m, iacts are 160, outputs 2560: at 2 psums a cycle 1280 cycles for 2560 MACs. With
// one dimension an axis, one filter row leaves 15 rows of PEs without work; filters may take its place.
BOOST_AUTO_TEST_CASE(what_may_lie_on_an_axis_decides_how_many_pes_work) {
    const layer_shape layer{1, 1, 16, 1, 16, 10, 1, 1};
    const auto bounds = [&](study_dataflow flow) { return study_bounds(layer, bus_array(16, 16, 2, flow)); };
    const auto sets = bounds(study_dataflow::sets);
    BOOST_TEST(sets[0] == 2560.0);
    BOOST_TEST(sets[4] == 256.0, exact);
    BOOST_TEST(sets[5] == 2.0, exact);
    BOOST_TEST(bounds(study_dataflow::any_one)[4] == 256.0, exact);
    const auto rows = bounds(study_dataflow::rows);
    BOOST_TEST(rows[4] == 16.0, exact);
    BOOST_TEST(rows[5] == 2.0, exact);
}

// M 16, C 64, 1x1, E 16, F 10, one value a cycle: 12 channels a PE make 6 passes, so 6 x 2560 psums cross the
// bus each way. With channels on the rows of PEs they are summed in the array, and the 10240 iacts decide.
BOOST_AUTO_TEST_CASE(channels_that_take_turns_send_their_psums_over_the_bus_each_time) {
    const layer_shape layer{1, 1, 16, 64, 16, 10, 1, 1};
    const auto cycles = [&](study_dataflow flow) {
        return double(layer.macs()) / study_bounds(layer, bus_array(16, 16, 1, flow))[5];
    };
    BOOST_TEST(cycles(study_dataflow::rows) == 15360.0, exact);
    BOOST_TEST(cycles(study_dataflow::any_one) == 10240.0, exact);
    BOOST_TEST(cycles(study_dataflow::sets) == 10240.0, exact);
}

BOOST_AUTO_TEST_CASE(bounds_descend_for_layers_of_every_kind) {
    const std::array layers{layer_shape{1, 1, 96, 3, 227, 227, 11, 11, 4, 4},
                            layer_shape{2, 1, 128, 48, 27, 27, 5, 5, 1, 1, 2, 2, 2, 2},
                            layer_shape{512, 1, 1, 1, 14, 14, 3, 3, 1, 1, 1, 1, 1, 1},
                            layer_shape{1, 1, 1024, 512, 7, 7, 1, 1}, layer_shape{1, 1, 10, 7, 1, 1, 1, 1}};
    for (const auto& layer : layers) {
        for (const unsigned clusters : {4U, 8U, 32U}) {
            check_descends(study_bounds(layer, mesh_array(clusters, clusters)));
            for (const auto flow : {study_dataflow::rows, study_dataflow::any_one, study_dataflow::sets}) {
                check_descends(study_bounds(layer, bus_array(4 * clusters, 4 * clusters, 1.2, flow)));
            }
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
