#include "tests/firmware/compiler/random_network.h"

#include <cmath>

namespace eyeriss::test {

namespace {

// A map of the network under construction.
struct drawn_map {
    std::string name;
    std::int64_t c = 1, h = 1, w = 1;
    float scale = 1;
    int zero_point = 0;
};

// Draws layers; how they are written down is the convention's.
class network_drawer {
public:
    network_drawer(generator& random, unsigned weight_limit, bool qdq)
        : random_(random),
          net_(qdq ? "qdq" : "qlinear"),
          limit_(weight_limit),
          qdq_(qdq),
          signed_(draw(random, 0, 1) == 0) {}

    random_network finish() {
        drawn_map x{"x", draw(random_, 1, 6), draw(random_, 7, 14), draw(random_, 7, 14), step(), zero()};
        random_network result{{}, type(), {1, x.c, x.h, x.w}, {}};
        net_.input("x", type(), result.input_dims);
        declare(x);
        const drawn_map a = conv(x, 3, draw(random_, 1, 2), false);
        const drawn_map b = conv(a, 3, 1, true);
        const drawn_map c = conv(b, 1, 1, false, a.c);
        const drawn_map sum = add(a, c);
        const drawn_map left = max_pool(sum), right = conv(sum, 3, 2, false);
        const drawn_map all = left.h == right.h && left.w == right.w ? concat(left, right) : right;
        const drawn_map pooled = draw(random_, 0, 1) == 0 ? global_average(all) : all;
        const drawn_map y = fully_connected(pooled);
        net_.output(y.name, type());
        result.input = draw_bytes(random_, static_cast<std::size_t>(x.c * x.h * x.w), 0.7);
        result.model = net_.model();
        return result;
    }

private:
    [[nodiscard]] std::string type() const { return signed_ ? "int8" : "uint8"; }
    float step() { return std::uniform_real_distribution<float>(0.003F, 0.05F)(random_); }
    int zero() {
        return draw(random_, 0, 1) == 0 ? 0 : static_cast<int>(draw(random_, 0, 200)) - (signed_ ? 100 : 0);
    }
    std::string fresh(const std::string& what) { return what + std::to_string(count_++); }

    drawn_map made(const std::string& what, std::int64_t c, std::int64_t h, std::int64_t w) {
        drawn_map map{fresh(what), c, h, w, step(), zero()};
        declare(map);
        return map;
    }
    void declare(const drawn_map& map) {
        net_.scalar(map.name + "_scale", map.scale);
        if (signed_) {
            net_.scalar(map.name + "_zero", static_cast<std::int8_t>(map.zero_point));
        } else {
            net_.scalar(map.name + "_zero", static_cast<std::uint8_t>(map.zero_point));
        }
    }
    static std::vector<std::string> with_quantisation(const drawn_map& map) {
        return {map.name, map.name + "_scale", map.name + "_zero"};
    }
    std::string dequantised(const drawn_map& map) {
        std::string name = fresh(map.name + "_real");
        net_.node("DequantizeLinear", with_quantisation(map), name);
        return name;
    }
    void quantise(const std::string& real, const drawn_map& map) {
        net_.node("QuantizeLinear", {real, map.name + "_scale", map.name + "_zero"}, map.name);
    }

