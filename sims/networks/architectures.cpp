#include "sims/networks/architectures.h"

#include <array>
#include <stdexcept>
#include <string>

namespace eyeriss::networks {
namespace {

// LeCun et al., Gradient-based learning applied to document recognition (1998), with max pooling and every
// channel of the second layer connected.
plan lenet5(unsigned side) {
    plan p(1, side);
    value_id x = p.conv("conv1", 0, 6, {5, 1, 2, 2});
    x = p.pool("pool1", x, {});
    x = p.conv("conv2", x, 16, {5, 1, 0, 0});
    x = p.pool("pool2", x, {});
    x = p.fc("fc1", x, 120);
    x = p.fc("fc2", x, 84);
    x = p.fc("fc3", x, 10, true);
    p.probabilities("softmax", x);
    return p;
}

// Krizhevsky et al. (2012) with its two groups, without local response normalisation, on 227 x 227 unpadded.
plan alexnet(unsigned side) {
    plan p(3, side);
    value_id x = p.conv("conv1", 0, 96, {11, 4, 0, 0});
    x = p.pool("pool1", x, {3, 2});
    x = p.conv("conv2", x, 256, {5, 1, 2, 2}, 2);
    x = p.pool("pool2", x, {3, 2});
    x = p.conv("conv3", x, 384, {3, 1, 1, 1});
    x = p.conv("conv4", x, 384, {3, 1, 1, 1}, 2);
    x = p.conv("conv5", x, 256, {3, 1, 1, 1}, 2);
    x = p.pool("pool5", x, {3, 2});
    x = p.fc("fc6", x, 4096);
    x = p.fc("fc7", x, 4096);
    p.fc("fc8", x, 1000, true);
    return p;
}

// Howard et al., MobileNets (2017), table 1. `base` is the width of the first layer: 32 times the width
// multiplier. Padding is TensorFlow's SAME: stride 2 on an even side pads only at the end.
plan mobilenet(unsigned side, unsigned base) {
    struct block {
        unsigned channels, stride;
    };
    const std::array<block, 13> blocks{{{2, 1},
                                        {4, 2},
                                        {4, 1},
                                        {8, 2},
                                        {8, 1},
                                        {16, 2},
                                        {16, 1},
                                        {16, 1},
                                        {16, 1},
                                        {16, 1},
                                        {16, 1},
                                        {32, 2},
                                        {32, 1}}};
    plan p(3, side);
    unsigned length = side;
    const auto same = [&length](unsigned stride) {
        const unsigned out = (length + stride - 1) / stride;
        const unsigned total = (out - 1) * stride + 3 > length ? (out - 1) * stride + 3 - length : 0;
        length = out;
        return window{3, stride, total / 2, total - total / 2};
    };
    value_id x = p.conv("conv1", 0, base, same(2));
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        x = p.depthwise("dw" + number, x, same(blocks[i].stride));
        x = p.conv("pw" + number, x, base * blocks[i].channels, {});
    }
    x = p.average("pool", x);
    p.fc("fc", x, 1000, true);
    return p;
}

// Simonyan and Zisserman (2014), configuration D.
plan vgg16(unsigned side) {
    struct stage {
        unsigned channels, layers;
    };
    const std::array<stage, 5> stages{{{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}};
    plan p(3, side);
    value_id x = 0;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        for (unsigned layer = 1; layer <= stages[i].layers; ++layer) {
            x = p.conv("conv" + number + "_" + std::to_string(layer), x, stages[i].channels, {3, 1, 1, 1});
        }
        x = p.pool("pool" + number, x, {});
    }
    x = p.fc("fc6", x, 4096);
    x = p.fc("fc7", x, 4096);
    p.fc("fc8", x, 1000, true);
    return p;
}

}  // namespace

plan plan_of(std::string_view network, unsigned side) {
    if (network == "lenet5") {
        return lenet5(side);
    }
    if (network == "alexnet" || network == "sparse-alexnet") {
        return alexnet(side);
    }
    if (network == "mobilenet" || network == "sparse-mobilenet") {
        return mobilenet(side, 16);
    }
    if (network == "mobilenet-1.0-224") {
        return mobilenet(side, 32);
    }
    if (network == "vgg16") {
        return vgg16(side);
    }
    if (network == "googlenet") {
        return googlenet(side);
    }
    throw std::invalid_argument("no layers for network \"" + std::string(network) + "\"");
}

}  // namespace eyeriss::networks
