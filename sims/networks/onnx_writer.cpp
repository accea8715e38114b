#include "sims/networks/onnx_writer.h"

#include <array>
#include <cstring>
#include <span>
#include <utility>

namespace eyeriss::networks {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

constexpr int opset = 13;
constexpr int ir_version = 8;

template <typename T>
void set_bytes(TensorProto& tensor, std::span<const T> values) {
    tensor.set_raw_data(values.data(), values.size_bytes());
}

// Writes one graph; a value's name is that of the node that makes it.
class writer {
public:
    writer(const plan& p, const std::string& name) : plan_(p) {
        model_.set_ir_version(ir_version);
        model_.set_producer_name("eyeriss-vp");
        auto* import = model_.add_opset_import();
        import->set_domain("");
        import->set_version(opset);
        graph_ = model_.mutable_graph();
        graph_->set_name(name);
        const std::array<std::int64_t, 4> shape{1, p.channels(), p.side(), p.side()};
        declare(*graph_->add_input(), "image", shape);
        scales_.push_back(add_scale("image", image_scale, 0));
        names_.emplace_back("image");
        hidden_ = add_scale("hidden", hidden_scale, 0);
    }

    void add(const plan_node& node, layer_parameters parameters) {
        const std::size_t scale =
            std::visit([&](const auto& op) { return write(node, op, parameters); }, node.op);
        scales_.push_back(scale);
        names_.push_back(node.name);
    }

    onnx::ModelProto finish() {
        const plan_node& last = plan_.nodes().back();
        const bool flat = last.h == 1 && last.w == 1 && !std::holds_alternative<global_average>(last.op);
        const std::array<std::int64_t, 4> shape{1, last.c, last.h, last.w};
        declare(*graph_->add_output(), names_.back(), std::span(shape).first(flat ? 2 : 4));
        return std::move(model_);
    }

private:
    struct quantisation {
        std::string name;
        float scale;
        int zero_point;
    };

    static void declare(onnx::ValueInfoProto& info, const std::string& name,
                        std::span<const std::int64_t> shape) {
        info.set_name(name);
        auto* type = info.mutable_type()->mutable_tensor_type();
        type->set_elem_type(TensorProto::UINT8);
        for (const std::int64_t length : shape) {
            type->mutable_shape()->add_dim()->set_dim_value(length);
        }
    }

    template <typename T>
    std::string constant(const std::string& name, int type, std::span<const std::int64_t> shape,
                         std::span<const T> values) {
        TensorProto& tensor = *graph_->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (const std::int64_t length : shape) {
            tensor.add_dims(length);
        }
        set_bytes(tensor, values);
        return name;
    }

    std::size_t add_scale(const std::string& name, float scale, int zero_point) {
        const auto point = static_cast<std::uint8_t>(zero_point);
        constant<float>(name + "_scale", TensorProto::FLOAT, {}, {&scale, 1});
        constant<std::uint8_t>(name + "_zero_point", TensorProto::UINT8, {}, {&point, 1});
        table_.push_back({name, scale, zero_point});
        return table_.size() - 1;
    }

    NodeProto& node(const char* type, const std::string& name, const std::string& output,
                    std::initializer_list<std::string> inputs) {
        NodeProto& n = *graph_->add_node();
        n.set_op_type(type);
        n.set_name(name);
        for (const std::string& input : inputs) {
            n.add_input(input);
        }
        n.add_output(output);
        return n;
    }

    static void attribute(NodeProto& n, const char* name, std::initializer_list<std::int64_t> values) {
        auto* a = n.add_attribute();
        a->set_name(name);
        a->set_type(onnx::AttributeProto::INTS);
        for (const std::int64_t value : values) {
            a->add_ints(value);
        }
    }

    static void attribute(NodeProto& n, const char* name, std::int64_t value) {
        auto* a = n.add_attribute();
        a->set_name(name);
        a->set_type(onnx::AttributeProto::INT);
        a->set_i(value);
    }

    static std::string scale_of(const quantisation& q) { return q.name + "_scale"; }
    static std::string zero_point_of(const quantisation& q) { return q.name + "_zero_point"; }

    std::size_t output_scale(const convolution& op) {
        return op.logits ? add_scale("logits", logit_scale, logit_zero_point) : hidden_;
    }

    // The weights' scales by output channel: requantiser's scale * output scale / input scale, exact since
    // the latter two are powers of two.
    std::pair<std::string, std::string> weight_scales(const std::string& name, const requantisation& requant,
                                                      float in, float out) {
        std::vector<float> scales;
        scales.reserve(requant.scale.size());
        for (const float scale : requant.scale) {
            scales.push_back(scale * (out / in));
        }
        const std::vector<std::int8_t> zeros(scales.size());
        const std::array<std::int64_t, 1> shape{static_cast<std::int64_t>(scales.size())};
        return {constant<float>(name + "_weight_scale", TensorProto::FLOAT, shape, scales),
                constant<std::int8_t>(name + "_weight_zero_point", TensorProto::INT8, shape, zeros)};
    }

    std::size_t write(const plan_node& n, const convolution& op, const layer_parameters& parameters) {
        const quantisation x = table_[scales_[n.inputs.front()]];
        const std::size_t out = output_scale(op);
        const quantisation y = table_[out];
        const auto [ws, wz] = weight_scales(n.name, parameters.requant, x.scale, y.scale);
        if (op.fully_connected) {
            write_matmul(n, op, parameters.weights, {x, y}, {ws, wz});
        } else {
            write_conv(n, op, parameters, {x, y}, {ws, wz});
        }
        return out;
    }