    // Weights whose sums come out at a few hundred steps of the output.
    struct drawn_weights {
        std::string values, scale, zero, bias;
        std::vector<float> scales;
    };
    drawn_weights weights(const drawn_map& in, const drawn_map& out, const dims& shape, std::int64_t channels,
                          std::size_t taps) {
        std::vector<std::int8_t> values(static_cast<std::size_t>(channels) * taps);
        std::bernoulli_distribution kept(0.6);
        for (auto& value : values) {
            const int drawn = static_cast<int>(draw(random_, 0, 2 * limit_ - 1)) - static_cast<int>(limit_);
            value = static_cast<std::int8_t>(kept(random_) ? drawn : 0);
        }
        drawn_weights result{
            out.name + "_w", out.name + "_w_scale", out.name + "_w_zero", out.name + "_b", {}};
        const bool per_channel = draw(random_, 0, 1) == 0;
        const auto count = per_channel ? static_cast<std::size_t>(channels) : 1;
        std::vector<std::int32_t> bias(static_cast<std::size_t>(channels));
        for (std::size_t i = 0; i < count; ++i) {
            const float spread = std::sqrt(static_cast<float>(taps)) * 3000.0F;
            result.scales.push_back(out.scale / in.scale * static_cast<float>(draw(random_, 50, 120)) /
                                    spread);
        }
        for (auto& each : bias) each = static_cast<std::int32_t>(draw(random_, 0, 6000)) - 3000;
        const dims scale_dims = per_channel ? dims{channels} : dims{};
        net_.constant(result.values, values, shape);
        net_.constant(result.scale, result.scales, scale_dims);
        net_.constant(result.zero, std::vector<std::int8_t>(count, 0), scale_dims);
        net_.constant(result.bias, bias, {channels});
        return result;
    }
    std::string real_weights(const drawn_weights& w, std::int64_t axis) {
        std::string name = w.values + "_real";
        set(net_.node("DequantizeLinear", {w.values, w.scale, w.zero}, name), "axis", axis);
        return name;
    }
    std::string real_bias(const drawn_map& in, const drawn_weights& w) {
        std::vector<float> scales;
        scales.reserve(w.scales.size());
        for (const float scale : w.scales) scales.push_back(in.scale * scale);
        const dims shape = scales.size() == 1 ? dims{} : dims{static_cast<std::int64_t>(scales.size())};
        net_.constant(w.bias + "_scale", scales, shape);
        set(net_.node("DequantizeLinear", {w.bias, w.bias + "_scale"}, w.bias + "_real"), "axis",
            std::int64_t{0});
        return w.bias + "_real";
    }

    drawn_map conv(const drawn_map& in, std::int64_t kernel, std::int64_t stride, bool depthwise,
                   std::int64_t channels = 0) {
        if (channels == 0) channels = depthwise ? in.c : draw(random_, 1, 12);
        std::int64_t groups = depthwise ? in.c : 1;
        if (!depthwise && in.c % 2 == 0 && channels % 2 == 0 && draw(random_, 0, 1) == 0) groups = 2;
        const std::int64_t pad = kernel / 2;
        const auto outputs = [&](std::int64_t size) { return (size + 2 * pad - kernel) / stride + 1; };
        drawn_map out = made("conv", channels, outputs(in.h), outputs(in.w));
        const std::int64_t depth = in.c / groups;
        const auto w = weights(in, out, {channels, depth, kernel, kernel}, channels,
                               static_cast<std::size_t>(depth * kernel * kernel));
        const std::string made_by = qdq_ ? out.name + "_sum" : out.name;
        onnx::NodeProto* node = nullptr;
        if (qdq_) {
            node = &net_.node("Conv", {dequantised(in), real_weights(w, 0), real_bias(in, w)}, made_by);
        } else {
            auto inputs = with_quantisation(in);
            for (const auto& each :
                 {w.values, w.scale, w.zero, out.name + "_scale", out.name + "_zero", w.bias}) {
                inputs.push_back(each);
            }
            node = &net_.node("QLinearConv", inputs, made_by);
        }
        set(*node, "kernel_shape", dims{kernel, kernel});
        set(*node, "strides", dims{stride, stride});
        set(*node, "pads", dims{pad, pad, pad, pad});
        set(*node, "group", groups);
        if (qdq_) quantise(activated(made_by, out), out);
        return out;
    }
    // Nothing, Relu or Clip.
    std::string activated(const std::string& real, const drawn_map& out) {
        const unsigned kind = draw(random_, 0, 2);
        if (kind == 0) return real;
        std::string name = real + "_active";
        if (kind == 1) {
            net_.node("Relu", {real}, name);
        } else {
            net_.scalar(name + "_low", -3 * out.scale);
            net_.scalar(name + "_high", 90 * out.scale);
            net_.node("Clip", {real, name + "_low", name + "_high"}, name);
        }
        return name;
    }

