#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/arch/layer.h"

/// A network before it has weights: nodes in the order of execution.
namespace eyeriss::networks {

/// Number of a value: 0 is the image, n + 1 the output of node n.
using value_id = std::size_t;

/// CONV, depthwise and FC. An FC layer is a window as large as its input map.
struct convolution {
    arch::layer_shape shape;
    bool fully_connected = false;
    bool logits = false;  ///< the classifier's signed outputs (zero point 128), no ReLU
};

struct max_pool {
    unsigned kernel = 2, stride = 2;
    unsigned pad_begin = 0, pad_end = 0;  ///< the same for rows and columns
};

struct global_average {};

struct concatenation {};

struct softmax {};

using plan_operation = std::variant<convolution, max_pool, global_average, concatenation, softmax>;

struct plan_node {
    std::string name;
    std::vector<value_id> inputs;
    plan_operation op;
    unsigned c = 1, h = 1, w = 1;  ///< of the output
};

/// Output size, kernel and stride of a square window layer; pads are {begin, end} of rows and columns alike.
struct window {
    unsigned kernel = 1, stride = 1, pad_begin = 0, pad_end = 0;
};

/// A network's nodes, and the means to add to them. Each function returns the value that the new node makes.
class plan {
public:
    plan(unsigned channels, unsigned side) : channels_(channels), side_(side) {}

    value_id conv(std::string name, value_id in, unsigned channels_out, window win, unsigned groups = 1);
    value_id depthwise(std::string name, value_id in, window win);
    value_id fc(std::string name, value_id in, unsigned channels_out, bool logits = false);
    value_id pool(std::string name, value_id in, max_pool op);
    value_id average(std::string name, value_id in);
    value_id concat(std::string name, std::vector<value_id> in);
    value_id probabilities(std::string name, value_id in);

    [[nodiscard]] const std::vector<plan_node>& nodes() const { return nodes_; }
    [[nodiscard]] unsigned channels() const { return channels_; }
    [[nodiscard]] unsigned side() const { return side_; }
    /// Nominal multiplications of all layers, padding taps included.
    [[nodiscard]] std::uint64_t macs() const;

private:
    struct extent {
        unsigned c, h, w;
    };
    [[nodiscard]] extent of(value_id value) const;
    value_id add(std::string name, std::vector<value_id> in, const plan_operation& op, extent out);

    unsigned channels_, side_;
    std::vector<plan_node> nodes_;
};

}  // namespace eyeriss::networks
