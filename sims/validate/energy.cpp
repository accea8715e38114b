#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "sims/validate/published.h"
#include "sims/validate/scaled_v1.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

const run_key sparse_mobilenet{"sparse-mobilenet", "eyeriss_v2", {}, false};
const run_key sparse_alexnet{"sparse-alexnet", "eyeriss_v2", {}, false};
const run_key mobilenet{"mobilenet", "eyeriss_v2", {}, false};
const run_key alexnet{"alexnet", "eyeriss_v2", {}, false};
const run_key mobilenet_v1_5{"mobilenet", "eyeriss_v1_5", {}, false};

/// Inferences a joule on the chip, DRAM excluded.
double per_joule(const run_facts& run) {
    return run.summary.at("inferences_per_joule");
}

double component(const run_facts& run, const std::string& name) {
    return run.summary.at("energy_uj").at(name);
}

/// The on-chip components with their shares, the largest first.
std::string shares_of(const nlohmann::json& energy_uj, std::size_t count) {
    std::vector<std::pair<std::string, double>> parts;
    for (const auto& [name, microjoules] : energy_uj.items()) {
        if (name != "on_chip" && name != "dram") {
            parts.emplace_back(name, microjoules.get<double>());
        }
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string out;
    for (std::size_t i = 0; i < std::min(count, parts.size()); ++i) {
        out += fmt::format("{}{} {:.0f} %", out.empty() ? "" : ", ", parts[i].first,
                           100 * parts[i].second / energy_uj.at("on_chip").get<double>());
    }
    return out;
}

std::string shares(const run_facts& run, std::size_t count) {
    return shares_of(run.summary.at("energy_uj"), count);
}

const nlohmann::json& layer_of(const run_facts& run, const std::string& name) {
    for (const auto& l : run.summary.at("layers")) {
        if (l.at("name") == name) {
            return l;
        }
    }
    throw std::logic_error(fmt::format("validate: {} has no layer {}", run.key.text(), name));
}

double gops_per_watt(const run_facts& run, const std::string& layer) {
    return layer_of(run, layer).at("gops_per_watt");
}

figure_rule inferences_rule(const std::string& id, const run_key& key, const std::string& mechanism) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                const auto& run = runs.get(key);
                f.model = per_joule(run);
                f.explanation =
                    fmt::format("{}; of {:.1f} uJ on the chip: {}; DRAM beside it {:.1f} uJ", mechanism,
                                component(run, "on_chip"), shares(run, 5), component(run, "dram"));
                return f;
            }};
}

figure_rule ratio_rule(const std::string& id, const run_key& better, const run_key& base,
                       const std::string& mechanism) {
    return {id, {better, base}, [=](run_set& runs) {
                auto f = published(id);
                f.model = per_joule(runs.get(better)) / per_joule(runs.get(base));
                f.explanation =
                    fmt::format("{}; {}: {}; {}: {}", mechanism, better.text(), shares(runs.get(better), 3),
                                base.text(), shares(runs.get(base), 3));
                return f;
            }};
}

/// What a word on v1's buses would have to take for the published ratio.
std::string bus_text(const run_facts& v1, double ratio, double published_ratio) {
    const double buses = component(v1, "noc");
    const double missing = component(v1, "on_chip") * (published_ratio / ratio - 1);
    const auto machine = run_set::machine_of(v1.key);
    return fmt::format(
        "; a word on a bus is charged as one hop between neighbours, however far it goes and whoever takes "
        "it "
        "(A-ENERGY-HOP): {:.1f} uJ of v1's {:.1f}; if all that is missing to the published ratio lay there, "
        "a "
        "word would take {:.1f} times a hop, on buses that span {} x {} PEs",
        buses, component(v1, "on_chip"), 1 + missing / buses, machine.noc.cluster_rows, machine.noc.pe_cols);
}

/// Energy against the scaled v1, whose iact bus is fitted first.
figure_rule over_v1_rule(const std::string& id, const run_key& better, const std::string& v1_network,
                         const std::string& mechanism) {
    auto needs = scaled_v1_fit_runs();
    needs.push_back(better);
    return {id, needs, [=](run_set& runs) {
                auto f = published(id);
                const auto& v1 = runs.get(on_scaled_v1(v1_network, fitted_iact_bus_bits(runs)));
                f.model = per_joule(runs.get(better)) / per_joule(v1);
                f.explanation = fmt::format("{}; v1: {}; {}: {}", mechanism, shares(v1, 4), better.text(),
                                            shares(runs.get(better), 4));
                if (f.needs_explanation()) {
                    f.explanation += bus_text(v1, f.model, *f.published);
                }
                return f;
            }};
}

