#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "sims/networks/profiles.h"
#include "tests/sims/networks/counting.h"

using namespace eyeriss;
using networks::test::count_layers;

namespace {

constexpr std::int64_t largest_psum = 524'287;

double deviation(const std::vector<double>& values) {
    double sum = 0;
    double squares = 0;
    for (const double value : values) {
        sum += value;
        squares += value * value;
    }
    const auto count = static_cast<double>(values.size());
    return std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

void check_psums(const networks::test::counted_layer& layer) {
    BOOST_TEST(layer.positive <= largest_psum);
    BOOST_TEST(layer.negative >= -largest_psum);
}

// Taps of depthwise layers that lie in the image, where the published count is not below them.
const std::map<std::string, std::uint64_t> most_in_image{
    {"dw6", 67712},   {"dw7", 123904}, {"dw8", 123904}, {"dw9", 123904}, {"dw10", 123904},
    {"dw11", 123904}, {"dw12", 30976}, {"dw13", 51200}, {"dw4", 141376}, {"dw5", 270848}};

void check_sparse_mobilenet(std::uint64_t seed) {
    const auto model = networks::make_network("sparse-mobilenet", {.seed = seed});
    const auto profile = networks::profile_of("sparse-mobilenet");
    for (const auto& layer : count_layers(model, networks::default_input("sparse-mobilenet"))) {
        BOOST_TEST_CONTEXT(layer.name << ", seed " << seed) {
            const networks::density_target target = profile.at(layer.name);
            BOOST_REQUIRE(target.effectual.has_value());
            const auto wanted = static_cast<double>(*target.effectual);
            const auto most = most_in_image.find(layer.name);
            if (most != most_in_image.end()) {
                BOOST_TEST(layer.effectual == most->second);
            } else {
                // conv1 has every operand non-zero; its padding alone is 1.04 %.
                const double percent = layer.name == "conv1" ? 1.1 : 1.0;
                BOOST_TEST(static_cast<double>(layer.effectual) == wanted,
                           boost::test_tools::tolerance(percent / 100));
            }
            BOOST_TEST(layer.iact == target.iact, boost::test_tools::tolerance(.01));
            if (target.weight) {
                BOOST_TEST(layer.weight == *target.weight, boost::test_tools::tolerance(.02));
            }
            check_psums(layer);
        }
    }
}

std::string contents(const std::string& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(sparse_mobilenet_has_the_published_effectual_counts) {
    check_sparse_mobilenet(1);
}

BOOST_AUTO_TEST_CASE(sparse_mobilenet_has_them_with_any_seed) {
    for (const std::uint64_t seed : {0ULL, 7ULL, 0xffffffffffffffffULL}) {
        check_sparse_mobilenet(seed);
    }
}

BOOST_AUTO_TEST_CASE(sparse_alexnet_has_the_stated_densities) {
    const auto profile = networks::profile_of("sparse-alexnet");
    const auto layers =
        count_layers(networks::make_network("sparse-alexnet"), networks::default_input("sparse-alexnet"));
    BOOST_REQUIRE(layers.size() == 8U);
    for (const auto& layer : layers) {
        BOOST_TEST_CONTEXT(layer.name) {
            const networks::density_target target = profile.at(layer.name);
            BOOST_TEST(layer.iact == target.iact, boost::test_tools::tolerance(.01));
            BOOST_TEST(layer.weight == target.weight.value(), boost::test_tools::tolerance(.01));
            check_psums(layer);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_dense_network_has_no_zero_weight) {
    const networks::options small{.image = 67};
    const auto layers =
        count_layers(networks::make_network("alexnet", small), networks::default_input("alexnet", small));
    for (const auto& layer : layers) {
        BOOST_TEST_CONTEXT(layer.name) {
            BOOST_TEST(layer.weight == 1.0);
            check_psums(layer);
        }
    }
}

BOOST_AUTO_TEST_CASE(zeros_cluster_by_channel) {
    const auto layers =
        count_layers(networks::make_network("sparse-mobilenet"), networks::default_input("sparse-mobilenet"));
    for (const auto& layer : layers) {
        // Channels that only differed by chance would deviate by sqrt(d * (1 - d) / positions).
        if (layer.name == "pw3" || layer.name == "pw5" || layer.name == "pw9") {
            BOOST_TEST_CONTEXT(layer.name) {
                BOOST_TEST(deviation(layer.zero_channels) > .08);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_generator_reports_what_a_plain_loop_counts) {
    for (const std::string name : {"lenet5", "sparse-mobilenet"}) {
        const networks::generated_network generated = networks::generate(name);
        const auto counted = count_layers(generated.model, networks::default_input(name));
        BOOST_REQUIRE(counted.size() == generated.layers.size());
        for (std::size_t i = 0; i < counted.size(); ++i) {
            BOOST_TEST_CONTEXT(name << " " << counted[i].name) {
                const networks::layer_density& reported = generated.layers[i];
                BOOST_TEST(reported.name == counted[i].name);
                BOOST_TEST(reported.macs == counted[i].macs);
                BOOST_TEST(reported.effectual == counted[i].effectual);
                BOOST_TEST(reported.iact == counted[i].iact, boost::test_tools::tolerance(1e-12));
                BOOST_TEST(reported.weight == counted[i].weight, boost::test_tools::tolerance(1e-12));
                BOOST_TEST(reported.largest_part == std::max(counted[i].positive, -counted[i].negative));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_documentation_shows_the_densities_as_they_are) {
    const std::string page = contents(std::string(EYERISS_DOC_FOLDER) + "/networks.md");
    for (const std::string name : {"lenet5", "sparse-mobilenet", "sparse-alexnet"}) {
        const std::string table = networks::density_table(networks::generate(name).layers);
        BOOST_TEST_INFO("doc/networks.md should show for " << name << ":\n" << table);
        BOOST_TEST((page.find(table) != std::string::npos));
    }
}
