#include "sims/studies/network_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "firmware/compiler/mapper.h"
#include "firmware/compiler/noc_routes.h"
#include "firmware/compiler/predict.h"
#include "firmware/compiler/predict_actions.h"
#include "models/abi/descriptor.h"

namespace eyeriss::sims {

using energy::action;

layer_kind kind_of(const arch::layer_shape& shape) {
    if (shape.groups > 1 && shape.c == 1 && shape.m == 1) {
        return layer_kind::depthwise;
    }
    if (shape.e() == 1 && shape.f() == 1) {
        return layer_kind::fc;
    }
    return shape.r == 1 && shape.s == 1 ? layer_kind::pointwise : layer_kind::conv;
}

double study_figures::iacts_delivered() const {
    return static_cast<double>(actions[action::iact_data_write]);
}

double study_figures::weights_delivered() const {
    return static_cast<double>(actions[action::weight_data_write]);
}

study_figures& study_figures::operator+=(const study_figures& other) {
    cycles += other.cycles;
    actions += other.actions;
    noc_picojoules += other.noc_picojoules;
    chip_picojoules += other.chip_picojoules;
    return *this;
}

namespace {

constexpr std::uint64_t all_passes = ~std::uint64_t{0};

double share_of_nonzero(std::span<const std::uint8_t> values) {
    const auto zeros = std::count(values.begin(), values.end(), std::uint8_t{0});
    return values.empty() ? 1.0 : 1.0 - static_cast<double>(zeros) / static_cast<double>(values.size());
}

/// Cycles of descriptor and configuration, which come before a layer's first pass.
double configuration_cycles(const arch::machine& m, unsigned bits_per_cluster) {
    const std::uint64_t bits =
        std::uint64_t{bits_per_cluster} * m.noc.clusters() + sizeof(eyeriss_descriptor) * 8;
    const std::uint64_t cycles =
        (bits + m.control.config_bits_per_cycle - 1) / m.control.config_bits_per_cycle;
    return static_cast<double>(cycles);
}

study_figures figures_of(const compiler::conv_op& op, const arch::mapping& map, const arch::machine& m,
                         const compiler::calibration& data, const energy::energy_table& table) {
    study_figures out;
    const auto time = compiler::predict(op, map, m, data, all_passes);
    out.cycles = time.cycles + configuration_cycles(m, compiler::noc_bits_per_cluster(m.noc));
    out.actions = compiler::predict_actions(op, map, m, data, all_passes, time);
    const auto energy = energy::energy_of(out.actions, table);
    out.noc_picojoules = energy[energy::component::noc] + energy[energy::component::pe_to_pe];
    out.chip_picojoules = energy.on_chip();
    return out;
}

}  // namespace

std::vector<study_row> study_network(const compiler::graph& graph, std::span<const std::uint8_t> input,
                                     std::span<const study_variant> variants,
                                     const energy::cost_table& energies) {
    const auto reference = compiler::run_reference(graph, input);
    std::vector<study_row> rows;
    for (const auto& layer : graph.layers) {
        const auto* op = std::get_if<compiler::conv_op>(&layer.op);
        if (op == nullptr) {
            continue;
        }
        const auto& in = graph.tensors[layer.inputs.front()];
        const auto& values = reference.tensors[layer.inputs.front()];
        const compiler::calibration data{values, in.type == compiler::dtype::i8, in.zero_point};
        std::optional<arch::mapping> map;
        for (const auto& variant : variants) {
            if (!map || variant.own_mapping) {
                map = compiler::choose_mapping(*op, variant.machine, {share_of_nonzero(values)}, data,
                                               layer.name);
            }
            if (const auto rule = arch::check(*map, op->shape, variant.machine, 0); !rule.empty()) {
                throw compiler::compile_error(
                    fmt::format("layer '{}' on '{}': {}", layer.name, variant.name, rule));
            }
            const auto routes = compiler::make_noc_routes(op->shape, *map, variant.machine);
            rows.push_back(
                {layer.name, kind_of(op->shape), variant.name, *map, routes.iact_mode, routes.weight_mode,
                 routes.psum_mode,
                 figures_of(*op, *map, variant.machine, data, energy::resolve(energies, variant.machine))});
        }
    }
    return rows;
}

std::optional<study_figures> sum_of(std::span<const study_row> rows, layer_kind kind,
                                    const std::string& variant) {
    std::optional<study_figures> sum;
    for (const auto& row : rows) {
        if (row.kind != kind || row.variant != variant) {
            continue;
        }
        if (!sum) {
            sum.emplace();
        }
        *sum += row.figures;
    }
    return sum;
}

}  // namespace eyeriss::sims
