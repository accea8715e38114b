#include "firmware/compiler/compile.h"

#include <fmt/format.h>

#include "firmware/compiler/emit_image_check.h"

namespace eyeriss::compiler {

namespace {

density_hint density_of(const std::string& name, const compile_options& options) {
    const auto known = options.iact_density.find(name);
    return known == options.iact_density.end() ? options.density : density_hint{known->second};
}

/// The mapping that the user gave, held against every rule of the machine.
arch::mapping given_mapping(const arch::mapping& map, const conv_op& op, const arch::machine& m,
                            const std::string& name, const compile_options& options) {
    auto rule = arch::check(map, op.shape, m, 0);
    if (rule.empty()) rule = arch::check(map, op.shape, m, worst_weight_words(op, map));
    if (rule.empty()) return map;
    const auto place = options.mapping_places.find(name);
    throw compile_error(fmt::format("{}layer '{}': mapping {} breaks a rule: {}",
                                    place == options.mapping_places.end() ? "" : place->second + ": ", name,
                                    map.text(), rule));
}

/// The mapping of a layer, and how it was found.
arch::mapping choose(const graph& g, const layer& l, const conv_op& op, const arch::machine& m,
                     const compile_options& options, layer_mapping& how) {
    if (const auto given = options.mappings.find(l.name); given != options.mappings.end()) {
        how.pinned = true;
        return given_mapping(given->second, op, m, l.name, options);
    }
    const auto density = density_of(l.name, options);
    const auto known = options.calibration_inputs.find(l.name);
    if (known == options.calibration_inputs.end())
        return choose_mapping(op, m, density, l.name, options.weights);
    const tensor& in = g.tensors[l.inputs.front()];
    if (known->second.size() != in.elements()) {
        throw compile_error(fmt::format("layer '{}': {} calibration values for an input of {}", l.name,
                                        known->second.size(), in.elements()));
    }
    const calibration data{known->second, in.type == dtype::i8, in.zero_point};
    how.search = search_mapping(op, m, density, data, l.name, options.weights, options.goal);
    return how.search->map;
}

mapped_layer map_layer(const graph& g, std::size_t index, const arch::machine& m,
                       const compile_options& options, layer_mapping& how) {
    const layer& l = g.layers[index];
    const auto& op = std::get<conv_op>(l.op);
    how.name = l.name;
    mapped_layer entry;
    entry.layer = index;
    entry.name = l.name;
    entry.map = choose(g, l, op, m, options, how);
    if (const auto wrong = check_coverage(entry.map, op.shape, m); !wrong.empty()) {
        throw compile_error(fmt::format("layer '{}': mapping {} does not cover the layer: {}", l.name,
                                        entry.map.text(), wrong));
    }
    entry.routes = make_noc_routes(op.shape, entry.map, m);
    return entry;
}

void check_names(const graph& g, const compile_options& options) {
    const auto known = [&](const std::string& name) {
        for (const layer& l : g.layers) {
            if (l.name == name && std::holds_alternative<conv_op>(l.op)) return true;
        }
        return false;
    };
    for (const auto& [name, map] : options.mappings) {
        if (!known(name)) {
            throw compile_error(fmt::format("mapping for layer '{}': the network has no such layer", name));
        }
    }
}

}  // namespace

compiled compile(const graph& g, const arch::machine& m, const compile_options& options) {
    if (const auto wrong = arch::check(m); !wrong.empty()) {
        throw compile_error(fmt::format("machine '{}': {}", m.name, wrong));
    }
    check_graph(g);
    check_names(g, options);
    compiled result;
    result.notes = g.notes;
    for (std::size_t i = 0; i < g.layers.size(); ++i) {
        if (!std::holds_alternative<conv_op>(g.layers[i].op)) continue;
        result.mappings.push_back(map_layer(g, i, m, options, result.choices.emplace_back()));
        const auto& map = result.mappings.back().map;
        if (map.iact_single_buffer) {
            result.notes.push_back(
                fmt::format("{}: a pass's iacts fill whole GLB banks, so loading and computing take turns",
                            g.layers[i].name));
        }
    }
    result.image = emit_image(g, m, result.mappings, options.requant);
    return result;
}

}  // namespace eyeriss::compiler
