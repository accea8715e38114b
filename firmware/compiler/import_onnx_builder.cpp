#include "firmware/compiler/import_onnx_builder.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "models/abi/image.h"

namespace eyeriss::compiler {

std::string map_dims::text() const {
    return matrix ? fmt::format("{}x{}", n, c) : fmt::format("{}x{}x{}x{}", n, c, h, w);
}

map_dims dims_of(const tensor& of) {
    return {of.n, of.c, of.h, of.w, false};
}

map_view network_builder::add_input(const std::string& name, const map_dims& dims, dtype type) {
    net_.input = add_tensor(name, dims, {1.0F, 0, type}, false);
    return {net_.input, dims};
}

map_view network_builder::add_input(const std::string& name, const map_dims& dims, const quantisation& q) {
    net_.input = add_tensor(name, dims, q, true);
    return {net_.input, dims};
}

tensor_id network_builder::add_tensor(const std::string& name, const map_dims& dims, const quantisation& q,
                                      bool known) {
    const auto large = [](unsigned dim) { return dim > EYERISS_MAX_DIM; };
    if (large(dims.n) || large(dims.c) || large(dims.h) || large(dims.w) ||
        std::uint64_t{dims.n} * dims.c > largest_tensor || dims.elements() > largest_tensor) {
        throw std::invalid_argument(
            fmt::format("map '{}' is {}; dimensions up to {} and {} elements are supported", name,
                        dims.text(), EYERISS_MAX_DIM, largest_tensor));
    }
    net_.tensors.push_back({name, dims.n, dims.c, dims.h, dims.w, q.type, q.scale, q.zero_point});
    known_.push_back(known);
    return static_cast<tensor_id>(net_.tensors.size() - 1);
}

void network_builder::add_layer(const std::string& name, std::vector<tensor_id> inputs, tensor_id output,
                                operation op) {
    const auto taken = [&](const std::string& candidate) {
        return std::any_of(net_.layers.begin(), net_.layers.end(),
                           [&](const layer& each) { return each.name == candidate; });
    };
    std::string unique = name;
    for (unsigned i = 2; taken(unique); ++i) unique = fmt::format("{}_{}", name, i);
    net_.layers.push_back({std::move(unique), std::move(inputs), output, std::move(op)});
}

bool network_builder::agree(const map_view& view, const quantisation& as) {
    tensor& held = net_.tensors[view.id];
    if (held.type != as.type) return false;
    if (known_[view.id]) return held.zero_point == as.zero_point;
    held.scale = as.scale;
    held.zero_point = as.zero_point;
    known_[view.id] = true;
    return true;
}

tensor_id network_builder::plain(const map_view& view) {
    const tensor& held = of(view);
    if (dims_of(held).same_map(view.dims)) return view.id;
    const std::string name = fmt::format("{} as {}", held.name, view.dims.text());
    const tensor_id id = add_tensor(name, view.dims, quantisation_of(held), known_[view.id]);
    add_layer(name, {view.id}, id, reshape_op{});
    return id;
}

tensor_id network_builder::conv_input(const conv_spec& spec) {
    const map_dims taken{spec.shape.batch, spec.shape.channels_in(), spec.shape.h, spec.shape.w, false};
    return dims_of(of(spec.map)).same_map(taken) ? spec.map.id : plain(spec.map);
}

conv_op network_builder::folded(const conv_spec& spec, const std::string& layer) {
    conv_op op;
    op.shape = spec.shape;
    op.weights = spec.weights;
    op.bias = spec.bias;
    if (spec.as.zero_point == 0) return op;
    const std::size_t taps = op.weights.size() / op.bias.size();
    for (std::size_t m = 0; m < op.bias.size(); ++m) {
        const auto first = op.weights.begin() + static_cast<std::ptrdiff_t>(m * taps);
        const std::int64_t sum =
            std::accumulate(first, first + static_cast<std::ptrdiff_t>(taps), std::int64_t{0});
        const std::int64_t bias = op.bias[m] - sum * spec.as.zero_point;
        if (bias != static_cast<std::int32_t>(bias)) {
            throw std::invalid_argument(fmt::format(
                "bias {} of output channel {} with the input's zero point folded in does not fit 32 bits",
                bias, m));
        }
        op.bias[m] = static_cast<std::int32_t>(bias);
    }
    net_.notes.push_back(fmt::format("{}: input zero point {} costs sparsity: only stored zeros are skipped",
                                     layer, spec.as.zero_point));
    return op;
}

map_view network_builder::accumulate(const conv_spec& spec, const std::string& layer,
                                     const std::string& output) {
    const arch::layer_shape& shape = spec.shape;
    const map_dims made{shape.batch, shape.channels_out(), shape.e(), shape.f(), spec.map.dims.matrix};
    conv_op op = folded(spec, layer);
    op.accumulators = true;
    op.scale.assign(shape.channels_out(), 1.0F);
    const tensor_id source = conv_input(spec);
    const tensor_id id = add_tensor(output, made, {1.0F, 0, dtype::i32}, true);
    add_layer(layer, {source}, id, std::move(op));
    return {id, made};
}

map_view network_builder::max_pool(const std::string& layer, const std::string& output, const map_view& from,
                                   const pool_op& op, const map_dims& made) {
    const tensor_id source = plain(from);
    const tensor_id id = add_tensor(output, made, quantisation_of(net_.tensors[source]), known_[source]);
    add_layer(layer, {source}, id, op);
    return {id, made};
}

map_view network_builder::concat(const std::string& layer, const std::string& output,
                                 const std::vector<map_view>& from, const map_dims& made) {
    std::vector<tensor_id> inputs;
    inputs.reserve(from.size());
    for (const map_view& each : from) inputs.push_back(plain(each));
    const tensor_id id =
        add_tensor(output, made, quantisation_of(net_.tensors[inputs[0]]), known_[inputs[0]]);
    add_layer(layer, inputs, id, concat_op{std::vector<std::vector<std::uint8_t>>(inputs.size())});
    return {id, made};
}

map_view network_builder::quantise(const real_value& value, const std::string& output,
                                   const quantisation& q) {
    const tensor_id id =
        std::visit([&](const auto& what) { return emit(what, value, output, q); }, value.what);
    return {id, value.dims};
}

tensor_id network_builder::emit_table(tensor_id from, const quantisation& as, const real_value& value,
                                      const std::string& output, const quantisation& to) {
    const tensor_id id = add_tensor(output, dims_of(net_.tensors[from]), to, true);
    add_layer(value.name, {from}, id, requant_op{requant_table(as, to, value.clamp)});
    return id;
}

tensor_id network_builder::emit(const dequantised_view& from, const real_value& value,
                                const std::string& output, const quantisation& to) {
    if (from.as == to && !value.clamp.bounded()) return from.map.id;
    return emit_table(from.map.id, from.as, value, output, to);
}

tensor_id network_builder::emit(const std::shared_ptr<const conv_spec>& spec, const real_value& value,
                                const std::string& output, const quantisation& to) {
    conv_op op = folded(*spec, value.name);
    for (const float weight_scale : spec->weight_scale) {
        // Two float32 roundings, in this order, are ONNX Runtime's.
        const float product = spec->as.scale * weight_scale;
        const float scale = product / to.scale;
        if (!(scale > 0) || !std::isfinite(scale)) {
            throw std::domain_error(fmt::format("requantisation scale {} * {} / {} is no positive float",
                                                spec->as.scale, weight_scale, to.scale));
        }
        op.scale.push_back(scale);
    }
    const integer_interval clip = clamp_in(to, value.clamp);
    op.clip_low = clip.low;
    op.clip_high = clip.high;
    const tensor_id source = conv_input(*spec);
    const tensor_id id = add_tensor(output, value.made, to, true);
    add_layer(value.name, {source}, id, std::move(op));
    return id;
}

tensor_id network_builder::emit(const pool_spec& spec, const real_value& value, const std::string& output,
                                const quantisation& to) {
    pool_op op = spec.op;
    if (op.max) {
        if (spec.from.as == to && !value.clamp.bounded()) {
            return max_pool(value.name, output, spec.from.map, op, value.made).id;
        }
        const map_view pooled =
            max_pool(value.name, output + " before scaling", spec.from.map, op, value.made);
        return emit_table(pooled.id, spec.from.as, value, output, to);
    }
    const tensor_id source = plain(spec.from.map);
    const fixed_factor factor = fix(double{spec.from.as.scale} / to.scale);
    op.multiplier = factor.multiplier;
    op.shift = factor.shift;
    const bool clamped = value.clamp.bounded();
    const tensor_id id = add_tensor(clamped ? output + " before clipping" : output, value.made, to, true);
    add_layer(value.name, {source}, id, op);
    return clamped ? emit_table(id, to, value, output, to) : id;
}

tensor_id network_builder::emit(const add_spec& spec, const real_value& value, const std::string& output,
                                const quantisation& to) {
    const std::vector<tensor_id> inputs{plain(spec.a.map), plain(spec.b.map)};
    const tensor_id id = add_tensor(output, value.made, to, true);
    add_layer(value.name, inputs, id, fix_add(spec.a.as, spec.b.as, to, value.clamp));
    return id;
}

tensor_id network_builder::emit(const concat_spec& spec, const real_value& value, const std::string& output,
                                const quantisation& to) {
    concat_op op;
    std::vector<tensor_id> inputs;
    for (const dequantised_view& each : spec.from) {
        inputs.push_back(plain(each.map));
        const bool copied = each.as == to && !value.clamp.bounded();
        op.tables.push_back(copied ? std::vector<std::uint8_t>{} : requant_table(each.as, to, value.clamp));
    }
    const tensor_id id = add_tensor(output, value.made, to, true);
    add_layer(value.name, std::move(inputs), id, std::move(op));
    return id;
}

tensor_id network_builder::emit(const softmax_spec& spec, const real_value& value, const std::string& output,
                                const quantisation& to) {
    const tensor_id source = plain(spec.from.map);
    const bool clamped = value.clamp.bounded();
    const tensor_id id = add_tensor(clamped ? output + " before clipping" : output, value.made, to, true);
    add_layer(value.name, {source}, id, make_softmax(spec.from.as.scale, to.scale));
    return clamped ? emit_table(id, to, value, output, to) : id;
}

graph network_builder::finish(const map_view& output) {
    net_.output = plain(output);
    std::vector<bool> needed(net_.tensors.size());
    needed[net_.output] = true;
    needed[net_.input] = true;
    for (auto each = net_.layers.rbegin(); each != net_.layers.rend(); ++each) {
        if (!needed[each->output]) continue;
        for (const tensor_id id : each->inputs) needed[id] = true;
    }
    std::erase_if(net_.layers, [&](const layer& each) {
        if (needed[each.output]) return false;
        net_.notes.push_back(fmt::format("{}: left out, it does not lead to the output", each.name));
        return true;
    });
    std::vector<tensor_id> renumbered(net_.tensors.size());
    std::vector<tensor> kept;
    for (tensor_id id = 0; id < net_.tensors.size(); ++id) {
        renumbered[id] = static_cast<tensor_id>(kept.size());
        if (needed[id]) kept.push_back(std::move(net_.tensors[id]));
    }
    net_.tensors = std::move(kept);
    for (layer& each : net_.layers) {
        for (tensor_id& id : each.inputs) id = renumbered[id];
        each.output = renumbered[each.output];
    }
    net_.input = renumbered[net_.input];
    net_.output = renumbered[net_.output];
    return std::move(net_);
}

}  // namespace eyeriss::compiler
