#include "tests/sims/network_runs/network_checks.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <set>

#include "sims/networks/networks.h"
#include "tests/firmware/compiler/layer_comparison.h"
#include "tests/sims/network_runs/comparison.h"

namespace eyeriss::test {

namespace {

using compiler::graph;
using compiler::layer;

// Floating-point operators in ONNX Runtime.
bool may_be_off_by_one(const layer& of) {
    const auto* pool = std::get_if<compiler::pool_op>(&of.op);
    return std::holds_alternative<compiler::softmax_op>(of.op) ||
           std::holds_alternative<compiler::add_op>(of.op) || (pool != nullptr && !pool->max);
}

std::uint64_t macs_of(const layer& of) {
    const auto* conv = std::get_if<compiler::conv_op>(&of.op);
    return conv != nullptr ? conv->shape.macs() : 0;
}

/// Each bound no higher than the one before, down to what the layer really did.
void check_eyexam(const sims::layer_result& ran) {
    BOOST_TEST_REQUIRE(ran.eyexam.has_value(), ran.name);
    const auto& bounds = *ran.eyexam;
    for (std::size_t i = 1; i < bounds.size(); ++i) {
        BOOST_TEST(bounds.at(i) <= bounds.at(i - 1), ran.name << ": bound " << i + 1 << " rises");
    }
    const double measured = static_cast<double>(ran.macs_effectual) / static_cast<double>(ran.times->cycles);
    BOOST_TEST(bounds.back() == measured, ran.name);
}

}  // namespace

void check_books(const graph& net, const soc_outcome& run) {
    BOOST_TEST_REQUIRE(run.exit_code.value_or(-1) == 0, run.uart);
    BOOST_TEST_REQUIRE(run.layers.size() == net.layers.size());
    BOOST_TEST_REQUIRE(run.tensors.size() == net.tensors.size());
    const std::uint64_t pes = arch::machine{}.noc.pes();
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
        const auto& ran = run.layers[i];
        BOOST_TEST(ran.done, ran.name);
        BOOST_TEST(ran.name == net.layers[i].name);
        BOOST_TEST(ran.macs_nominal == macs_of(net.layers[i]), ran.name);
        BOOST_TEST(ran.psum_overflows == 0U, ran.name);
        BOOST_TEST_REQUIRE(ran.times.has_value(), ran.name);
        BOOST_TEST(ran.times->cycles > 0U, ran.name);
        if (ran.on_accelerator) {
            const auto& causes = ran.times->pe_cycles;
            const auto all = std::accumulate(causes.begin(), causes.end(), std::uint64_t{0});
            BOOST_TEST(all == pes * ran.times->cycles, ran.name);
            check_eyexam(ran);
        }
    }
}

void check_onnxruntime(const onnx::ModelProto& model, const graph& net, const soc_outcome& run) {
    const auto theirs = run_onnxruntime(model, net, run.tensors[net.input]);
    std::set<compiler::tensor_id> off;
    std::size_t values = 0;
    for (const layer& each : net.layers) {
        const bool judged =
            std::none_of(each.inputs.begin(), each.inputs.end(), [&](auto id) { return off.contains(id); });
        const auto found =
            compare_values(run.tensors[each.output], theirs[each.output], net.tensors[each.output].type);
        values += found.values;
        if (found.differing > 0) {
            off.insert(each.output);
            BOOST_TEST_MESSAGE(each.name << ": " << found.differing << " of " << found.values
                                         << " values differ from ONNX Runtime, by at most " << found.largest);
        }
        if (judged) {
            BOOST_TEST(found.largest <= (may_be_off_by_one(each) ? 1 : 0), each.name);
        }
    }
    BOOST_TEST_MESSAGE(values << " values of " << net.layers.size() << " layers against ONNX Runtime");
}

void check_plain(const graph& net, const soc_outcome& run, unsigned psum_bits) {
    const std::int64_t limit = std::int64_t{1} << (psum_bits - 1);
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
        const layer& each = net.layers[i];
        if (!has_plain_oracle(each)) {
            continue;
        }
        const auto plain = run_plain(net, each, run.tensors);
        BOOST_TEST((plain.output == run.tensors[each.output]), each.name);
        BOOST_TEST(plain.low >= -limit, each.name);
        BOOST_TEST(plain.high < limit, each.name);
        BOOST_TEST(plain.effectual == run.layers[i].macs_effectual, each.name);
    }
}

void check_variety(const soc_outcome& run) {
    const auto modes = [](const sims::layer_result& l) {
        return l.modes.iact + "/" + l.modes.weight + "/" + l.modes.psum;
    };
    std::size_t pairs = 0;
    for (const auto& a : run.layers) {
        for (const auto& b : run.layers) {
            const bool convs = a.type == "CONV" && b.type == "CONV";
            if (convs && a.mapping != b.mapping && modes(a) < modes(b)) {
                ++pairs;
                BOOST_TEST_MESSAGE(a.name << " " << modes(a) << ", " << b.name << " " << modes(b));
            }
        }
    }
    BOOST_TEST(pairs > 0U);
}

soc_outcome check_network(const std::string& name, unsigned side) {
    const auto made = make_case(name, side, onnxruntime_weight_limit());
    const auto& info = networks::find(name);
    if (side == info.image) {
        BOOST_TEST(made.graph.macs() == info.macs);
    }
    auto run = run_on_soc(made.image, made.input);
    check_books(made.graph, run);
    BOOST_TEST((run.tensors[made.graph.input] == made.input));
    check_onnxruntime(made.model, made.graph, run);
    check_plain(made.graph, run);
    return run;
}

}  // namespace eyeriss::test
