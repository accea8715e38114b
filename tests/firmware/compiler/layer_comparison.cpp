#include "tests/firmware/compiler/layer_comparison.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "tests/firmware/compiler/random_layer.h"
#include "tests/oracle/onnxruntime.h"

namespace eyeriss::test {

namespace {

using compiler::graph;
using compiler::layer;
using compiler::tensor;

void compare(const tensor& of, const std::vector<std::uint8_t>& mine, const std::vector<std::uint8_t>& theirs,
             difference_counts& into) {
    BOOST_TEST_REQUIRE(mine.size() == theirs.size(), of.name);
    const auto a = widen(mine, of.type), b = widen(theirs, of.type);
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int distance = std::abs(a[i] - b[i]);
        ++into.values;
        into.off_by_one += distance == 1 ? 1 : 0;
        into.worse += distance > 1 ? 1 : 0;
    }
}

const char* kind(const layer& of) {
    constexpr const char* names[] = {"conv", "pool", "add", "concat", "requant", "softmax", "reshape"};
    const auto* pool = std::get_if<compiler::pool_op>(&of.op);
    return pool != nullptr && !pool->max ? "average" : names[of.op.index()];
}

}  // namespace

std::map<std::string, difference_counts> compare_with_onnxruntime(
    const std::vector<compared_network>& networks) {
    std::vector<graph> graphs;
    std::vector<oracle::onnxruntime_case> cases;
    for (const compared_network& each : networks) {
        graphs.push_back(compiler::import_onnx(each.model));
        std::vector<std::string> names;
        for (const tensor& made : graphs.back().tensors) {
            if (made.name != each.input) names.push_back(made.name);
        }
        cases.push_back({each.model, each.input_type, each.input_dims, each.image, names});
    }
    auto results = oracle::run_onnxruntime(cases);
    std::map<std::string, difference_counts> found;
    for (std::size_t i = 0; i < graphs.size(); ++i) {
        const graph& net = graphs[i];
        results[i][networks[i].input] = networks[i].image;
        for (const layer& each : net.layers) {
            std::vector<std::span<const std::uint8_t>> inputs;
            inputs.reserve(each.inputs.size());
            for (const auto id : each.inputs) inputs.emplace_back(results[i].at(net.tensors[id].name));
            const tensor& made = net.tensors[each.output];
            compare(made, run_layer(net, each, inputs), results[i].at(made.name), found[kind(each)]);
        }
        const tensor& last = net.tensors[net.output];
        const auto whole = run_reference(net, networks[i].image).tensors[net.output];
        compare(last, whole, results[i].at(last.name), found["whole network"]);
    }
    for (const auto& [name, count] : found) {
        BOOST_TEST_MESSAGE(name << ": " << count.values << " values, " << count.off_by_one << " off by one, "
                                << count.worse << " worse");
    }
    return found;
}

unsigned onnxruntime_weight_limit() {
#if defined(__x86_64__)
    const bool exact = __builtin_cpu_supports("avx512vnni") != 0;
#else
    const bool exact = false;
#endif
    BOOST_TEST_MESSAGE((exact ? "8-bit weights (VNNI)" : "7-bit weights (no VNNI)"));
    return exact ? 128 : 64;
}

}  // namespace eyeriss::test
