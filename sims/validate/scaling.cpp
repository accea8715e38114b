#include <fmt/format.h>

#include <array>
#include <string_view>
#include <variant>

#include "models/arch/scaling_study.h"
#include "sims/networks/architectures.h"
#include "sims/networks/networks.h"
#include "sims/validate/mechanisms.h"
#include "sims/validate/published.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

/// A size of the study: clusters of 4 x 4 PEs on a side.
constexpr std::array sides{4U, 8U, 32U};
constexpr std::array studied{"alexnet", "googlenet", "mobilenet-1.0-224"};
constexpr unsigned largest_side = sides.back();

unsigned pes_of(unsigned side) {
    return side * side * 16;
}

std::vector<arch::layer_shape> layers_of(std::string_view network) {
    std::vector<arch::layer_shape> out;
    const auto plan = networks::plan_of(network, networks::find(network).image);
    for (const auto& node : plan.nodes()) {
        if (const auto* layer = std::get_if<networks::convolution>(&node.op)) {
            out.push_back(layer->shape);
        }
    }
    return out;
}

/// Values that each bus of the study's v1 brings in a cycle: the one fitted figure.
double bus_width() {
    const auto want = *published("scaling.alexnet.256").published;
    return arch::fit_bus_width(layers_of("alexnet"), arch::mesh_array(sides[0], sides[0]), want);
}

std::string id_of(std::string_view network, unsigned side) {
    return fmt::format("scaling.{}.{}", network, pes_of(side));
}

figure ratio_figure(std::string_view network, unsigned side) {
    auto f = published(id_of(network, side));
    const auto layers = layers_of(network);
    const double v1 = arch::study_cycles(layers, arch::bus_array(4 * side, 4 * side, bus_width()));
    const double v2 = arch::study_cycles(layers, arch::mesh_array(side, side));
    f.model = v1 / v2;
    double macs = 0;
    for (const auto& layer : layers) {
        macs += static_cast<double>(layer.macs());
    }
    const bool fitted = network == studied[0] && side == sides[0];
    const double v1_busy = 100 * macs / v1 / pes_of(side);
    f.explanation = fmt::format(
        "{}bounds 1 to 6, {:.3g} values a cycle on each bus of v1 at every size; of {} PEs v2 keeps {:.0f} % "
        "busy, v1 "
        "{:.2g} %",
        fitted ? "FITTED by the buses' width; " : "", bus_width(), pes_of(side),
        100 * macs / v2 / pes_of(side), v1_busy);
    if (f.needs_explanation()) {
        f.explanation += fmt::format(
            ", where the published ratio wants {:.2g} %: bound 6 knows average bandwidth alone and gives v1 "
            "the mapping "
            "with the most reuse in each layer, while FC layers, which have none, are few here",
            v1_busy * f.model / *f.published);
    }
    return f;
}

figure linear_figure(std::string_view network) {
    auto f = published(fmt::format("scaling.{}.linear", network));
    const auto layers = layers_of(network);
    const double small = arch::study_cycles(layers, arch::mesh_array(sides[0], sides[0]));
    const double large = arch::study_cycles(layers, arch::mesh_array(largest_side, largest_side));
    f.model = 100 * small / large * pes_of(sides[0]) / pes_of(largest_side);
    f.explanation =
        "bounds 1 to 6 of v2; what is missing to 100 % is fragmentation: layers too small for the array";
    return f;
}

run_key timed(unsigned side) {
    return {"alexnet", fmt::format("array_{}", pes_of(side)), {}, false};
}

std::vector<run_key> timed_runs() {
    std::vector<run_key> out;
    for (const auto side : sides) {
        out.push_back(timed(side));
    }
    return out;
}

checked_table timed_table(run_set& runs) {
    checked_table out;
    out.table.caption = "The timed machine beside the bounds: AlexNet with dense weights, iact zeros skipped";
    out.table.header = {"PEs", "cycles", "over 256 PEs", "of linear", "bound 6 of linear", "loss by cause"};
    const auto layers = layers_of("alexnet");
    const auto bound = [&](unsigned side) {
        return arch::study_cycles(layers, arch::mesh_array(side, side));
    };
    const auto& first = runs.get(timed(sides[0]));
    for (const auto side : sides) {
        const auto& run = runs.get(timed(side));
        const double times = static_cast<double>(first.cycles) / static_cast<double>(run.cycles);
        const double more = static_cast<double>(pes_of(side)) / pes_of(sides[0]);
        out.table.rows.push_back({number_text(pes_of(side)), number_text(static_cast<double>(run.cycles)),
                                  fmt::format("{:.2f}", times), fmt::format("{:.0f} %", 100 * times / more),
                                  fmt::format("{:.0f} %", 100 * bound(sides[0]) / bound(side) / more),
                                  losses_text(run, 3)});
    }
    return out;
}

}  // namespace

topic scaling_topic() {
    topic out{
        "scaling",
        "Scaling of v2 over v1",
        "One MAC a PE, no sparsity, no off-chip limit, batch 1, on the analytical bounds 1 to 6 of Eyexam "
        "(`models/arch/scaling_study.h`). This v1 is another machine than the scaled one above: its one free "
        "figure, the values that a bus brings in a cycle, is fitted on AlexNet at 256 PEs; the other eight "
        "ratios are predictions.",
        {},
        {{"scaling.timed", timed_runs(), timed_table}}};
    for (const auto* network : studied) {
        for (const auto side : sides) {
            out.figures.push_back(
                {id_of(network, side), {}, [=](run_set&) { return ratio_figure(network, side); }});
        }
        out.figures.push_back({fmt::format("scaling.{}.linear", network), {}, [=](run_set&) {
                                   return linear_figure(network);
                               }});
    }
    return out;
}

}  // namespace eyeriss::sims::validate
