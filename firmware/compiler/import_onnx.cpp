#include "firmware/compiler/import_onnx.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "firmware/compiler/import_onnx_operators.h"
#include "models/abi/image.h"

namespace eyeriss::compiler {

namespace {

constexpr std::int64_t oldest_opset = 10;
constexpr std::int64_t newest_opset = 17;

std::int64_t opset_of(const onnx::ModelProto& model) {
    for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
        if (!set.domain().empty() && set.domain() != "ai.onnx") continue;
        if (set.version() < oldest_opset || set.version() > newest_opset) {
            throw import_error(fmt::format("opset {} is not supported; {}..{} are", set.version(),
                                           oldest_opset, newest_opset));
        }
        return set.version();
    }
    throw import_error("the model names no ONNX operator set; opset 10..17 is supported");
}

// The one input that is no initialiser.
const onnx::ValueInfoProto& only_input(const onnx::GraphProto& net) {
    std::set<std::string> initialisers;
    for (const auto& each : net.initializer()) initialisers.insert(each.name());
    std::vector<const onnx::ValueInfoProto*> inputs;
    std::vector<std::string> names;
    for (const auto& each : net.input()) {
        if (initialisers.contains(each.name())) continue;
        inputs.push_back(&each);
        names.push_back(each.name());
    }
    if (inputs.size() != 1) {
        throw import_error(
            fmt::format("{} inputs ({}); one is supported", inputs.size(), fmt::join(names, ", ")));
    }
    return *inputs[0];
}

map_dims input_dims(const onnx::ValueInfoProto& input) {
    const auto& shape = input.type().tensor_type().shape();
    if (shape.dim_size() != 2 && shape.dim_size() != 4) {
        throw import_error(
            fmt::format("input '{}' has {} dimensions; 4 (n, c, h, w) and 2 (n, c) are supported",
                        input.name(), shape.dim_size()));
    }
    map_dims dims;
    dims.matrix = shape.dim_size() == 2;
    unsigned* const places[] = {&dims.n, &dims.c, &dims.h, &dims.w};
    for (int i = 0; i < shape.dim_size(); ++i) {
        const auto& dim = shape.dim(i);
        // A batch that the file leaves open is one image.
        const std::int64_t value =
            i == 0 && (!dim.has_dim_value() || dim.dim_value() == 0) ? 1 : dim.dim_value();
        if (value < 1 || value > EYERISS_MAX_DIM) {
            throw import_error(fmt::format("input '{}': dimension {} is {}; 1..{} is supported", input.name(),
                                           i, dim.has_dim_value() ? std::to_string(value) : "left open",
                                           EYERISS_MAX_DIM));
        }
        *places[i] = static_cast<unsigned>(value);
    }
    return dims;
}

onnx_value input_value(const onnx::ValueInfoProto& input, network_builder& builder) {
    const map_dims dims = input_dims(input);
    switch (input.type().tensor_type().elem_type()) {
        case onnx::TensorProto::FLOAT:
            return real_input{input.name(), dims};
        case onnx::TensorProto::UINT8:
            return builder.add_input(input.name(), dims, dtype::u8);
        case onnx::TensorProto::INT8:
            return builder.add_input(input.name(), dims, dtype::i8);
        default:
            break;
    }
    throw import_error(fmt::format("input '{}' is of data type {}; float, uint8 and int8 are supported",
                                   input.name(), input.type().tensor_type().elem_type()));
}

graph import_checked(const onnx::ModelProto& model) {
    const std::int64_t opset = opset_of(model);
    const onnx::GraphProto& net = model.graph();
    if (net.node_size() == 0) throw import_error("the model has no nodes");
    if (net.sparse_initializer_size() != 0) throw import_error("sparse initialisers are not supported");
    if (net.output_size() != 1) {
        throw import_error(fmt::format("{} outputs; one is supported", net.output_size()));
    }
    network_builder builder(net.name());
    onnx_operators operators(builder, opset);
    for (const onnx::TensorProto& each : net.initializer()) {
        operators.define(each.name(), constant_value{&each, nullptr});
    }
    const onnx::ValueInfoProto& input = only_input(net);
    operators.define(input.name(), input_value(input, builder));
    for (const onnx::NodeProto& node : net.node()) operators.run(node);
    return builder.finish(operators.output(net.output(0).name()));
}

}  // namespace

graph import_onnx(const onnx::ModelProto& model) {
    try {
        return import_checked(model);
    } catch (const std::logic_error& wrong) {
        throw import_error(wrong.what());
    }
}

graph import_onnx(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw import_error(fmt::format("{}: cannot be read", path.string()));
    }
    onnx::ModelProto model;
    google::protobuf::io::IstreamInputStream stream(&file);
    google::protobuf::io::CodedInputStream coded(&stream);
    if (!model.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage()) {
        throw import_error(fmt::format("{}: not an ONNX model, or truncated", path.string()));
    }
    if (!model.has_graph()) throw import_error(fmt::format("{}: holds no ONNX graph", path.string()));
    try {
        return import_onnx(model);
    } catch (const import_error& wrong) {
        throw import_error(fmt::format("{}: {}", path.string(), wrong.what()));
    }
}

}  // namespace eyeriss::compiler
