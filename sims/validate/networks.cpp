#include <fmt/format.h>

#include <algorithm>

#include "sims/validate/floors.h"
#include "sims/validate/masks.h"
#include "sims/validate/mechanisms.h"
#include "sims/validate/published.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

const run_key sparse_mobilenet{"sparse-mobilenet", "eyeriss_v2", {}, false};
const run_key sparse_alexnet{"sparse-alexnet", "eyeriss_v2", {}, false};
const run_key mobilenet{"mobilenet", "eyeriss_v2", {}, false};
const run_key alexnet{"alexnet", "eyeriss_v2", {}, false};
const run_key mobilenet_v1_5{"mobilenet", "eyeriss_v1_5", {}, false};

double megabytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / 1e6;
}

/// Cycles of a run, with the floor and the losses behind them. Where the bound is open below, the floor
/// closes it.
figure_rule cycles_rule(const std::string& id, const run_key& key, const std::string& mechanism) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                const auto& run = runs.get(key);
                const auto machine = run_set::machine_of(key);
                const auto floor = floor_of(run, work_of(key.network, runs.cache_folder()), machine);
                f.model = static_cast<double>(run.cycles);
                if (!f.allowed.open() && !f.allowed.low) {
                    f.allowed.low = static_cast<double>(floor.any_mapping) / *f.published;
                }
                f.explanation =
                    fmt::format("{}; floor {} cycles (with these mappings {}); {}", mechanism,
                                number_text(static_cast<double>(floor.any_mapping)),
                                number_text(static_cast<double>(floor.these_mappings)), losses_text(run));
                return f;
            }};
}

/// Where the cycles above a published figure are, in cycles of the whole array: causes, and layers by type
/// against their floors.
std::string excess_text(const run_facts& run, const std::map<std::string, layer_work>& works,
                        const arch::machine& machine, double published_cycles) {
    auto out = fmt::format("{} cycles more than published; whole-array cycles of the ledger: {}",
                           number_text(static_cast<double>(run.cycles) - published_cycles),
                           loss_cycles_text(run, machine.noc.pes()));
    for (const std::string type : {"CONV", "FC"}) {
        std::uint64_t cycles = 0;
        std::uint64_t floor = 0;
        for (const auto& layer : run.layers) {
            if (layer.type == type) {
                cycles += layer.cycles;
                floor += floor_of(works.at(layer.name), machine).cycles();
            }
        }
        out += fmt::format("; {} layers take {} at a floor of {}", type,
                           number_text(static_cast<double>(cycles)), number_text(static_cast<double>(floor)));
    }
    return out;
}

const run_key sparse_alexnet_free_ports{
    "sparse-alexnet", "eyeriss_v2", {"pe.psum_transfer_takes_ports=false"}, false};

/// The cycles of sparse AlexNet: the general rule, and what moving psums has to do with it.
figure_rule sparse_alexnet_rule(figure_rule general) {
    auto make = general.make;
    general.needs.push_back(sparse_alexnet_free_ports);
    general.make = [make](run_set& runs) {
        auto f = make(runs);
        const auto& run = runs.get(sparse_alexnet);
        f.explanation += fmt::format(
            "; {}: at these densities a window has few products for each psum that it moves, and moving "
            "takes "
            "the MACs' ports (A-PSUM-PORTS; with free ports the network takes {} cycles), while a pass of an "
            "FC layer is one window, so that loading its weights is not hidden (A-WEIGHT-LOAD)",
            excess_text(run, work_of("sparse-alexnet", runs.cache_folder()),
                        run_set::machine_of(sparse_alexnet), *f.published),
            number_text(static_cast<double>(runs.get(sparse_alexnet_free_ports).cycles)));
        return f;
    };
    return general;
}

/// A figure that one run gives directly.
figure_rule direct_rule(const std::string& id, const run_key& key, const std::string& mechanism,
                        const std::function<double(const run_facts&)>& value) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                f.model = value(runs.get(key));
                f.explanation = mechanism;
                return f;
            }};
}

figure sparsity_gain(run_set& runs) {
    auto f = published("v2.mobilenet.sparsity_gain");
    const auto& sparse = runs.get(sparse_mobilenet);
    const auto& dense = runs.get(mobilenet);
    f.model = static_cast<double>(dense.cycles) / static_cast<double>(sparse.cycles);
    f.explanation = fmt::format(
        "pruning takes {:.0f} % of the effectual products away ({:.2f} M to {:.2f} M), but depthwise layers "
        "have "
        "nothing to skip and psum transfers, loads and waits stay; sparse: {}",
        100 * (1 - static_cast<double>(sparse.effectual()) / static_cast<double>(dense.effectual())),
        megabytes(dense.effectual()), megabytes(sparse.effectual()), losses_text(sparse, 3));
    return f;
}

double largest_configuration(const run_facts& run) {
    double bits = 0;
    for (const auto& l : run.summary.at("layers")) {
        bits = std::max(bits, l.value("config_bits", 0.0));
    }
    return bits;
}

