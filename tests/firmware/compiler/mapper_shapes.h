#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"

/// Layers of well-known networks, and random weights for them.
namespace eyeriss::test {

struct named_shape {
    std::string name;
    arch::layer_shape shape;
    double weight_density = 1.0;
};

/// A square CONV layer with the same padding on all sides.
inline arch::layer_shape conv(unsigned c, unsigned m, unsigned size, unsigned filter, unsigned stride = 1,
                              unsigned pad = 0, unsigned groups = 1) {
    return {groups, 1,      m / groups, c / groups, size, size, filter,
            filter, stride, stride,     pad,        pad,  pad,  pad};
}

/// AlexNet with two groups on 227 x 227, at the densities of magnitude pruning.
inline std::vector<named_shape> alexnet() {
    return {{"conv1", conv(3, 96, 227, 11, 4), 0.71},
            {"conv2", conv(96, 256, 27, 5, 1, 2, 2), 0.385},
            {"conv3", conv(256, 384, 13, 3, 1, 1), 0.346},
            {"conv4", conv(384, 384, 13, 3, 1, 1, 2), 0.372},
            {"conv5", conv(384, 256, 13, 3, 1, 1, 2), 0.369},
            {"fc6", conv(256, 4096, 6, 6), 0.09},
            {"fc7", conv(4096, 4096, 1, 1), 0.09},
            {"fc8", conv(4096, 1000, 1, 1), 0.25}};
}

/// MobileNet v1: channels times `width` over 32, input of size x size.
inline std::vector<named_shape> mobilenet(unsigned width, unsigned size, double weight_density) {
    struct block {
        unsigned channels, stride;
    };
    const std::vector<block> blocks{{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                                    {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
    const auto scaled = [&](unsigned channels) { return channels * width / 32; };
    std::vector<named_shape> layers{{"conv1", conv(3, scaled(32), size, 3, 2, 1), 1.0}};
    unsigned channels = scaled(32);
    size = (size + 1) / 2;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto number = std::to_string(i + 1);
        layers.push_back(
            {"dw" + number, conv(channels, channels, size, 3, blocks[i].stride, 1, channels), 1.0});
        size /= blocks[i].stride;
        layers.push_back(
            {"pw" + number, conv(channels, scaled(blocks[i].channels), size, 1), weight_density});
        channels = scaled(blocks[i].channels);
    }
    layers.push_back({"fc", conv(channels, 1000, 1, 1), weight_density});
    return layers;
}

inline std::vector<named_shape> vgg16() {
    std::vector<named_shape> layers;
    const std::vector<std::vector<unsigned>> stages{
        {3, 64, 64}, {64, 128, 128}, {128, 256, 256, 256}, {256, 512, 512, 512}, {512, 512, 512, 512}};
    unsigned size = 224;
    for (const auto& stage : stages) {
        for (std::size_t i = 1; i < stage.size(); ++i) {
            layers.push_back({"conv" + std::to_string(layers.size() + 1),
                              conv(stage[i - 1], stage[i], size, 3, 1, 1), 0.35});
        }
        size /= 2;
    }
    layers.push_back({"fc6", conv(512, 4096, 7, 7), 0.04});
    layers.push_back({"fc7", conv(4096, 4096, 1, 1), 0.04});
    layers.push_back({"fc8", conv(4096, 1000, 1, 1), 0.23});
    return layers;
}

inline std::vector<named_shape> googlenet() {
    std::vector<named_shape> layers{{"conv1", conv(3, 64, 224, 7, 2, 3), 1.0},
                                    {"conv2r", conv(64, 64, 56, 1), 1.0},
                                    {"conv2", conv(64, 192, 56, 3, 1, 1), 1.0}};
    struct inception {
        const char* name;
        unsigned size, c, n1, r3, n3, r5, n5, pool;
    };
    for (const auto& i : {inception{"3a", 28, 192, 64, 96, 128, 16, 32, 32},
                          {"3b", 28, 256, 128, 128, 192, 32, 96, 64},
                          {"4a", 14, 480, 192, 96, 208, 16, 48, 64},
                          {"4b", 14, 512, 160, 112, 224, 24, 64, 64},
                          {"4c", 14, 512, 128, 128, 256, 24, 64, 64},
                          {"4d", 14, 512, 112, 144, 288, 32, 64, 64},
                          {"4e", 14, 528, 256, 160, 320, 32, 128, 128},
                          {"5a", 7, 832, 256, 160, 320, 32, 128, 128},
                          {"5b", 7, 832, 384, 192, 384, 48, 128, 128}}) {
        const std::string name = i.name;
        layers.push_back({name + "_1x1", conv(i.c, i.n1, i.size, 1), 1.0});
        layers.push_back({name + "_3x3r", conv(i.c, i.r3, i.size, 1), 1.0});
        layers.push_back({name + "_3x3", conv(i.r3, i.n3, i.size, 3, 1, 1), 1.0});
        layers.push_back({name + "_5x5r", conv(i.c, i.r5, i.size, 1), 1.0});
        layers.push_back({name + "_5x5", conv(i.r5, i.n5, i.size, 5, 1, 2), 1.0});
        layers.push_back({name + "_pool", conv(i.c, i.pool, i.size, 1), 1.0});
    }
    layers.push_back({"fc", conv(1024, 1000, 1, 1), 1.0});
    return layers;
}

/// Weights of which a share is not zero.
inline std::vector<std::int8_t> random_weights(const arch::layer_shape& s, double density,
                                               std::minstd_rand& random) {
    std::vector<std::int8_t> weights(std::size_t{s.groups} * s.m * s.c * s.r * s.s);
    const auto threshold = static_cast<unsigned>(density * 65536.0);
    for (auto& w : weights) {
        const auto draw = static_cast<unsigned>(random());
        if ((draw >> 12 & 0xffffU) < threshold) w = static_cast<std::int8_t>(draw % 127 + 1);
    }
    return weights;
}

/// A conv layer with random weights and plausible constants.
inline compiler::conv_op random_conv(const arch::layer_shape& s, double density, std::minstd_rand& random) {
    compiler::conv_op op;
    op.shape = s;
    op.weights = random_weights(s, density, random);
    op.bias.resize(s.channels_out());
    op.scale.resize(s.channels_out());
    for (std::size_t i = 0; i < op.bias.size(); ++i) {
        op.bias[i] = static_cast<std::int32_t>(random() % 2001) - 1000;
        op.scale[i] = 0.001F + static_cast<float>(random() % 1000) * 1e-6F;
    }
    return op;
}

}  // namespace eyeriss::test
