#define BOOST_TEST_MODULE networks_onnxruntime
#include <boost/test/unit_test.hpp>

#include "sims/networks/networks.h"
#include "tests/firmware/compiler/layer_comparison.h"

using namespace eyeriss;

namespace {

// All generated networks of these names in one process of ONNX Runtime. Their 8-bit weights are exact there
// only with VNNI; elsewhere saturated products would blame the reference, so the check says that it is not
// made.
void check_networks(const std::vector<std::string>& names, bool smallest) {
    if (test::onnxruntime_weight_limit() < 128) {
        BOOST_TEST_MESSAGE("generated networks are not compared on this processor");
        return;
    }
    std::vector<test::compared_network> compared;
    for (const std::string& name : names) {
        const networks::network_info& info = networks::find(name);
        const unsigned side = smallest ? info.smallest_image : info.image;
        const networks::options options{.image = side};
        const onnx::ModelProto model = networks::make_network(name, options);
        compared.push_back({model,
                            model.graph().input(0).name(),
                            "uint8",
                            {1, info.channels, side, side},
                            networks::default_input(name, options)});
        BOOST_TEST_MESSAGE(name << " at " << side << " pixels");
    }
    const auto found = test::compare_with_onnxruntime(compared);
    for (const auto& [kind, count] : found) {
        const bool exact = kind == "conv" || kind == "pool" || kind == "concat";
        BOOST_TEST(count.worse == 0U, kind);
        BOOST_TEST(count.off_by_one * 1000 <= (exact ? 0 : count.values), kind);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(small_networks_equal_onnxruntime) {
    check_networks({"lenet5", "mobilenet", "sparse-mobilenet"}, false);
}

BOOST_AUTO_TEST_CASE(large_networks_at_a_reduced_image_equal_onnxruntime) {
    check_networks({"googlenet", "mobilenet-1.0-224", "vgg16", "sparse-alexnet"}, true);
}
