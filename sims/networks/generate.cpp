#include "sims/networks/generate.h"

#include <algorithm>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "firmware/compiler/reference.h"
#include "sims/networks/weights.h"

namespace eyeriss::networks {
namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::int64_t psum_limit = (1 << 19) - 1;

std::vector<std::int32_t> sums_of(const arch::layer_shape& shape, const bytes& x,
                                  std::span<const std::int8_t> weights) {
    return compiler::conv_sums(shape, x, compiler::dtype::u8, 0, weights);
}

double share_of_non_zeros(const auto& values) {
    const auto zeros = std::count(values.begin(), values.end(), 0);
    return 1 - static_cast<double>(zeros) / static_cast<double>(values.size());
}

// The largest sum of iacts in a window: what bounds the products' magnitude.
std::int64_t largest_window(arch::layer_shape shape, const bytes& x) {
    shape.m = 1;
    const std::vector<std::int8_t> ones(std::size_t{shape.groups} * shape.c * shape.r * shape.s, 1);
    const std::vector<std::int32_t> sums = sums_of(shape, x, ones);
    return *std::max_element(sums.begin(), sums.end());
}

struct weighted {
    std::vector<std::int8_t> weights;
    std::vector<std::int32_t> sums;
    std::int64_t largest_part = 0;
};

// Weights on a mask, small enough that the positive products of every window, and its negative ones, fit a
// psum.
weighted draw_fitting(const plan_node& node, const arch::layer_shape& shape, const bytes& x,
                      std::span<const std::int8_t> mask, const random_stream& random) {
    const double load = static_cast<double>(largest_window(shape, x)) * share_of_non_zeros(mask);
    // Half the range is left to other images; .65 is half the products and some excess of one sign.
    double mean = load > 0 ? std::clamp(.5 * psum_limit / (.65 * load), 1.2, 20.0) : 20.0;
    while (mean >= 1) {
        weighted drawn{draw_values(shape, mask, mean, random), {}, 0};
        std::vector<std::int8_t> part(drawn.weights.size());
        const auto half = [&](bool positive) {
            std::transform(drawn.weights.begin(), drawn.weights.end(), part.begin(),
                           [&](std::int8_t w) { return (w > 0) == positive ? w : std::int8_t{0}; });
            return sums_of(shape, x, part);
        };
        drawn.sums = half(true);
        drawn.largest_part = *std::max_element(drawn.sums.begin(), drawn.sums.end());
        const std::vector<std::int32_t> negative = half(false);
        for (std::size_t i = 0; i < negative.size(); ++i) {
            drawn.largest_part = std::max<std::int64_t>(drawn.largest_part, -std::int64_t{negative[i]});
            drawn.sums[i] += negative[i];
        }
        if (drawn.largest_part <= psum_limit) {
            return drawn;
        }
        mean *= .8 * static_cast<double>(psum_limit) / static_cast<double>(drawn.largest_part);
    }
    throw std::runtime_error(
        fmt::format("layer {}: psums of {} products do not fit 20 bits with weights of 1", node.name,
                    shape.c * shape.r * shape.s));
}

// Channel by channel the largest value of each pooling window.
template <typename T>
std::vector<T> max_pooled(const max_pool& op, std::span<const T> x, unsigned side, unsigned out_side) {
    const std::size_t plane = std::size_t{side} * side;
    std::vector<T> out;
    out.reserve(x.size() / plane * out_side * out_side);
    for (std::size_t c = 0; c < x.size() / plane; ++c) {
        for (unsigned y = 0; y < out_side; ++y) {
            for (unsigned z = 0; z < out_side; ++z) {
                T largest = std::numeric_limits<T>::lowest();
                const auto first = [&](unsigned at) {
                    return std::max(at * op.stride, op.pad_begin) - op.pad_begin;
                };
                const auto last = [&](unsigned at) {
                    return std::min(at * op.stride + op.kernel - op.pad_begin, side);
                };
                for (unsigned i = first(y); i < last(y); ++i) {
                    for (unsigned j = first(z); j < last(z); ++j) {
                        largest = std::max(largest, x[c * plane + std::size_t{i} * side + j]);
                    }
                }
                out.push_back(largest);
            }
        }
    }
    return out;
}

// Mean of each channel, halves to even, as QuantizeLinear rounds.
bytes averaged(const bytes& x, std::size_t channels) {
    const std::size_t plane = std::max(x.size() / channels, std::size_t{1});
    bytes out;
    for (std::size_t c = 0; c < channels; ++c) {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < plane; ++i) {
            sum += x[c * plane + i];
        }
        const std::size_t floor = sum / plane;
        const std::size_t twice_rest = 2 * (sum % plane);
        const bool up = twice_rest > plane || (twice_rest == plane && floor % 2 == 1);
        out.push_back(static_cast<std::uint8_t>(floor + (up ? 1 : 0)));
    }
    return out;
}

