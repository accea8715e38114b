#include "tests/reference/layer_comparison.h"

#include <fmt/format.h>

namespace eyeriss::reference {
namespace {

std::vector<std::int64_t> sums_of(std::span<const std::uint8_t> bytes) {
    std::vector<std::int64_t> sums;
    for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
        std::uint32_t word = 0;
        for (std::size_t b = 0; b < 4; ++b) word |= std::uint32_t{bytes[i + b]} << (8 * b);
        sums.push_back(static_cast<std::int32_t>(word));
    }
    return sums;
}

std::vector<port_counts> in_our_terms(const std::vector<arch::timing::port_ledger>& ports) {
    std::vector<port_counts> counts;
    counts.reserve(ports.size());
    for (const auto& p : ports) counts.push_back({p.busy, p.stalled, p.idle});
    return counts;
}

std::string pe_differences(const std::vector<ledger>& model, const std::vector<ledger>& reference) {
    std::string text;
    for (std::size_t pe = 0; pe < reference.size(); ++pe)
        for (std::size_t i = 0; i < causes; ++i) {
            const auto c = static_cast<cause>(i);
            if (model[pe][c] != reference[pe][c])
                text += fmt::format("  PE {}, {}: model {}, reference {}\n", pe, cause_names[i], model[pe][c],
                                    reference[pe][c]);
        }
    return text;
}

std::string port_difference(std::string_view kind, std::size_t port, const port_counts& model,
                            const port_counts& reference) {
    if (model == reference) return {};
    return fmt::format("  {} {}: busy, stalled, idle: model {} {} {}, reference {} {} {}\n", kind, port,
                       model.busy, model.stalled, model.idle, reference.busy, reference.stalled,
                       reference.idle);
}

std::string port_differences(std::string_view kind, const std::vector<port_counts>& model,
                             const std::vector<port_counts>& reference) {
    std::string text;
    for (std::size_t i = 0; i < reference.size(); ++i)
        text += port_difference(kind, i, model[i], reference[i]);
    return text;
}

std::string psum_differences(const model_layer& model, const stepped_layer& stepped) {
    std::string text;
    for (std::size_t i = 0; i < stepped.chains.size(); ++i) {
        const chain_program& c = stepped.chains[i];
        if (c.passes.empty()) continue;
        text += port_difference("psums into PEs at router", c.in_port, model.psums_in[c.in_port],
                                stepped.result.psums_in[i]);
        text += port_difference("psums out of PEs at router", c.out_port, model.psums_out[c.out_port],
                                stepped.result.psums_out[i]);
    }
    return text;
}

model_layer failed(std::string why) {
    model_layer layer;
    layer.error = std::move(why);
    return layer;
}

}  // namespace

model_layer run_on_model(test::layer_bench& bench, const layer_case& c, const arch::machine& m) {
    model_layer found;
    const auto image = image_of(c, m);
    if (!image) return failed("the compiler refuses the mapping");
    bench.load(*image, input_of(c));
    const accelerator::layer_report report = bench.run();
    if (report.error != 0) return failed(bench.dut.last_error());
    found.total = report.cycles;
    found.configuration_bits = report.config_bits;
    for (const arch::timing::ledger& l : report.ledgers.pes) {
        ledger& pe = found.pes.emplace_back();
        for (std::size_t i = 0; i < causes; ++i) pe.add(static_cast<cause>(i), l[i]);
    }
    found.banks = in_our_terms(report.iact_fill);
    found.iacts = in_our_terms(report.ledgers.iact);
    found.weights = in_our_terms(report.ledgers.weight);
    found.psums_in = in_our_terms(report.ledgers.psum_in);
    found.psums_out = in_our_terms(report.ledgers.psum_out);
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
    comparison found;
    const run_result& r = stepped.result;
    found.text = pe_differences(model.pes, from_the_top(r.ledgers, m.noc.pe_rows, m.noc.pe_cols));
    if (!found.text.empty()) found.kind = difference::ledgers;
    const std::string ports =
        port_differences("bank", model.banks, r.banks) + port_differences("iact port", model.iacts, r.iacts) +
        port_differences("weight port", model.weights, from_the_top(r.weights, m.noc.pe_rows, 1)) +
        psum_differences(model, stepped);
    if (found.text.empty() && !ports.empty()) found.kind = difference::ports;
    found.text += ports;
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
