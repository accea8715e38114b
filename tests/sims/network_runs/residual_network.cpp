#include "tests/sims/network_runs/residual_network.h"

#include <cmath>
#include <random>

#include "tests/support/onnx_builder.h"

namespace eyeriss::test {

namespace {

struct map {
    std::string name;
    std::int64_t c = 1, h = 1, w = 1;
    float scale = 1;
    std::int8_t zero_point = 0;
};

class writer {
public:
    explicit writer(std::uint64_t seed) : random_(seed) {}

    map input(const map& x) {
        net_.input(x.name, "int8", {1, x.c, x.h, x.w});
        return declare(x);
    }

    std::vector<std::uint8_t> values(std::size_t count) {
        std::vector<std::uint8_t> out(count);
        for (auto& each : out) {
            each = static_cast<std::uint8_t>(random_() >> 56U);
        }
        return out;
    }

    map conv(const map& in, const map& out, std::int64_t stride, bool relu) {
        auto& node =
            net_.node("Conv", with_parameters(dequantised(in), in, out, {out.c, in.c, 3, 3}, 0), real(out));
        set(node, "kernel_shape", dims{3, 3});
        set(node, "strides", dims{stride, stride});
        set(node, "pads", dims{1, 1, 1, 1});
        return quantise(out, relu);
    }

    map fully_connected(const map& in, const map& out) {
        const map flat{in.name + "_flat", in.c * in.h * in.w, 1, 1, in.scale, in.zero_point};
        net_.node("Flatten", {dequantised(in)}, real(flat));
        net_.node("Gemm", with_parameters(real(flat), flat, out, {flat.c, out.c}, 1), real(out));
        return quantise(out, false);
    }

    map add(const map& a, const map& b, const map& out) {
        net_.node("Add", {dequantised(a), dequantised(b)}, real(out));
        return quantise(out, true);
    }

    map average(const map& in, const map& out) {
        auto& node = net_.node("AveragePool", {dequantised(in)}, real(out));
        set(node, "kernel_shape", dims{2, 2});
        set(node, "strides", dims{2, 2});
        return quantise(out, false);
    }

    map concat(const map& a, const map& b, const map& out) {
        set(net_.node("Concat", {dequantised(a), dequantised(b)}, real(out)), "axis", std::int64_t{1});
        return quantise(out, false);
    }

    map softmax(const map& in, const map& out) {
        set(net_.node("Softmax", {dequantised(in)}, real(out)), "axis", std::int64_t{1});
        return quantise(out, false);
    }

    onnx::ModelProto finish(const map& last) {
        net_.output(last.name, "int8");
        return net_.model();
    }

private:
    static std::string real(const map& of) { return of.name + "_real"; }

    map declare(const map& of) {
        net_.scalar(of.name + "_scale", of.scale);
        net_.scalar(of.name + "_zero", of.zero_point);
        return of;
    }

    std::string dequantised(const map& of) {
        std::string name = of.name + "_read" + std::to_string(reads_++);
        net_.node("DequantizeLinear", {of.name, of.name + "_scale", of.name + "_zero"}, name);
        return name;
    }

    map quantise(const map& of, bool relu) {
        declare(of);
        std::string from = real(of);
        if (relu) {
            net_.node("Relu", {from}, from + "_relu");
            from += "_relu";
        }
        net_.node("QuantizeLinear", {from, of.name + "_scale", of.name + "_zero"}, of.name);
        return of;
    }

    // Inputs of a Conv or Gemm. A weight's scale spreads its channel's sums over most of the output's steps.
    std::vector<std::string> with_parameters(const std::string& x, const map& in, const map& out,
                                             const dims& shape, std::int64_t axis) {
        std::size_t count = 1;
        for (const auto length : shape) {
            count *= static_cast<std::size_t>(length);
        }
        const auto channels = static_cast<std::size_t>(out.c);
        std::vector<std::int8_t> weights(count);
        for (auto& each : weights) {
            const int drawn = std::uniform_int_distribution<int>(-127, 127)(random_);
            each = static_cast<std::int8_t>(random_() % 2 == 0 ? drawn : 0);
        }
        const float spread = std::sqrt(static_cast<float>(count) / static_cast<float>(channels)) * 3500.0F;
        std::vector<float> scales, bias_scales;
        std::vector<std::int32_t> bias;
        for (std::size_t k = 0; k < channels; ++k) {
            const float steps = std::uniform_real_distribution<float>(25.0F, 60.0F)(random_);
            scales.push_back(out.scale / in.scale * steps / spread);
            bias_scales.push_back(in.scale * scales.back());
            bias.push_back(std::uniform_int_distribution<int>(-4000, 4000)(random_));
        }
        const std::string w = out.name + "_w", b = out.name + "_b";
        net_.constant(w, weights, shape);
        net_.constant(w + "_scale", scales, {out.c});
        net_.constant(w + "_zero", std::vector<std::int8_t>(channels, 0), {out.c});
        net_.constant(b, bias, {out.c});
        net_.constant(b + "_scale", bias_scales, {out.c});
        set(net_.node("DequantizeLinear", {w, w + "_scale", w + "_zero"}, w + "_real"), "axis", axis);
        set(net_.node("DequantizeLinear", {b, b + "_scale"}, b + "_real"), "axis", std::int64_t{0});
        return {x, w + "_real", b + "_real"};
    }

    std::mt19937_64 random_;
    onnx_builder net_{"residual"};
    unsigned reads_ = 0;
};

}  // namespace

residual_network make_residual_network(std::uint64_t seed) {
    writer w(seed);
    const map x = w.input({"x", 8, 14, 14, 0.031F, -5});
    const map one = w.conv(x, {"conv1", 16, 14, 14, 0.023F, -128}, 1, true);
    const map two = w.conv(one, {"conv2", 16, 14, 14, 0.019F, 7}, 1, false);
    const map sum = w.add(one, two, {"add", 16, 14, 14, 0.027F, -111});
    const map mean = w.average(sum, {"average", 16, 7, 7, 0.0213F, -120});
    const map three = w.conv(sum, {"conv3", 24, 7, 7, 0.033F, 3}, 2, false);
    const map all = w.concat(mean, three, {"concat", 40, 7, 7, 0.029F, -9});
    const map scores = w.fully_connected(all, {"fc", 20, 1, 1, 0.055F, -14});
    const map last = w.softmax(scores, {"softmax", 20, 1, 1, 1.0F / 256, -128});
    return {w.finish(last), w.values(static_cast<std::size_t>(x.c * x.h * x.w))};
}

}  // namespace eyeriss::test