/// Off-chip bytes of the layers of one type, or of all; with what they would be if each weight and iact came
/// once, and the layer that is furthest from it.
figure_rule traffic_rule(const std::string& id, const run_key& key, const std::string& type,
                         const std::string& mechanism) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                const auto& run = runs.get(key);
                const auto works = work_of(key.network, runs.cache_folder());
                std::uint64_t least = 0;
                std::uint64_t most_above = 0;
                std::string furthest;
                for (const auto& layer : run.layers) {
                    if (!type.empty() && layer.type != type) {
                        continue;
                    }
                    const auto once = least_read_bytes(works.at(layer.name));
                    least += once + layer.dram_write_bytes;
                    f.model += megabytes(layer.dram_read_bytes + layer.dram_write_bytes);
                    if (layer.dram_read_bytes > once + most_above) {
                        most_above = layer.dram_read_bytes - once;
                        furthest = fmt::format(
                            "{} reads {:.2f} MB, {:.1f} times its share of that", layer.name,
                            megabytes(layer.dram_read_bytes),
                            static_cast<double>(layer.dram_read_bytes) / static_cast<double>(once));
                    }
                }
                f.explanation = fmt::format(
                    "{}; with each weight and iact read once, as pairs or raw, whichever is shorter, it "
                    "would be {:.2f} MB; {}: with ideal memory traffic is free, and mappings are chosen by "
                    "cycles alone",
                    mechanism, megabytes(least), furthest);
                return f;
            }};
}

std::vector<figure_rule> traffic_rules() {
    const std::string format =
        "a tensor lies in DRAM as pairs with tables of row lengths (A-TABLE), rows that output tiles share "
        "are read again (A-HALO), weights and iacts again as the order of the passes asks (A-PASS-ORDER)";
    const std::string densities =
        "; pruned weights have densities of their own where the paper publishes none";
    return {
        traffic_rule("v2.sparse_mobilenet.offchip", sparse_mobilenet, "", format + densities),
        traffic_rule("v2.alexnet.conv_offchip", alexnet, "CONV", format),
        traffic_rule("v2.sparse_alexnet.conv_offchip", sparse_alexnet, "CONV", format + densities),
        traffic_rule("v2.mobilenet.offchip", mobilenet, "",
                     "a dense-weight layer still travels as pairs of 12 bits unless its mapping takes raw "
                     "ones; " +
                         format),
        traffic_rule("v2.alexnet.offchip", alexnet, "",
                     "the FC layers' weights, each read once, decide: 1.5 bytes a pair where they travel "
                     "as pairs, 1 byte raw"),
        traffic_rule("v2.sparse_alexnet.offchip", sparse_alexnet, "",
                     "the FC layers' densities are those of magnitude pruning, the paper's are unpublished")};
}

std::vector<figure_rule> other_rules() {
    const auto active = [](const run_facts& run) { return 100 * run.active_pes(); };
    const std::string mean =
        "share of the PE-cycles of PEs that have work in their layer's mapping, edges of the tiles included";
    return {{"v2.mobilenet.sparsity_gain", {sparse_mobilenet, mobilenet}, sparsity_gain},
            {"v2.masks_filled", {}, masks_filled},
            direct_rule("v2.sparse_mobilenet.active_pes", sparse_mobilenet, mean, active),
            direct_rule("v2.sparse_alexnet.active_pes", sparse_alexnet, mean, active),
            direct_rule("v2.sparse_mobilenet.effectual", sparse_mobilenet,
                        "depthwise counts of the source have padding taps in them, ours never",
                        [](const run_facts& run) { return megabytes(run.effectual()); }),
            direct_rule(
                "v2.config_bits", sparse_mobilenet,
                "one enable bit for each source that a destination port can take (A-PORT-BITS): 138 bits a "
                "cluster; what else the paper's command holds stands in the descriptor",
                largest_configuration)};
}

}  // namespace

topic networks_topic() {
    topic out{
        "networks",
        "Eyeriss v2 and v1.5",
        "Batch 1, no off-chip limit; cycles are `cycles_accelerator`, the accelerator's layers back to back.",
        {},
        {}};
    out.figures = {
        cycles_rule("v1_5.mobilenet.cycles", mobilenet_v1_5,
                    "the dense PE spends a cycle on every weight of every iact"),
        cycles_rule(
            "v2.sparse_mobilenet.cycles", sparse_mobilenet,
            "the mapper times its candidates on the layers' own zeros, and PEs wait only for their ports and "
            "neighbours (A-BARRIER)"),
        sparse_alexnet_rule(cycles_rule(
            "v2.sparse_alexnet.cycles", sparse_alexnet,
            "the paper's pruned densities are unpublished, ours are those of magnitude pruning, which leaves "
            "CONV layers fuller")),
        cycles_rule("v2.mobilenet.cycles", mobilenet, "iact zeros are skipped, weights have none"),
        cycles_rule("v2.alexnet.cycles", alexnet, "iact zeros are skipped, weights have none")};
    const auto add = [&](std::vector<figure_rule> more) {
        out.figures.insert(out.figures.end(), more.begin(), more.end());
    };
    add(traffic_rules());
    add(other_rules());
    return out;
}

}  // namespace eyeriss::sims::validate
