#include "sims/networks/profiles.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace eyeriss::networks {
namespace {

constexpr basis published = basis::published;
constexpr basis chosen = basis::chosen;

// Effectual multiplications of sparse MobileNet 0.5/128 by layer, and the densities of pw3, pw4, pw6 and pw9
// to pw13, as a second source quotes them for the network of the Eyeriss v2 paper. The counts of the
// depthwise layers hold for inputs without a zero (their padding taps were counted there). The other
// densities are chosen: they multiply up to the count, with the few per cent on top that clustered zeros
// bring in the known rows.
constexpr std::array<density_target, 28> sparse_mobilenet{{
    {"conv1", 1.0, published, 1.0, published, 1769472},  {"dw1", 1.0, published, {}, chosen, 544768},
    {"pw1", .620, chosen, {}, chosen, 461302},           {"dw2", 1.0, published, {}, chosen, 278528},
    {"pw2", .720, chosen, {}, chosen, 873643},           {"dw3", 1.0, published, {}, chosen, 513024},
    {"pw3", .728, published, .520, published, 1702140},  {"dw4", 1.0, published, {}, chosen, 145920},
    {"pw4", .864, published, .818, published, 1499682},  {"dw5", 1.0, published, {}, chosen, 270848},
    {"pw5", .820, chosen, {}, chosen, 2491491},          {"dw6", 1.0, published, {}, chosen, 73728},
    {"pw6", .833, published, .644, published, 1144158},  {"dw7", 1.0, published, {}, chosen, 147456},
    {"pw7", .760, chosen, {}, chosen, 2238663},          {"dw8", 1.0, published, {}, chosen, 147456},
    {"pw8", .700, chosen, {}, chosen, 2173758},          {"dw9", 1.0, published, {}, chosen, 124096},
    {"pw9", .608, published, .550, published, 1457458},  {"dw10", 1.0, published, {}, chosen, 147456},
    {"pw10", .641, published, .600, published, 1677684}, {"dw11", 1.0, published, {}, chosen, 147456},
    {"pw11", .608, published, .699, published, 1821557}, {"dw12", 1.0, published, {}, chosen, 36864},
    {"pw12", .677, published, .650, published, 948572},  {"dw13", 1.0, published, {}, chosen, 73728},
    {"pw13", .583, published, .300, published, 775316},  {"fc", .550, chosen, {}, chosen, 95443},
}};

// Iacts of CONV1 to CONV5: the dense network's activations. Weights: magnitude pruning as of Han et al.,
// Learning both Weights and Connections (NIPS 2015). The iacts of FC6 to FC8 are chosen after EIE's benchmark
// layers (ISCA 2016).
constexpr std::array<density_target, 8> alexnet{{
    {"conv1", .999, published, .710, published, {}},
    {"conv2", .600, published, .385, published, {}},
    {"conv3", .275, published, .346, published, {}},
    {"conv4", .207, published, .372, published, {}},
    {"conv5", .230, published, .369, published, {}},
    {"fc6", .351, chosen, .090, published, {}},
    {"fc7", .353, chosen, .090, published, {}},
    {"fc8", .375, chosen, .250, published, {}},
}};

// Chosen after the shares of zeros in VGG-16's CONV inputs of the Eyeriss v1 paper (JSSC 2017) and EIE's
// benchmark layers for FC; orientation, not checked against them.
constexpr std::array<density_target, 16> vgg16{{
    {"conv1_1", .984, chosen, {}, chosen, {}},
    {"conv1_2", .523, chosen, {}, chosen, {}},
    {"conv2_1", .752, chosen, {}, chosen, {}},
    {"conv2_2", .613, chosen, {}, chosen, {}},
    {"conv3_1", .603, chosen, {}, chosen, {}},
    {"conv3_2", .419, chosen, {}, chosen, {}},
    {"conv3_3", .413, chosen, {}, chosen, {}},
    {"conv4_1", .357, chosen, {}, chosen, {}},
    {"conv4_2", .253, chosen, {}, chosen, {}},
    {"conv4_3", .146, chosen, {}, chosen, {}},
    {"conv5_1", .206, chosen, {}, chosen, {}},
    {"conv5_2", .126, chosen, {}, chosen, {}},
    {"conv5_3", .115, chosen, {}, chosen, {}},
    {"fc6", .183, chosen, {}, chosen, {}},
    {"fc7", .375, chosen, {}, chosen, {}},
    {"fc8", .411, chosen, {}, chosen, {}},
}};

// Chosen to meet every path of the machine in a network of a second.
constexpr std::array<density_target, 5> lenet5{{
    {"conv1", .280, chosen, 1.0, chosen, {}},
    {"conv2", .550, chosen, .500, chosen, {}},
    {"fc1", .500, chosen, .200, chosen, {}},
    {"fc2", .450, chosen, .300, chosen, {}},
    {"fc3", .450, chosen, .500, chosen, {}},
}};

// Chosen: GoogLeNet's inputs are about half zeros behind the first layer, none in the image.
constexpr std::array<density_target, 2> googlenet{{
    {"conv1", 1.0, chosen, {}, chosen, {}},
    {"fc", .900, chosen, {}, chosen, {}},
}};

constexpr density_target half{"", .500, chosen, {}, chosen, {}};

}  // namespace

density_target density_profile::at(std::string_view layer) const {
    const auto* const row = std::find_if(layers.data(), layers.data() + layers.size(),
                                         [&](const density_target& t) { return t.layer == layer; });
    density_target found = row == layers.data() + layers.size() ? otherwise : *row;
    found.layer = layer;
    if (!pruned) {
        found.weight = 1.0;
        found.weight_basis = chosen;
        found.effectual.reset();
    }
    return found;
}

density_profile profile_of(std::string_view network) {
    if (network == "sparse-mobilenet" || network == "mobilenet" || network == "mobilenet-1.0-224") {
        return {sparse_mobilenet, half, network == "sparse-mobilenet"};
    }
    if (network == "sparse-alexnet" || network == "alexnet") {
        return {alexnet, half, network == "sparse-alexnet"};
    }
    if (network == "vgg16") {
        return {vgg16, half, false};
    }
    if (network == "googlenet") {
        return {googlenet, half, false};
    }
    if (network == "lenet5") {
        return {lenet5, half, true};
    }
    throw std::invalid_argument("no density profile for network \"" + std::string(network) + "\"");
}

}  // namespace eyeriss::networks
