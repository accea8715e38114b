#include "tests/reference/layer_comparison.h"

#include <fmt/format.h>

namespace eyeriss::reference {
namespace {

ledger sum_of(const std::vector<ledger>& ledgers) {
    ledger sum;
    for (const ledger& l : ledgers)
        for (std::size_t c = 0; c < causes; ++c) sum.add(static_cast<cause>(c), l[static_cast<cause>(c)]);
    return sum;
}

std::vector<std::int64_t> sums_of(std::span<const std::uint8_t> bytes) {
    std::vector<std::int64_t> sums;
    for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
        std::uint32_t word = 0;
        for (std::size_t b = 0; b < 4; ++b) word |= std::uint32_t{bytes[i + b]} << (8 * b);
        sums.push_back(static_cast<std::int32_t>(word));
    }
    return sums;
}

std::string ledger_differences(const ledger& model, const ledger& reference) {
    std::string text;
    for (std::size_t i = 0; i < causes; ++i) {
        const auto c = static_cast<cause>(i);
        if (model[c] != reference[c])
            text += fmt::format("  {}: model {}, reference {}\n", cause_names[i], model[c], reference[c]);
    }
    return text;
}

}  // namespace

model_layer run_on_model(test::layer_bench& bench, const layer_case& c, const arch::machine& m) {
    model_layer found;
    const auto image = image_of(c, m);
    if (!image) return model_layer{"the compiler refuses the mapping", 0, 0, {}, {}};
    bench.load(*image, input_of(c));
    const accelerator::layer_report report = bench.run();
    if (report.error != 0) return model_layer{bench.dut.last_error(), 0, 0, {}, {}};
    found.total = report.cycles;
    found.configuration_bits = report.config_bits;
    for (std::size_t i = 0; i < causes; ++i) found.counts.add(static_cast<cause>(i), report.pe_cycles[i]);
    found.outputs = sums_of(bench.output());
    return found;
}

comparison compare(test::layer_bench& bench, const layer_case& c, const arch::machine& m) {
    const model_layer model = run_on_model(bench, c, m);
    if (!model.error.empty()) return {difference::failure, "  model: " + model.error + "\n"};
    stepped_layer stepped;
    try {
        stepped = step_layer(c, m, model.configuration_bits);
    } catch (const std::exception& e) {
        return {difference::failure, fmt::format("  {}\n", e.what())};
    }
    const ledger counts = sum_of(stepped.result.ledgers);
    comparison found;
    found.text = ledger_differences(model.counts, counts);
    if (!found.text.empty()) found.kind = difference::ledgers;
    if (model.total != stepped.result.total) {
        found.kind = difference::total;
        found.text =
            fmt::format("  cycles: model {}, reference {}\n", model.total, stepped.result.total) + found.text;
    }
    if (model.outputs != stepped.outputs) {
        found.kind = difference::values;
        found.text = "  psums differ\n" + found.text;
    }
    return found;
}

layer_case shrink(test::layer_bench& bench, layer_case c, difference kind, const arch::machine& m) {
    constexpr int most_trials = 3000;
    int trials = 0;
    for (bool smaller = true; smaller && trials < most_trials;) {
        smaller = false;
        for (layer_case& candidate : smaller_cases(c, m)) {
            ++trials;
            if (!image_of(candidate, m) || compare(bench, candidate, m).kind != kind) continue;
            c = std::move(candidate);
            smaller = true;
            break;
        }
    }
    return c;
}

}  // namespace eyeriss::reference