    void write_conv(const plan_node& n, const convolution& op, const layer_parameters& parameters,
                    const std::pair<quantisation, quantisation>& xy,
                    const std::pair<std::string, std::string>& weight_scale) {
        const arch::layer_shape& s = op.shape;
        const std::array<std::int64_t, 4> shape{s.channels_out(), s.c, s.r, s.s};
        const std::string w =
            constant<std::int8_t>(n.name + "_weight", TensorProto::INT8, shape, parameters.weights);
        const std::string b = constant<std::int32_t>(n.name + "_bias", TensorProto::INT32,
                                                     std::span(shape).first(1), parameters.requant.bias);
        const auto& [x, y] = xy;
        NodeProto& conv = node("QLinearConv", n.name, n.name,
                               {names_[n.inputs.front()], scale_of(x), zero_point_of(x), w,
                                weight_scale.first, weight_scale.second, scale_of(y), zero_point_of(y), b});
        attribute(conv, "kernel_shape", {s.r, s.s});
        attribute(conv, "strides", {s.stride_h, s.stride_w});
        attribute(conv, "pads", {s.pad_top, s.pad_left, s.pad_bottom, s.pad_right});
        attribute(conv, "dilations", {1, 1});
        attribute(conv, "group", s.groups);
    }

    void write_matmul(const plan_node& n, const convolution& op, std::span<const std::int8_t> weights,
                      const std::pair<quantisation, quantisation>& xy,
                      const std::pair<std::string, std::string>& weight_scale) {
        const arch::layer_shape& s = op.shape;
        const std::size_t rows = s.m;
        const std::size_t row_size = std::size_t{s.c} * s.r * s.s;
        std::vector<std::int8_t> transposed(weights.size());
        constexpr std::size_t block = 64;
        for (std::size_t k0 = 0; k0 < row_size; k0 += block) {
            for (std::size_t row = 0; row < rows; ++row) {
                for (std::size_t k = k0; k < std::min(row_size, k0 + block); ++k) {
                    transposed[k * rows + row] = weights[row * row_size + k];
                }
            }
        }
        const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(row_size),
                                                static_cast<std::int64_t>(rows)};
        const std::string w = constant<std::int8_t>(n.name + "_weight", TensorProto::INT8, shape, transposed);
        const auto& [x, y] = xy;
        node("QLinearMatMul", n.name, n.name,
             {flat(n.inputs.front()), scale_of(x), zero_point_of(x), w, weight_scale.first,
              weight_scale.second, scale_of(y), zero_point_of(y)});
    }

    // The value as [1, elements]: FC outputs are that already.
    std::string flat(value_id value) {
        if (value > 0) {
            const auto* from = std::get_if<convolution>(&plan_.nodes()[value - 1].op);
            if (from != nullptr && from->fully_connected) {
                return names_[value];
            }
        }
        std::string name = names_[value] + "_flat";
        attribute(node("Flatten", name, name, {names_[value]}), "axis", 1);
        return name;
    }

    std::size_t write(const plan_node& n, const max_pool& op, const layer_parameters&) {
        const std::int64_t kernel = op.kernel;
        const std::int64_t stride = op.stride;
        const std::int64_t begin = op.pad_begin;
        const std::int64_t end = op.pad_end;
        NodeProto& pool = node("MaxPool", n.name, n.name, {names_[n.inputs.front()]});
        attribute(pool, "kernel_shape", {kernel, kernel});
        attribute(pool, "strides", {stride, stride});
        attribute(pool, "pads", {begin, begin, end, end});
        return scales_[n.inputs.front()];
    }

    std::size_t write(const plan_node& n, const global_average&, const layer_parameters&) {
        const std::size_t scale = scales_[n.inputs.front()];
        const quantisation q = table_[scale];
        node("DequantizeLinear", n.name + "_dequantize", n.name + "_in",
             {names_[n.inputs.front()], scale_of(q), zero_point_of(q)});
        node("GlobalAveragePool", n.name, n.name + "_out", {n.name + "_in"});
        node("QuantizeLinear", n.name + "_quantize", n.name,
             {n.name + "_out", scale_of(q), zero_point_of(q)});
        return scale;
    }

    std::size_t write(const plan_node& n, const concatenation&, const layer_parameters&) {
        NodeProto& concat = node("Concat", n.name, n.name, {});
        for (const value_id input : n.inputs) {
            concat.add_input(names_[input]);
        }
        attribute(concat, "axis", 1);
        return scales_[n.inputs.front()];
    }

    std::size_t write(const plan_node& n, const softmax&, const layer_parameters&) {
        const quantisation q = table_[scales_[n.inputs.front()]];
        const std::size_t scale = add_scale("probability", 0x1p-8F, 0);
        node("DequantizeLinear", n.name + "_dequantize", n.name + "_in",
             {names_[n.inputs.front()], scale_of(q), zero_point_of(q)});
        attribute(node("Softmax", n.name, n.name + "_out", {n.name + "_in"}), "axis", -1);
        node("QuantizeLinear", n.name + "_quantize", n.name,
             {n.name + "_out", scale_of(table_[scale]), zero_point_of(table_[scale])});
        return scale;
    }

    const plan& plan_;
    onnx::ModelProto model_;
    onnx::GraphProto* graph_ = nullptr;
    std::vector<quantisation> table_;
    std::size_t hidden_ = 0;
    std::vector<std::size_t> scales_;  // by value: its place in table_
    std::vector<std::string> names_;   // by value
};

}  // namespace

onnx::ModelProto write_onnx(const plan& p, std::vector<layer_parameters> parameters,
                            const std::string& name) {
    writer w(p, name);
    for (std::size_t i = 0; i < p.nodes().size(); ++i) {
        w.add(p.nodes()[i], std::exchange(parameters[i], {}));
    }
    return w.finish();
}

}  // namespace eyeriss::networks
