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
double bus_width(arch::study_dataflow dataflow) {
    const auto want = *published("scaling.alexnet.256").published;
    return arch::fit_bus_width(layers_of("alexnet"), arch::mesh_array(sides[0], sides[0]), want, dataflow);
}

std::string id_of(std::string_view network, unsigned side) {
    return fmt::format("scaling.{}.{}", network, pes_of(side));
}

double v1_cycles(const std::vector<arch::layer_shape>& layers, unsigned side, arch::study_dataflow dataflow) {
    return arch::study_cycles(layers, arch::bus_array(4 * side, 4 * side, bus_width(dataflow), dataflow));
}

/// Where a ratio is off: what both machines would have to do for the published one.
std::string miss_text(double v1_macs_per_cycle, double off) {
    return fmt::format(
        "; the published ratio wants {:.3g} MAC/cycle of v1 if v2 does what its bounds say: a mean bandwidth "
        "(bound 6) knows neither the order in which data is sent nor PEs that wait for it, and the slides "
        "give v1's mappings, SPads and buses no closer than their totals",
        v1_macs_per_cycle * off);
}

/// v2 at the largest size: share of linear growth from the smallest.
double share_of_linear(const std::vector<arch::layer_shape>& layers) {
    const double small = arch::study_cycles(layers, arch::mesh_array(sides[0], sides[0]));
    const double large = arch::study_cycles(layers, arch::mesh_array(largest_side, largest_side));
    return 100 * small / large * pes_of(sides[0]) / pes_of(largest_side);
}

/// How much of a miss at the largest size lies in v2: the study says no more of it than a lower limit.
std::string linear_text(const figure& f, const std::vector<arch::layer_shape>& layers) {
    const double published_share = *published("scaling.alexnet.linear").published;
    const double share = share_of_linear(layers);
    return fmt::format(
        "; v2 grows to {:.1f} % of linear here, to over {:.0f} % in the study: at {:.0f} % the ratio would "
        "be {}",
        share, published_share, published_share, number_text(f.model * published_share / share));
}

figure ratio_figure(std::string_view network, unsigned side) {
    auto f = published(id_of(network, side));
    const auto layers = layers_of(network);
    constexpr auto flow = arch::study_dataflow::rows;
    const double v1 = v1_cycles(layers, side, flow);
    const double v2 = arch::study_cycles(layers, arch::mesh_array(side, side));
    f.model = v1 / v2;
    double macs = 0;
    double compute = 0;
    const auto buses = arch::bus_array(4 * side, 4 * side, bus_width(flow), flow);
    for (const auto& layer : layers) {
        macs += static_cast<double>(layer.macs());
        compute += static_cast<double>(layer.macs()) / arch::study_bounds(layer, buses)[4];
    }
    const bool fitted = network == studied[0] && side == sides[0];
    f.explanation = fmt::format(
        "{}bounds 1 to 6, {:.3g} values a cycle on each bus of v1 at every size; of {} PEs v2 keeps {:.0f} % "
        "busy; v1 does {:.3g} MAC/cycle, and would do {:.3g} without a limit of its buses",
        fitted ? "FITTED by the buses' width; " : "", bus_width(flow), pes_of(side),
        100 * macs / v2 / pes_of(side), macs / v1, macs / compute);
    if (f.needs_explanation()) {
        f.explanation += miss_text(macs / v1, f.model / *f.published);
        if (side == largest_side) {
            f.explanation += linear_text(f, layers);
        }
    }
    return f;
}

/// The slides do not say how v1 maps a layer: what other readings make of the same ratios.
checked_table readings_table(run_set&) {
    struct reading {
        arch::study_dataflow dataflow;
        const char* text;
    };
    constexpr std::array readings{
        reading{arch::study_dataflow::rows, "filter rows | output rows or filters"},
        reading{arch::study_dataflow::any_one, "one dimension an axis, any"},
        reading{arch::study_dataflow::sets, "sets spread filters, channels, groups"}};
    checked_table out;
    out.table.caption =
        "Throughput of v2 over v1 by what v1's array may hold, each fitted on the first ratio";
    out.table.header = {"network", "PEs", "published"};
    std::vector<std::string> widths{"fitted: values a cycle and bus", "", ""};
    for (const auto& r : readings) {
        out.table.header.emplace_back(r.text);
        widths.push_back(fmt::format("{:.3g}", bus_width(r.dataflow)));
    }
    out.table.rows.push_back(widths);
    for (const std::string_view network : studied) {
        const auto layers = layers_of(network);
        for (const auto side : sides) {
            const double want = *published(id_of(network, side)).published;
            const double v2 = arch::study_cycles(layers, arch::mesh_array(side, side));
            std::vector<std::string> row{std::string(network), number_text(pes_of(side)), number_text(want)};
            row.reserve(row.size() + readings.size());
            for (const auto& r : readings) {
                const double ratio = v1_cycles(layers, side, r.dataflow) / v2;
                row.push_back(fmt::format("{} ({:.2f})", number_text(ratio), ratio / want));
            }
            out.table.rows.push_back(row);
        }
    }
    return out;
}

figure linear_figure(std::string_view network) {
    auto f = published(fmt::format("scaling.{}.linear", network));
    const auto layers = layers_of(network);
    f.model = share_of_linear(layers);
    f.explanation =
        "bounds 1 to 6 of v2; what is missing to 100 % is fragmentation: layers too small for the array";
    return f;
}

run_key timed(unsigned side) {
    return {"alexnet", fmt::format("array_{}", pes_of(side)), {}, false};
}

std::vector<run_key> timed_runs() {
    std::vector<run_key> out;
    out.reserve(sides.size());
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
        "number, the values that a bus brings in a cycle, is fitted on AlexNet at 256 PEs. The study says of "
        "v1's mappings that they are row-stationary, and no more. Here that means what v2's row-stationary "
        "plus "
        "is published to have added to it, taken away: one dimension an axis, filter rows up the columns, "
        "output rows (or filters, where a layer has few output rows) across them. The table below has the "
        "other readings that were tried, the chip's own sets among them: where sets may spread filters and "
        "channels freely, v1 finds reuse in 1x1 and inception layers that the published ratios deny it, "
        "while "
        "AlexNet, whose FC layers have none, is the same in all.",
        {},
        {{"scaling.readings", {}, readings_table}, {"scaling.timed", timed_runs(), timed_table}}};
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
