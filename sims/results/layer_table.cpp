#include "sims/results/layer_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eyeriss::sims {
namespace {

/// Cut to a width; what was cut shows.
std::string fit(const std::string& text, std::size_t width) {
    return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

/// "gr" for "grouped multicast" and so on; the legend spells them out.
std::string short_mode(const std::string& mode) {
    return mode.empty() ? "-" : mode.substr(0, 2);
}

/// A number of at most six characters: 999999, 12.3M, 4.56G.
std::string count(std::uint64_t value) {
    if (value < 1000000) {
        return fmt::format("{}", value);
    }
    const double millions = static_cast<double>(value) / 1e6;
    return millions < 1000 ? fmt::format("{:.4g}M", millions) : fmt::format("{:.4g}G", millions / 1e3);
}

double busy_percent(const layer_times& times) {
    const auto& causes = times.pe_cycles;
    const auto all = std::accumulate(causes.begin(), causes.end(), arch::cycle_t{0});
    const auto busy = causes[0] + causes[1] + causes[2];
    return all == 0 ? 0.0 : 100.0 * static_cast<double>(busy) / static_cast<double>(all);
}

std::string exact_mark(const std::optional<bool>& exact) {
    return !exact ? "-" : *exact ? "yes" : "NO";
}

/// Tiles and splits, "M6 C1 S5 c1 r5 v(e4) h(e7)"; layers.csv has the loop order as well.
std::string tiles(std::string mapping) {
    mapping.erase(std::min(mapping.find(" order="), mapping.size()));
    for (const std::string long_name : {"M0=", "C0=", "S0=", "c1=", "r1="}) {
        if (const auto at = mapping.find(long_name); at != std::string::npos) {
            mapping.replace(at + 1, 2, "");
        }
    }
    return mapping;
}

/// Microjoules on the chip, at most six characters.
std::string microjoules(const run_result& run, const layer_result& l) {
    const auto energy = l.on_accelerator ? run.energy_of(l.actions) : std::nullopt;
    return energy ? fmt::format("{:.4g}", energy->on_chip() / 1e6) : "-";
}

std::string line(const run_result& run, const layer_result& l) {
    const bool timed = run.timing == "timed";
    std::string out =
        fmt::format("{:<12} {:<4}", fit(l.name, 12), l.on_accelerator ? fit(l.type, 4) : "core");
    if (timed) {
        out += l.times ? fmt::format(" {:>8} ", l.times->cycles) : fmt::format(" {:>8} ", "-");
        out += l.times && l.on_accelerator ? fmt::format("{:>4.0f}", busy_percent(*l.times))
                                           : fmt::format("{:>4}", "-");
    }
    if (run.energy_table && timed) {
        out += fmt::format(" {:>6}", microjoules(run, l));
    }
    if (l.on_accelerator) {
        out += fmt::format(" {:>6} {:>6} {:>6}", count(l.macs_nominal), count(l.macs_effectual),
                           count((l.dram_read_bytes + l.dram_write_bytes + 512) / 1024));
        out += fmt::format(" {:>3} {}/{}/{} ", exact_mark(l.bit_exact), short_mode(l.modes.iact),
                           short_mode(l.modes.weight), short_mode(l.modes.psum));
        out += fit(tiles(l.mapping), table_columns - out.size());
    } else {
        out += fmt::format(" {:>6} {:>6} {:>6} {:>3} {:<8} {}", "-", "-", "-", exact_mark(l.bit_exact), "-",
                           l.type);
    }
    return out + "\n";
}

std::string totals(const run_result& run, const arch::machine& machine) {
    std::uint64_t nominal = 0;
    std::uint64_t effectual = 0;
    std::uint64_t dram = 0;
    std::uint64_t overflows = 0;
    for (const auto& l : run.layers) {
        nominal += l.macs_nominal;
        effectual += l.macs_effectual;
        dram += l.dram_read_bytes + l.dram_write_bytes;
        overflows += l.psum_overflows;
    }
    std::string out =
        fmt::format("MACs {:.3f} M nominal, {:.3f} M effectual; DRAM {:.3f} MB; psum overflows {}\n",
                    static_cast<double>(nominal) / 1e6, static_cast<double>(effectual) / 1e6,
                    static_cast<double>(dram) / 1e6, overflows);
    if (run.timing == "timed") {
        const double hertz = machine.clock_mhz * 1e6;
        const auto cycles = run.cycles_accelerator();
        out += fmt::format("cycles {} on the accelerator, {:.0f} in all ({:.3f} ms)", cycles,
                           run.simulated_seconds * hertz, run.simulated_seconds * 1e3);
        if (run.complete && cycles > 0) {
            out += fmt::format("; {:.1f} inferences/s", hertz / static_cast<double>(cycles));
        }
        out += "\n";
    }
    return out;
}

std::string energy_totals(const run_result& run) {
    const auto energy = run.energy_of(run.actions());
    if (!energy || energy->on_chip() <= 0) {
        return "";
    }
    const double on_chip = energy->on_chip();
    std::string out = fmt::format("energy {:.1f} uJ on chip (NoC {:.1f} %), DRAM {:.1f} uJ", on_chip / 1e6,
                                  100 * (*energy)[energy::component::noc] / on_chip, energy->dram() / 1e6);
    if (run.complete) {
        out += fmt::format("; {:.1f} inferences/J", 1e12 / on_chip);
    }
    return fit(out, table_columns) + "\n";
}

std::string verdict(const run_result& run) {
    const auto exact = run.bit_exact();
    std::string out = !exact   ? "outputs not all compared"
                      : *exact ? "every layer's output equals the reference, bit for bit"
                               : "OUTPUTS DIFFER from the reference";
    if (!run.complete) {
        out += fmt::format("; incomplete, stopped by {}", run.stopped_by);
    }
    return fit(out, table_columns) + "\n";
}

}  // namespace

std::string layer_table(const run_result& run, const arch::machine& machine, const text_styles& styles) {
    const auto styled = [&](std::string_view style, const std::string& text) {
        return style.empty() ? text
                             : fmt::format("{}{}{}\n", style, text.substr(0, text.size() - 1), styles.plain);
    };
    const bool timed = run.timing == "timed";
    std::string out =
        fit(fmt::format("{} on {}, {}", run.network, machine.name, run.timing), table_columns) + "\n";
    auto head = fmt::format("{:<12} {:<4}", "layer", "type");
    if (timed) {
        head += fmt::format(" {:>8} {:>4}", "cycles", "PE%");
    }
    if (run.energy_table && timed) {
        head += fmt::format(" {:>6}", "uJ");
    }
    head +=
        fmt::format(" {:>6} {:>6} {:>6} {:>3} {:<8} {}\n", "MACs", "effect", "KiB", "ok", "i/w/p", "mapping");
    out += styled(styles.bold, head);
    for (const auto& l : run.layers) {
        out += styled(l.bit_exact == false ? styles.bad : std::string_view(), line(run, l));
    }
    out += "i/w/p: NoC modes of iact, weight, psum: un(icast) gr(ouped) in(terleaved) br(oadcast)\n";
    return out + totals(run, machine) + energy_totals(run) +
           styled(run.complete && run.bit_exact() == true ? styles.good : styles.bad, verdict(run));
}

}  // namespace eyeriss::sims
