#include "sims/validate/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "models/arch/eyeriss_v1.h"

namespace eyeriss::sims::validate {
namespace {

constexpr auto P = standing::published;
constexpr auto S = standing::second_hand;
constexpr auto D = standing::derived;
constexpr auto U = standing::unverified;

constexpr bound none{};

bound ratio_from_to(double low, double high) {
    return {low, high, true};
}

bound ratio_at_most(double high) {
    return {std::nullopt, high, true};
}

bound at_least(double low) {
    return {low, std::nullopt, false};
}

bound exactly(double value) {
    return {value, value, false};
}

figure row(std::string id, std::string title, std::string unit, std::optional<double> value, standing from,
           bound allowed) {
    return {std::move(id), std::move(title), std::move(unit), value, from, 0, allowed, {}};
}

/// Networks on v2 and v1.5: batch 1, no off-chip limit. Cycles are 200 MHz over published inferences/s.
std::vector<figure> networks() {
    return {
        row("v1_5.mobilenet.cycles", "MobileNet on v1.5", "cycles", 306.0e3, D, ratio_from_to(0.85, 1.15)),
        row("v2.sparse_mobilenet.cycles", "sparse MobileNet on v2", "cycles", 136.0e3, D,
            ratio_from_to(0.6, 1.1)),
        row("v2.sparse_alexnet.cycles", "sparse AlexNet on v2", "cycles", 717.6e3, D, ratio_at_most(1.2)),
        row("v2.mobilenet.cycles", "MobileNet with dense weights on v2", "cycles", 156.0e3, U, none),
        row("v2.alexnet.cycles", "AlexNet with dense weights on v2", "cycles", 1.959e6, U, none),
        row("v2.mobilenet.sparsity_gain", "throughput, sparse over dense-weight MobileNet", "x", 1.2, P,
            at_least(1.08)),
        row("v2.masks_filled",
            "layers whose cycles differ once pruned weights are filled in, from those of "
            "dense weights",
            "layers", std::nullopt, D, exactly(0)),
        row("v2.sparse_mobilenet.offchip", "off-chip traffic of sparse MobileNet", "MB", 3.9, S,
            ratio_from_to(0.75, 1.25)),
        row("v2.alexnet.conv_offchip", "off-chip traffic of AlexNet's CONV layers", "MB", 7.1, P,
            ratio_from_to(0.75, 1.25)),
        row("v2.sparse_alexnet.conv_offchip", "off-chip traffic of sparse AlexNet's CONV layers", "MB", 4.6,
            P, ratio_from_to(0.75, 1.25)),
        row("v2.mobilenet.offchip", "off-chip traffic of MobileNet", "MB", 4.1, U, none),
        row("v2.alexnet.offchip", "off-chip traffic of AlexNet", "MB", 71.9, U, none),
        row("v2.sparse_alexnet.offchip", "off-chip traffic of sparse AlexNet", "MB", 22.3, S, none),
        row("v2.sparse_mobilenet.active_pes", "active PEs, sparse MobileNet", "%", 91.5, S, none),
        row("v2.sparse_alexnet.active_pes", "active PEs, sparse AlexNet", "%", 100, S, none),
        row("v2.sparse_mobilenet.effectual", "effectual products of sparse MobileNet", "M", 23.781667, S,
            none),
        row("v2.config_bits", "static configuration of a layer, largest", "bits", 2134, P, none),
    };
}

std::vector<figure> bandwidth() {
    return {
        row("v2.sparse_alexnet.loss_at_25600", "throughput lost at 25,600 MB/s, sparse AlexNet", "%", 16, P,
            none),
        row("v2.sparse_mobilenet.loss_at_25600", "throughput lost at 25,600 MB/s, sparse MobileNet", "%", 24,
            P, none),
        row("v2.bandwidth.monotonic", "steps of the sweep at which throughput rises as bandwidth falls",
            "steps", std::nullopt, D, exactly(0)),
        row("v2.bandwidth.added_time", "most that a shared limit adds, over bytes / bandwidth", "x",
            std::nullopt, D, {std::nullopt, 1.0, false}),
    };
}

/// v1 scaled to v2's PEs, storage and precision: the paper's own ratios.
std::vector<figure> scaled_v1() {
    return {
        row("v1_scaled.mobilenet.v2_over_v1", "throughput, sparse MobileNet on v2 over MobileNet on v1", "x",
            12.6, P, none),
        row("v1_scaled.mobilenet.v1_5_over_v1", "throughput, MobileNet on v1.5 over v1 (the mesh alone)", "x",
            5.6, P, ratio_from_to(0.8, 1.2)),
        row("v1_scaled.alexnet.v2_over_v1", "throughput, sparse AlexNet on v2 over AlexNet on v1", "x", 42.5,
            P, none),
    };
}

bound from_to(double low, double high) {
    return {low, high, false};
}

/// On the chip, DRAM excluded.
std::vector<figure> energy() {
    const auto inferences = [](const std::string& network, double value, standing from) {
        return row("energy." + network + ".inferences_per_joule", network + " on v2", "inferences/J", value,
                   from, none);
    };
    const auto efficiency = [](const std::string& layer, const std::string& title, double value) {
        return row("energy.gops_per_watt." + layer, title, "GOPS/W", value, P, none);
    };
    return {
        inferences("sparse_mobilenet", 2560.3, P),
        inferences("sparse_alexnet", 664.6, U),
        inferences("mobilenet", 1969.8, U),
        inferences("alexnet", 174.8, U),
        row("energy.sparse_over_dense.mobilenet", "inferences/J, sparse over dense-weight MobileNet", "x",
            1.3, P, from_to(1.1, 1.6)),
        row("energy.v2_over_v1.mobilenet", "inferences/J, sparse MobileNet on v2 over MobileNet on v1", "x",
            2.5, P, ratio_from_to(0.75, 1.25)),
        row("energy.v1_5_over_v1.mobilenet", "inferences/J, MobileNet on v1.5 over v1", "x", 1.8, P, none),
        row("energy.v2_over_v1.alexnet", "inferences/J, sparse AlexNet on v2 over AlexNet on v1", "x", 11.3,
            P, none),
        row("energy.noc_share.sparse_mobilenet", "NoC's share, sparse MobileNet", "%", 8, P, from_to(4, 15)),
        row("energy.noc_share.sparse_alexnet", "NoC's share, sparse AlexNet", "%", 8, P, from_to(4, 15)),
        row("energy.noc_and_pe_links_share.sparse_mobilenet",
            "NoC's share with the psums from PE to PE, sparse MobileNet", "%", 8, P, none),
        row("energy.noc_and_pe_links_share.sparse_alexnet",
            "NoC's share with the psums from PE to PE, sparse AlexNet", "%", 8, P, none),
        row("energy.gops_per_watt.order",
            "steps of MobileNet DW13 < AlexNet CONV1 < CONV3 < sparse CONV3 in GOPS/W that do not rise",
            "steps", std::nullopt, P, exactly(0)),
        efficiency("mobilenet_dw13", "MobileNet DW13", 77.7),
        efficiency("alexnet_conv1", "AlexNet CONV1", 148.1),
        efficiency("alexnet_conv3", "AlexNet CONV3", 392.0),
        efficiency("sparse_alexnet_conv3", "sparse AlexNet CONV3", 1423.2),
        efficiency("sparse_alexnet_fc8", "sparse AlexNet FC8", 465.1),
    };
}

/// The table of JSSC 52(1), 2017: AlexNet, batch 4.
std::vector<figure> v1_chip() {
    std::vector<figure> out;
    double total_ms = 0;
    for (const auto& layer : arch::v1_alexnet()) {
        const auto id = fmt::format("v1.{}.", layer.name);
        out.push_back(row(id + "processing", fmt::format("{}, processing time", layer.name), "ms",
                          layer.processing_ms, P, ratio_from_to(0.85, 1.1)));
        out.push_back(row(id + "glb", fmt::format("{}, GLB traffic", layer.name), "MB", layer.glb_mb, P,
                          ratio_from_to(0.85, 1.15)));
        out.push_back(row(id + "dram", fmt::format("{}, DRAM traffic", layer.name), "MB", layer.dram_mb, P,
                          ratio_from_to(0.85, 1.15)));
        out.push_back(row(id + "active_pes", fmt::format("{}, active PEs", layer.name), "PEs",
                          layer.active_pes, P, none));
        total_ms += layer.processing_ms;
        if (layer.name == "conv3") {
            out.push_back(row(id + "processing_conv4_mapping", "conv3 under CONV4's mapping, processing time",
                              "ms", layer.processing_ms, P, ratio_from_to(0.85, 1.1)));
            out.push_back(row(id + "glb_conv4_mapping", "conv3 under CONV4's mapping, GLB traffic", "MB",
                              layer.glb_mb, P, ratio_from_to(0.85, 1.15)));
        }
    }
    out.push_back(row("v1.total.processing", "CONV1 to CONV5, processing time", "ms", total_ms, P,
                      ratio_from_to(0.9, 1.1)));
    return out;
}

/// v2 over v1 by size, from a tutorial by the authors of both; and the share of linear growth that v2 keeps.
std::vector<figure> scaling() {
    struct series {
        const char* network;
        std::array<double, 3> ratios;
    };
    constexpr std::array pes{256U, 1024U, 16384U};
    const std::array all{series{"alexnet", {17.9, 71.5, 1086.7}}, series{"googlenet", {10.4, 37.8, 448.8}},
                         series{"mobilenet-1.0-224", {15.7, 57.9, 873.0}}};
    std::vector<figure> out;
    for (const auto& [network, ratios] : all) {
        for (std::size_t i = 0; i < pes.size(); ++i) {
            const bool fitted = out.empty();
            out.push_back(row(fmt::format("scaling.{}.{}", network, pes.at(i)),
                              fmt::format("throughput of v2 over v1, {}, {} PEs", network, pes.at(i)), "x",
                              ratios.at(i), P, fitted ? none : ratio_from_to(0.8, 1.2)));
        }
        out.push_back(row(fmt::format("scaling.{}.linear", network),
                          fmt::format("{} on v2, 16384 PEs: share of linear growth from 256", network), "%",
                          85, P, {0.8, std::nullopt, true}));
    }
    return out;
}

}  // namespace

const std::vector<figure>& published_figures() {
    static const std::vector<figure> all = [] {
        auto out = networks();
        const auto add = [&](std::vector<figure> more) { out.insert(out.end(), more.begin(), more.end()); };
        add(scaled_v1());
        add(bandwidth());
        add(energy());
        add(v1_chip());
        add(scaling());
        return out;
    }();
    return all;
}

figure published(std::string_view id) {
    const auto& all = published_figures();
    const auto found = std::find_if(all.begin(), all.end(), [&](const figure& f) { return f.id == id; });
    if (found == all.end()) {
        throw std::logic_error(fmt::format("validate: no published figure '{}'", id));
    }
    return *found;
}

}  // namespace eyeriss::sims::validate
