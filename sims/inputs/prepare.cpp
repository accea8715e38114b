#include "sims/inputs/prepare.h"

#include <fmt/format.h>

#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstring>
#include <variant>

#include "firmware/compiler/compile.h"
#include "firmware/compiler/import_onnx.h"
#include "sims/inputs/energy_file.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"
#include "sims/support/version.h"

namespace eyeriss::sims {
namespace {

/// "cycles", or "energy by TABLE".
std::string cost_text(const compiler::search_goal& goal) {
    const auto name = compiler::search_cost_names.at(static_cast<std::size_t>(goal.cost));
    return goal.asks_energy() ? fmt::format("{} by {}", name, goal.table.name) : std::string(name);
}

std::string image_key(const network_source& network, const arch::machine& machine,
                      const mapping_request& request) {
    sha256 hash;
    hash.add(network.sha256);
    hash.add(network.name);
    hash.add(content_hash());
    for (const auto& p : arch::parameters()) {
        if (p.key != "name" && !p.key.starts_with("core.") && !p.key.starts_with("bus.") &&
            !p.key.starts_with("dma.")) {
            hash.add(fmt::format("{}={}\n", p.key, p.get(machine)));
        }
    }
    for (const auto& [name, map] : request.pinned.mappings) {
        hash.add(name + "\n" + mapping_text(map));
    }
    hash.add(cost_text(request.goal) + "\n");
    if (request.goal.asks_energy()) {
        energy::for_each_action([&](energy::action a) {
            hash.add(fmt::format("{}={}\n", energy::info(a).key, request.goal.table.picojoules[a]));
        });
    }
    return hash.hex().substr(0, 32);
}

/// Holds the pinned layers' names against the graph's.
void check_pinned(const mapping_file& pinned, const compiler::graph& graph) {
    std::vector<std::string> names;
    for (const auto& layer : graph.layers) {
        if (std::holds_alternative<compiler::conv_op>(layer.op)) names.push_back(layer.name);
    }
    check_layer_names(pinned, names);
}

compiler::graph import(const network_source& network) {
    auto graph = compiler::import_onnx(network.file);
    if (graph.name.empty()) {
        graph.name = network.name;
    }
    return graph;
}

/// Bytes as numbers of eight bytes and runs, little-endian.
class byte_reader {
public:
    explicit byte_reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::span<const std::uint8_t> take(std::uint64_t size) {
        if (size > rest_.size()) {
            throw user_error("a cached reference is cut short: remove the cache folder and run again");
        }
        const auto out = rest_.first(size);
        rest_ = rest_.subspan(size);
        return out;
    }

private:
    std::span<const std::uint8_t> rest_;
};

void append_number(std::vector<std::uint8_t>& out, std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

}  // namespace

void add_mapping_options(CLI::App& command, mapping_options& options, std::string_view more) {
    command.add_option("--mapping", options.file,
                       fmt::format("YAML file that pins mappings by layer name, as mappings.yaml of a run's "
                                   "results; others are searched{}",
                                   more));
    const auto& names = compiler::search_cost_names;
    command
        .add_option("--cost", options.cost,
                    "What the search makes least: cycles; energy, of chip and DRAM; edp, energy x cycles")
        ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())))
        ->capture_default_str();
}

mapping_request read_mapping_request(const mapping_options& options, const std::string& energy_file,
                                     const arch::machine& machine) {
    mapping_request request;
    if (!options.file.empty()) request.pinned = read_mapping_file(options.file, machine);
    const auto& names = compiler::search_cost_names;
    const auto* const found = std::find(names.begin(), names.end(), options.cost);
    request.goal.cost = static_cast<compiler::search_cost>(found - names.begin());
    if (request.goal.asks_energy()) request.goal.table = energy_table_for(energy_file, machine);
    return request;
}

prepared_image compile_graph(const compiler::graph& graph, const arch::machine& machine,
                             std::span<const std::uint8_t> profile, const mapping_request& request) {
    check_pinned(request.pinned, graph);
    compiler::compile_options options;
    options.mappings = request.pinned.mappings;
    options.mapping_places = request.pinned.places;
    options.goal = request.goal;
    const auto reference = compiler::run_reference(graph, profile);
    for (const auto& layer : graph.layers) {
        if (std::holds_alternative<compiler::conv_op>(layer.op)) {
            const auto& input = reference.tensors[layer.inputs.front()];
            options.iact_density[layer.name] = density(input);
            options.calibration_inputs[layer.name] = input;
        }
    }
    auto compiled = compiler::compile(graph, machine, options);
    sha256 hash;
    hash.add(compiled.image);
    prepared_image out{std::move(compiled.image),
                       {hash.hex(), std::move(compiled.notes), {}, cost_text(request.goal)}};
    for (auto& choice : compiled.choices) {
        const double iacts = options.iact_density.at(choice.name);
        out.notes.layers.push_back({std::move(choice), iacts});
    }
    return out;
}

prepared_image compile_network(const network_source& network, const arch::machine& machine,
                               const content_cache& cache, const mapping_request& request) {
    const auto key = image_key(network, machine, request);
    const auto notes = cache.folder() / "images" / fmt::format("{}.json", key);
    const auto file = cache.get(fmt::format("images/{}.img", key), [&](const std::filesystem::path& partial) {
        const auto graph = import(network);
        const auto profile = default_input(graph.name, shape_of(graph.tensors[graph.input]), 1);
        const auto made = compile_graph(graph, machine, profile, request);
        const auto text = to_text(made.notes);
        write_bytes(notes, std::vector<std::uint8_t>(text.begin(), text.end()));
        write_bytes(partial, made.bytes);
    });
    return {read_bytes(file), notes_from_text(read_bytes(notes))};
}

compiler::reference_result reference_for(const network_source& network, std::span<const std::uint8_t> input,
                                         const content_cache& cache) {
    sha256 hash;
    hash.add(network.sha256);
    hash.add(content_hash());
    hash.add(input);
    const auto name = fmt::format("references/{}.ref", hash.hex().substr(0, 32));
    const auto file = cache.get(name, [&](const std::filesystem::path& partial) {
        write_bytes(partial, pack_reference(compiler::run_reference(import(network), input)));
    });
    return unpack_reference(read_bytes(file));
}

std::vector<std::uint8_t> pack_reference(const compiler::reference_result& result) {
    std::vector<std::uint8_t> out;
    append_number(out, result.tensors.size());
    append_number(out, result.sums.size());
    for (const auto& tensor : result.tensors) {
        append_number(out, tensor.size());
        out.insert(out.end(), tensor.begin(), tensor.end());
    }
    for (const auto& sum : result.sums) {
        append_number(out, static_cast<std::uint32_t>(sum.low));
        append_number(out, static_cast<std::uint32_t>(sum.high));
    }
    return out;
}

compiler::reference_result unpack_reference(std::span<const std::uint8_t> bytes) {
    byte_reader in(bytes);
    compiler::reference_result out;
    const auto tensors = in.number();
    const auto sums = in.number();
    for (std::uint64_t i = 0; i < tensors; ++i) {
        const auto tensor = in.take(in.number());
        out.tensors.emplace_back(tensor.begin(), tensor.end());
    }
    for (std::uint64_t i = 0; i < sums; ++i) {
        const auto low = static_cast<std::int32_t>(in.number());
        const auto high = static_cast<std::int32_t>(in.number());
        out.sums.push_back({low, high});
    }
    return out;
}

}  // namespace eyeriss::sims
