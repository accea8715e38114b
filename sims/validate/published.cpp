#include "sims/validate/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

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

}  // namespace

const std::vector<figure>& published_figures() {
    static const std::vector<figure> all = [] {
        auto out = networks();
        const auto add = [&](std::vector<figure> more) { out.insert(out.end(), more.begin(), more.end()); };
        add(bandwidth());
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