// Walks a plan from the image to the classifier and fills it on the way.
class filler {
public:
    filler(const plan& p, const plan& published, const density_profile& profile, bytes image,
           std::uint64_t seed)
        : plan_(p), published_(published), profile_(profile), seed_(seed), values_{std::move(image)} {}

    filled_plan run() {
        for (const plan_node& node : plan_.nodes()) {
            result_.parameters.emplace_back();
            values_.push_back(std::visit([&](const auto& op) { return step(node, op); }, node.op));
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] random_stream stream(const plan_node& node, const char* purpose) const {
        return {seed_, node.name + "/" + purpose};
    }

    // The first node that reads what this node makes; null behind the last.
    [[nodiscard]] const plan_node* reader(const plan_node& node) const {
        const auto value = static_cast<value_id>(&node - plan_.nodes().data()) + 1;
        for (const plan_node& other : plan_.nodes()) {
            if (std::find(other.inputs.begin(), other.inputs.end(), value) != other.inputs.end()) {
                return &other;
            }
        }
        return nullptr;
    }

    // What the next layer's iacts are: the node's outputs, possibly pooled on the way.
    struct destination {
        double density = 1;               // wanted of the next layer's iacts
        const plan_node* pool = nullptr;  // a max pooling in between
        bool averaged = false;            // a global average in between
    };

    // Follows the first reader; pooling and concatenation keep channels apart.
    [[nodiscard]] destination destination_of(const plan_node& node) const {
        destination found;
        const plan_node* next = reader(node);
        while (next != nullptr && !std::holds_alternative<convolution>(next->op)) {
            if (std::holds_alternative<max_pool>(next->op)) {
                found.pool = next;
            }
            found.averaged = found.averaged || std::holds_alternative<global_average>(next->op);
            next = reader(*next);
        }
        if (next != nullptr) {
            found.density = profile_.at(next->name).iact;
        }
        return found;
    }

    // False behind a pooling that is not the first reader of its input: that one's density follows from
    // another's.
    [[nodiscard]] bool calibrated(const plan_node& node) const {
        const value_id in = node.inputs.front();
        if (in == 0) {
            return true;
        }
        const plan_node& maker = plan_.nodes()[in - 1];
        const value_id from = maker.inputs.front();
        return !std::holds_alternative<max_pool>(maker.op) || from == 0 ||
               reader(plan_.nodes()[from - 1]) == &maker;
    }

    bytes step(const plan_node& node, const convolution& op) {
        const arch::layer_shape& shape = op.shape;
        const bytes& x = values_[node.inputs.front()];
        const density_target row = profile_.at(node.name);
        const tap_counts taps = count_taps(shape, x);
        mask_target target{row.weight, {}};
        if (row.effectual) {
            target.effectual = *row.effectual * shape.macs() / published_macs(node);
        }
        const auto mask = draw_mask(shape, taps, target, stream(node, "mask"));
        weighted drawn = draw_fitting(node, shape, x, mask, stream(node, "mask"));

        layer_density report;
        report.name = node.name;
        report.type = shape.type();
        report.macs = shape.macs();
        for (const std::uint32_t count : count_taps_in_image(shape)) {
            report.in_image += std::uint64_t{count} * shape.m;
        }
        report.effectual = count_effectual(shape, taps, drawn.weights);
        report.iact = share_of_non_zeros(x);
        report.weight = share_of_non_zeros(drawn.weights);
        if (calibrated(node)) {
            report.iact_target = row.iact;
        }
        report.weight_target = row.weight;
        report.effectual_target = target.effectual;
        report.largest_part = drawn.largest_part;
        result_.layers.push_back(report);

        layer_parameters& filled = result_.parameters.back();
        filled.requant = requantisation_for(node, op, drawn);
        filled.weights = std::move(drawn.weights);
        return outputs(op, drawn.sums, filled.requant);
    }

    [[nodiscard]] std::uint64_t published_macs(const plan_node& node) const {
        const auto index = static_cast<std::size_t>(&node - plan_.nodes().data());
        return std::get<convolution>(published_.nodes().at(index).op).shape.macs();
    }

    requantisation requantisation_for(const plan_node& node, const convolution& op, weighted& drawn) const {
        const random_stream random = stream(node, "requantisation");
        if (op.logits) {
            return calibrate_logits(drawn.sums);
        }
        const destination next = destination_of(node);
        if (op.fully_connected) {
            return calibrate_signs(drawn.sums, drawn.weights, next.density, random);
        }
        if (next.averaged) {
            return calibrate(drawn.sums, shares_to_average(node, next.density, random), random);
        }
        const std::vector<double> shares = spread_shares(node.c, next.density, random);
        if (next.pool != nullptr) {
            const auto& pool = std::get<max_pool>(next.pool->op);
            return calibrate(max_pooled<std::int32_t>(pool, drawn.sums, node.h, next.pool->h), shares,
                             random);
        }
        return calibrate(drawn.sums, shares, random);
    }

    // Behind an average a channel is zero only where all of it is: some channels die, the others live on.
    static std::vector<double> shares_to_average(const plan_node& node, double density,
                                                 const random_stream& random) {
        std::vector<double> shares(node.c);
        double carry = 0;
        for (unsigned c = 0; c < node.c; ++c) {
            carry += density;
            if (carry >= 1) {
                carry -= 1;
                shares[c] = node.h * node.w < 16 ? 1.0 : .3 + .6 * random.uniform(c);
            }
        }
        for (unsigned c = node.c; c > 1; --c) {
            std::swap(shares[c - 1], shares[random.bits((std::uint64_t{1} << 32) + c) % c]);
        }
        return shares;
    }

    static bytes outputs(const convolution& op, std::span<const std::int32_t> sums,
                         const requantisation& requant) {
        const int zero_point = op.logits ? logit_zero_point : 0;
        const std::size_t positions = sums.size() / requant.scale.size();
        bytes out;
        out.reserve(sums.size());
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::size_t m = i / positions;
            out.push_back(static_cast<std::uint8_t>(
                compiler::requantise(sums[i], requant.bias[m], requant.scale[m], zero_point, 0, 255)));
        }
        return out;
    }

    bytes step(const plan_node& node, const max_pool& op) {
        const bytes& x = values_[node.inputs.front()];
        const value_id in = node.inputs.front();
        const unsigned side = in == 0 ? plan_.side() : plan_.nodes()[in - 1].h;
        return max_pooled<std::uint8_t>(op, x, side, node.h);
    }

    bytes step(const plan_node& node, const global_average&) {
        return averaged(values_[node.inputs.front()], node.c);
    }

    bytes step(const plan_node& node, const concatenation&) {
        bytes out;
        for (const value_id in : node.inputs) {
            out.insert(out.end(), values_[in].begin(), values_[in].end());
        }
        return out;
    }

    // Nothing is calibrated behind the softmax.
    bytes step(const plan_node&, const softmax&) { return {}; }

    const plan& plan_;
    const plan& published_;
    const density_profile& profile_;
    std::uint64_t seed_;
    std::vector<bytes> values_;
    filled_plan result_;
};

}  // namespace

filled_plan fill(const plan& p, const plan& published, const density_profile& profile,
                 std::vector<std::uint8_t> image, std::uint64_t seed) {
    return filler(p, published, profile, std::move(image), seed).run();
}

}  // namespace eyeriss::networks