    drawn_map add(const drawn_map& a, const drawn_map& b) {
        drawn_map out = made("add", a.c, a.h, a.w);
        if (qdq_) {
            net_.node("Add", {dequantised(a), dequantised(b)}, out.name + "_sum");
            quantise(activated(out.name + "_sum", out), out);
            return out;
        }
        auto inputs = with_quantisation(a);
        for (const auto& each : with_quantisation(b)) inputs.push_back(each);
        inputs.push_back(out.name + "_scale");
        inputs.push_back(out.name + "_zero");
        net_.node("QLinearAdd", inputs, out.name);
        return out;
    }

    drawn_map max_pool(const drawn_map& in) {
        drawn_map out{fresh("max"), in.c, (in.h - 1) / 2 + 1, (in.w - 1) / 2 + 1, in.scale, in.zero_point};
        declare(out);
        onnx::NodeProto& node = qdq_ ? net_.node("MaxPool", {dequantised(in)}, out.name + "_max")
                                     : net_.node("MaxPool", {in.name}, out.name);
        set(node, "kernel_shape", dims{3, 3});
        set(node, "strides", dims{2, 2});
        set(node, "pads", dims{1, 1, 1, 1});
        if (qdq_) quantise(out.name + "_max", out);
        return out;
    }

    drawn_map concat(const drawn_map& a, const drawn_map& b) {
        drawn_map out = made("concat", a.c + b.c, a.h, a.w);
        if (qdq_) {
            set(net_.node("Concat", {dequantised(a), dequantised(b)}, out.name + "_all"), "axis",
                std::int64_t{1});
            quantise(out.name + "_all", out);
            return out;
        }
        std::vector<std::string> inputs{out.name + "_scale", out.name + "_zero"};
        for (const drawn_map& map : {a, b}) {
            for (const auto& each : with_quantisation(map)) inputs.push_back(each);
        }
        set(net_.node("QLinearConcat", inputs, out.name), "axis", std::int64_t{1});
        return out;
    }

    drawn_map global_average(const drawn_map& in) {
        drawn_map out = made("mean", in.c, 1, 1);
        if (qdq_) {
            net_.node("GlobalAveragePool", {dequantised(in)}, out.name + "_mean");
            quantise(out.name + "_mean", out);
            return out;
        }
        auto inputs = with_quantisation(in);
        inputs.push_back(out.name + "_scale");
        inputs.push_back(out.name + "_zero");
        set(net_.node("QLinearGlobalAveragePool", inputs, out.name), "channels_last", std::int64_t{0});
        return out;
    }

    drawn_map fully_connected(const drawn_map& in) {
        const std::int64_t depth = in.c * in.h * in.w;
        const std::int64_t channels = draw(random_, 2, 20);
        drawn_map out = made("fc", channels, 1, 1);
        const drawn_map flat{in.name + "_flat", depth, 1, 1, in.scale, in.zero_point};
        declare(flat);
        const auto w = weights(in, out, {depth, channels}, channels, static_cast<std::size_t>(depth));
        if (qdq_) {
            net_.node("Flatten", {dequantised(in)}, flat.name);
            net_.node("Gemm", {flat.name, real_weights(w, 1), real_bias(in, w)}, out.name + "_sum");
            quantise(out.name + "_sum", out);
            return out;
        }
        net_.node("Flatten", {in.name}, flat.name);
        auto inputs = with_quantisation(flat);
        for (const auto& each : {w.values, w.scale, w.zero, out.name + "_scale", out.name + "_zero"}) {
            inputs.push_back(each);
        }
        net_.node("QLinearMatMul", inputs, out.name);
        return out;
    }

    generator& random_;
    onnx_builder net_;
    unsigned limit_;
    bool qdq_, signed_;
    unsigned count_ = 0;
};

}  // namespace

random_network draw_qlinear_network(generator& random, unsigned weight_limit) {
    return network_drawer(random, weight_limit, false).finish();
}

random_network draw_qdq_network(generator& random, unsigned weight_limit) {
    return network_drawer(random, weight_limit, true).finish();
}

}  // namespace eyeriss::test