/// The NoC's share, without or with the psums that climb from PE to PE (A-ENERGY-PE-LINK).
figure_rule noc_share_rule(const std::string& id, const run_key& key, bool with_pe_links) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                const auto& run = runs.get(key);
                const double links = component(run, "noc");
                const double all = component(run, "on_chip");
                const double psums = component(run, "pe_to_pe");
                f.model = 100 * (with_pe_links ? links + psums : links) / all;
                f.explanation = fmt::format(
                    "links and routers of the three networks {:.1f} %, psums from PE to PE inside a cluster "
                    "{:.1f} %, which {} here (A-ENERGY-PE-LINK); published is 6 to 10 %, the middle stands "
                    "here; {}",
                    100 * links / all, 100 * psums / all, with_pe_links ? "are counted in" : "stay out",
                    shares(run, 4));
                return f;
            }};
}

figure_rule layer_rule(const std::string& id, const run_key& key, const std::string& layer) {
    return {id, {key}, [=](run_set& runs) {
                auto f = published(id);
                const auto& l = layer_of(runs.get(key), layer);
                f.model = l.at("gops_per_watt");
                f.explanation = fmt::format(
                    "nominal operations over energy, from the one fitted scale and the layer's own counts; "
                    "{:.1f} % of the products are effectual; {}",
                    100 * l.at("macs_effectual").get<double>() / l.at("macs_nominal").get<double>(),
                    shares_of(l.at("energy_uj"), 4));
                return f;
            }};
}

figure order(run_set& runs) {
    auto f = published("energy.gops_per_watt.order");
    const std::array values{
        gops_per_watt(runs.get(mobilenet), "dw13"), gops_per_watt(runs.get(alexnet), "conv1"),
        gops_per_watt(runs.get(alexnet), "conv3"), gops_per_watt(runs.get(sparse_alexnet), "conv3")};
    for (std::size_t i = 1; i < values.size(); ++i) {
        f.model += values.at(i) > values.at(i - 1) ? 0 : 1;
    }
    f.explanation = fmt::format("MobileNet DW13 {}, AlexNet CONV1 {}, CONV3 {}, sparse CONV3 {} GOPS/W",
                                number_text(values[0]), number_text(values[1]), number_text(values[2]),
                                number_text(values[3]));
    return f;
}

}  // namespace

topic energy_topic() {
    const std::string scale = "FITTED: the energy table's absolute scale was set with this figure";
    return {
        "energy",
        "Energy",
        "On the chip, DRAM excluded, from the actions that the run counted and the table of "
        "`sims/energy/eyeriss_65nm.yaml`. The table's one absolute scale is fitted on the inferences/J of "
        "sparse "
        "MobileNet; everything else is a prediction.",
        {inferences_rule("energy.sparse_mobilenet.inferences_per_joule", sparse_mobilenet, scale),
         inferences_rule("energy.sparse_alexnet.inferences_per_joule", sparse_alexnet,
                         "our pruned densities are not the paper's"),
         inferences_rule("energy.mobilenet.inferences_per_joule", mobilenet,
                         "prediction with the fitted scale"),
         inferences_rule("energy.alexnet.inferences_per_joule", alexnet, "prediction with the fitted scale"),
         ratio_rule("energy.sparse_over_dense.mobilenet", sparse_mobilenet, mobilenet,
                    "a skipped product saves its multiplication and SPad accesses, moving psums stays"),
         over_v1_rule("energy.v2_over_v1.mobilenet", sparse_mobilenet, "mobilenet",
                      "v1 gates a zero's multiplication but reads its operands"),
         over_v1_rule("energy.v1_5_over_v1.mobilenet", mobilenet_v1_5, "mobilenet",
                      "the same PEs on mesh and buses"),
         over_v1_rule("energy.v2_over_v1.alexnet", sparse_alexnet, "alexnet",
                      "zeros cost v2 nothing, v1 their SPad accesses and transfers"),
         noc_share_rule("energy.noc_share.sparse_mobilenet", sparse_mobilenet, false),
         noc_share_rule("energy.noc_share.sparse_alexnet", sparse_alexnet, false),
         noc_share_rule("energy.noc_and_pe_links_share.sparse_mobilenet", sparse_mobilenet, true),
         noc_share_rule("energy.noc_and_pe_links_share.sparse_alexnet", sparse_alexnet, true),
         {"energy.gops_per_watt.order", {mobilenet, alexnet, sparse_alexnet}, order},
         layer_rule("energy.gops_per_watt.mobilenet_dw13", mobilenet, "dw13"),
         layer_rule("energy.gops_per_watt.alexnet_conv1", alexnet, "conv1"),
         layer_rule("energy.gops_per_watt.alexnet_conv3", alexnet, "conv3"),
         layer_rule("energy.gops_per_watt.sparse_alexnet_conv3", sparse_alexnet, "conv3"),
         layer_rule("energy.gops_per_watt.sparse_alexnet_fc8", sparse_alexnet, "fc8")},
        {}};
}

}  // namespace eyeriss::sims::validate
