#include "sims/networks/networks.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "sims/networks/architectures.h"
#include "sims/networks/generate.h"
#include "sims/networks/onnx_writer.h"
#include "sims/networks/profiles.h"
#include "sims/networks/synthetic_image.h"

namespace eyeriss::networks {
namespace {

constexpr unsigned largest_image = 512;

unsigned checked_side(const network_info& info, const options& opts) {
    const unsigned side = opts.image.value_or(info.image);
    if (side < info.smallest_image || side > largest_image) {
        throw std::invalid_argument(
            fmt::format("network {}: image of {} pixels a side, from {} to {} are possible", info.name, side,
                        info.smallest_image, largest_image));
    }
    return side;
}

}  // namespace

const std::vector<network_info>& list() {
    // The totals of AlexNet and MobileNet 0.5/128 are those of the Eyeriss v2 paper (724.4 M and 49.2 M);
    // VGG-16's 15.5 G and MobileNet's 569 M those of their papers; LeNet-5 and GoogLeNet add up from their
    // papers' tables of layers.
    static const std::vector<network_info> networks{
        {"lenet5", "LeNet-5 with max pooling, 28 x 28, pruned (LeCun et al. 1998)", 1, 28, 12, 416'520},
        {"sparse-mobilenet", "MobileNet v1, width 0.5, pruned to the counts of the Eyeriss v2 paper", 3, 128,
         32, 49'160'192},
        {"sparse-alexnet", "AlexNet of two groups without LRN, pruned", 3, 227, 67, 724'406'816},
        {"mobilenet", "MobileNet v1, width 0.5, every weight non-zero (Howard et al. 2017)", 3, 128, 32,
         49'160'192},
        {"alexnet", "AlexNet of two groups without LRN, every weight non-zero (Krizhevsky et al. 2012)", 3,
         227, 67, 724'406'816},
        {"vgg16", "VGG-16, every weight non-zero (Simonyan and Zisserman 2014)", 3, 224, 32, 15'470'264'320},
        {"googlenet", "Inception v1 without LRN and auxiliary classifiers (Szegedy et al. 2015)", 3, 224, 32,
         1'582'671'872},
        {"mobilenet-1.0-224", "MobileNet v1, width 1.0, every weight non-zero (Howard et al. 2017)", 3, 224,
         32, 568'740'352},
    };
    return networks;
}

const network_info& find(std::string_view name) {
    const auto found = std::find_if(list().begin(), list().end(),
                                    [&](const network_info& info) { return info.name == name; });
    if (found == list().end()) {
        std::string names;
        for (const network_info& info : list()) {
            names += (names.empty() ? "" : ", ") + info.name;
        }
        throw std::invalid_argument(fmt::format("no network \"{}\"; there are {}", name, names));
    }
    return *found;
}

std::vector<std::uint8_t> default_input(std::string_view name, const options& opts) {
    const network_info& info = find(name);
    const unsigned side = checked_side(info, opts);
    if (info.channels == 1) {
        return synthetic_digit(side);
    }
    return synthetic_photograph(info.channels, side,
                                profile_of(name).at(plan_of(name, side).nodes().front().name).iact);
}

generated_network generate(std::string_view name, const options& opts) {
    const network_info& info = find(name);
    const plan network = plan_of(name, checked_side(info, opts));
    const plan published = plan_of(name, info.image);
    if (published.macs() != info.macs) {
        throw std::logic_error(
            fmt::format("network {}: its layers have {} multiplications, not the {} published", name,
                        published.macs(), info.macs));
    }
    filled_plan filled = fill(network, published, profile_of(name), default_input(name, opts), opts.seed);
    return {write_onnx(network, std::move(filled.parameters), info.name), std::move(filled.layers)};
}

onnx::ModelProto make_network(std::string_view name, const options& opts) {
    return generate(name, opts).model;
}

}  // namespace eyeriss::networks
