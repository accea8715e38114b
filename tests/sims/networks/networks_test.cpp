#define BOOST_TEST_MODULE networks
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "sims/networks/architectures.h"
#include "sims/networks/networks.h"

using namespace eyeriss;

namespace {

std::uint64_t digest(const std::string& bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : bytes) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

std::map<std::string, std::uint64_t> macs_by_layer(const std::string& network) {
    const networks::plan plan = networks::plan_of(network, networks::find(network).image);
    std::map<std::string, std::uint64_t> macs;
    for (const networks::plan_node& node : plan.nodes()) {
        if (const auto* conv = std::get_if<networks::convolution>(&node.op)) {
            macs[node.name] = conv->shape.macs();
        }
    }
    return macs;
}

std::string message_of(const auto& call) {
    try {
        call();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_network_has_the_published_multiplications) {
    const std::map<std::string, std::uint64_t> published{
        {"lenet5", 416'520},          {"alexnet", 724'406'816},           {"sparse-alexnet", 724'406'816},
        {"mobilenet", 49'160'192},    {"sparse-mobilenet", 49'160'192},   {"vgg16", 15'470'264'320},
        {"googlenet", 1'582'671'872}, {"mobilenet-1.0-224", 568'740'352},
    };
    BOOST_TEST(networks::list().size() == published.size());
    for (const auto& [name, macs] : published) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(networks::find(name).macs == macs);
            BOOST_TEST(networks::plan_of(name, networks::find(name).image).macs() == macs);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_layers_of_mobilenet_and_alexnet_have_the_published_multiplications) {
    const auto mobilenet = macs_by_layer("sparse-mobilenet");
    const std::map<std::string, std::uint64_t> published{
        {"conv1", 1769472}, {"dw1", 589824},   {"pw1", 2097152},  {"dw2", 294912},  {"pw2", 2097152},
        {"dw3", 589824},    {"pw3", 4194304},  {"dw4", 147456},   {"pw4", 2097152}, {"dw5", 294912},
        {"pw5", 4194304},   {"dw6", 73728},    {"pw6", 2097152},  {"dw7", 147456},  {"pw7", 4194304},
        {"dw8", 147456},    {"pw8", 4194304},  {"dw9", 147456},   {"pw9", 4194304}, {"dw10", 147456},
        {"pw10", 4194304},  {"dw11", 147456},  {"pw11", 4194304}, {"dw12", 36864},  {"pw12", 2097152},
        {"dw13", 73728},    {"pw13", 4194304}, {"fc", 512000}};
    BOOST_TEST((mobilenet == published));
    const auto alexnet = macs_by_layer("alexnet");
    const std::map<std::string, std::uint64_t> grouped{
        {"conv1", 105'415'200}, {"conv2", 223'948'800}, {"conv3", 149'520'384}, {"conv4", 112'140'288},
        {"conv5", 74'760'192},  {"fc6", 37'748'736},    {"fc7", 16'777'216},    {"fc8", 4'096'000}};
    BOOST_TEST((alexnet == grouped));
}

BOOST_AUTO_TEST_CASE(the_importer_reads_every_network_at_a_reduced_size) {
    for (const networks::network_info& info : networks::list()) {
        BOOST_TEST_CONTEXT(info.name) {
            const networks::options small{.image = std::max(info.smallest_image, info.image / 4)};
            const onnx::ModelProto model = networks::make_network(info.name, small);
            BOOST_TEST(model.ir_version() <= 8);
            BOOST_TEST(model.opset_import_size() == 1);
            BOOST_TEST(model.opset_import(0).version() <= 17);
            const compiler::graph graph = compiler::import_onnx(model);
            BOOST_TEST(graph.macs() == networks::plan_of(info.name, *small.image).macs());
            BOOST_TEST(graph.notes.empty());
            const auto input = networks::default_input(info.name, small);
            BOOST_REQUIRE(input.size() == graph.tensors[graph.input].elements());
            const compiler::reference_result run = compiler::run_reference(graph, input);
            BOOST_TEST(std::all_of(run.sums.begin(), run.sums.end(), [](const compiler::sum_range& sums) {
                return compiler::fits_psum_bits(sums, 20);
            }));
            const auto& out = run.tensors[graph.output];
            BOOST_TEST(*std::max_element(out.begin(), out.end()) > *std::min_element(out.begin(), out.end()));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_smallest_image_of_a_network_is_accepted_and_a_smaller_one_is_refused) {
    for (const networks::network_info& info : networks::list()) {
        BOOST_TEST_CONTEXT(info.name) {
            BOOST_TEST(networks::plan_of(info.name, info.smallest_image).macs() > 0U);
            const std::string message = message_of(
                [&] { (void)networks::make_network(info.name, {.image = info.smallest_image - 1}); });
            BOOST_TEST(message.find(info.name) != std::string::npos);
            BOOST_TEST(message.find("from " + std::to_string(info.smallest_image)) != std::string::npos);
        }
    }
    BOOST_TEST(message_of([] { (void)networks::default_input("lenet5", {.image = 513}); }) ==
               "network lenet5: image of 513 pixels a side, from 12 to 512 are possible");
}

BOOST_AUTO_TEST_CASE(an_unknown_network_is_refused_with_the_names_that_there_are) {
    const std::string message = message_of([] { (void)networks::make_network("resnet"); });
    BOOST_TEST(message.find("\"resnet\"") != std::string::npos);
    for (const networks::network_info& info : networks::list()) {
        BOOST_TEST(message.find(info.name) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_network_is_the_same_bytes_every_time_and_on_every_host) {
    const std::string once = networks::make_network("sparse-mobilenet").SerializeAsString();
    const std::string again = networks::make_network("sparse-mobilenet").SerializeAsString();
    BOOST_TEST((once == again));
    BOOST_TEST(digest(once) == 12786447302736556511ULL);
    BOOST_TEST(digest(networks::make_network("lenet5").SerializeAsString()) == 1468289987859327785ULL);
}

BOOST_AUTO_TEST_CASE(another_seed_makes_another_network_of_the_same_shape) {
    const onnx::ModelProto one = networks::make_network("lenet5", {.seed = 1});
    const onnx::ModelProto two = networks::make_network("lenet5", {.seed = 2});
    BOOST_TEST((one.SerializeAsString() != two.SerializeAsString()));
    BOOST_TEST(compiler::import_onnx(one).macs() == compiler::import_onnx(two).macs());
}

BOOST_AUTO_TEST_CASE(the_default_image_is_smooth_and_has_few_zeros) {
    const auto image = networks::default_input("sparse-alexnet");
    BOOST_REQUIRE(image.size() == 3U * 227 * 227);
    const auto zeros = std::count(image.begin(), image.end(), 0);
    BOOST_TEST(static_cast<double>(zeros) / static_cast<double>(image.size()) < .002);
    BOOST_TEST(zeros > 0);
    const auto mean = std::accumulate(image.begin(), image.end(), 0.0) / static_cast<double>(image.size());
    double variance = 0;
    double step = 0;
    for (std::size_t i = 0; i + 1 < image.size(); ++i) {
        variance += (image[i] - mean) * (image[i] - mean);
        step += std::abs(int{image[i]} - int{image[i + 1]});
    }
    const auto count = static_cast<double>(image.size());
    BOOST_TEST(variance / count > 25.0 * 25.0);
    BOOST_TEST(step / count < 10.0);
    const auto photograph = networks::default_input("sparse-mobilenet");
    BOOST_TEST(std::count(photograph.begin(), photograph.end(), 0) == 0);
}
