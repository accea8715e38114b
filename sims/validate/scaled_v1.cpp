#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sims/validate/mechanisms.h"
#include "sims/validate/published.h"
#include "sims/validate/scaled_v1.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace {

/// Widths of the iact bus that the fit may choose from: half an 8-bit value a cycle, and whole ones.
constexpr std::array widths_bits{4U, 8U, 16U, 24U, 32U, 48U, 64U};

const run_key v2_mobilenet{"sparse-mobilenet", "eyeriss_v2", {}, false};
const run_key v2_alexnet{"sparse-alexnet", "eyeriss_v2", {}, false};
const run_key v1_5_mobilenet{"mobilenet", "eyeriss_v1_5", {}, false};

double ratio(const run_facts& slow, const run_facts& fast) {
    return static_cast<double>(slow.cycles) / static_cast<double>(fast.cycles);
}

}  // namespace

run_key on_scaled_v1(const std::string& network, unsigned width_bits) {
    return {network, "eyeriss_v1_scaled", {fmt::format("noc.iact_port_bits={}", width_bits)}, {}};
}

std::vector<run_key> scaled_v1_fit_runs() {
    std::vector<run_key> out{v2_mobilenet, v1_5_mobilenet};
    for (const auto bits : widths_bits) {
        out.push_back(on_scaled_v1("mobilenet", bits));
    }
    return out;
}

unsigned fitted_iact_bus_bits(run_set& runs) {
    const double want = *published("v1_scaled.mobilenet.v2_over_v1").published;
    const auto miss = [&](unsigned bits) {
        return std::abs(ratio(runs.get(on_scaled_v1("mobilenet", bits)), runs.get(v2_mobilenet)) - want);
    };
    return *std::min_element(widths_bits.begin(), widths_bits.end(),
                             [&](unsigned a, unsigned b) { return miss(a) < miss(b); });
}

namespace {

figure fit(run_set& runs) {
    auto f = published("v1_scaled.mobilenet.v2_over_v1");
    const auto bits = fitted_iact_bus_bits(runs);
    const auto& v1 = runs.get(on_scaled_v1("mobilenet", bits));
    f.model = ratio(v1, runs.get(v2_mobilenet));
    f.explanation = fmt::format(
        "FITTED: of {} bits, an iact bus of {} bits comes closest (v1 {} cycles); on v1: {}",
        fmt::join(widths_bits, ", "), bits, number_text(static_cast<double>(v1.cycles)), losses_text(v1, 3));
    return f;
}

figure mesh_alone(run_set& runs) {
    auto f = published("v1_scaled.mobilenet.v1_5_over_v1");
    const auto& v1 = runs.get(on_scaled_v1("mobilenet", fitted_iact_bus_bits(runs)));
    f.model = ratio(v1, runs.get(v1_5_mobilenet));
    f.explanation =
        "one bus a data type serves the whole array; the mesh gives each cluster ports of its own";
    return f;
}

figure alexnet(run_set& runs) {
    auto f = published("v1_scaled.alexnet.v2_over_v1");
    const auto& v1 = runs.get(on_scaled_v1("alexnet", fitted_iact_bus_bits(runs)));
    const auto& v2 = runs.get(v2_alexnet);
    f.model = ratio(v1, v2);
    double fc_cycles = 0;
    for (const auto& layer : v1.layers) {
        fc_cycles += layer.type == "FC" ? static_cast<double>(layer.cycles) : 0;
    }
    f.explanation = fmt::format(
        "v1 takes {} cycles, of them {:.0f} % in FC layers, whose weights are used once each and come over "
        "one weight "
        "bus; the paper's ratio implies 30.5 M cycles, a bus of about two weights a cycle for 58.6 M FC "
        "weights; v2 "
        "takes {} cycles at densities that the paper does not publish; on v1: {}",
        number_text(static_cast<double>(v1.cycles)), 100 * fc_cycles / static_cast<double>(v1.cycles),
        number_text(static_cast<double>(v2.cycles)), losses_text(v1, 3));
    return f;
}

checked_table widths_table(run_set& runs) {
    checked_table out;
    out.table.caption = "MobileNet on eyeriss_v1_scaled by the width of its iact bus";
    out.table.header = {"iact bus, bits", "cycles", "v2 (sparse) over it", "v1.5 over it"};
    for (const auto bits : widths_bits) {
        const auto& v1 = runs.get(on_scaled_v1("mobilenet", bits));
        out.table.rows.push_back({fmt::format("{}", bits), number_text(static_cast<double>(v1.cycles)),
                                  fmt::format("{:.2f}", ratio(v1, runs.get(v2_mobilenet))),
                                  fmt::format("{:.2f}", ratio(v1, runs.get(v1_5_mobilenet)))});
    }
    return out;
}

}  // namespace

topic scaled_v1_topic() {
    return {"v1_scaled",
            "Eyeriss v1 scaled to v2's PEs, storage and precision",
            "The widths of its buses are published nowhere. Weight and psum bus carry as many values a cycle "
            "as those "
            "of the v1 chip; the width of the iact bus is fitted on one figure, 12.6x, and the other two "
            "figures are "
            "predictions with it.",
            {{"v1_scaled.mobilenet.v2_over_v1", scaled_v1_fit_runs(), fit},
             {"v1_scaled.mobilenet.v1_5_over_v1", scaled_v1_fit_runs(), mesh_alone},
             {"v1_scaled.alexnet.v2_over_v1", {v2_alexnet}, alexnet}},
            {{"v1_scaled.widths", scaled_v1_fit_runs(), widths_table}}};
}

}  // namespace eyeriss::sims::validate
