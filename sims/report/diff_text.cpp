#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "sims/report/diff.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t columns = 100;
constexpr double half_a_cycle = 0.5;  // less prints as 0

/// Text cut to a width in bytes, with two dots where something is missing.
std::string fit(std::string text, std::size_t width) {
    if (text.size() > width) {
        text.resize(width - 2);
        text += "..";
    }
    return text;
}

/// The end of a path says more than its beginning.
std::string fit_end(const std::string& text, std::size_t width) {
    return text.size() <= width ? text : ".." + text.substr(text.size() - (width - 2));
}

std::string line(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return fit(std::move(text), columns) + "\n";
}

std::string shown(const json& value) {
    return value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : value.dump();
}

std::string number(const json& value) {
    if (!value.is_number()) {
        return "-";
    }
    const auto v = value.get<double>();
    return v == std::floor(v) && std::abs(v) < 1e15 ? fmt::format("{:.0f}", v) : fmt::format("{:.4g}", v);
}

std::string change(const json& a, const json& b) {
    if (!a.is_number() || !b.is_number()) {
        return "-";
    }
    const double by = b.get<double>() - a.get<double>();
    return by == 0 ? "=" : by == std::floor(by) ? fmt::format("{:+.0f}", by) : fmt::format("{:+.4g}", by);
}

std::string share(const json& a, const json& b) {
    if (!a.is_number() || !b.is_number() || a.get<double>() == 0) {
        return "";
    }
    const double percent = 100 * (b.get<double>() / a.get<double>() - 1);
    return percent == 0 ? "" : fmt::format("{:+.1f}%", percent);
}

std::string run_line(std::string_view letter, const json& run) {
    const auto what = fmt::format("{}  {} on {}, {}: ", letter, shown(run["network"]), shown(run["machine"]),
                                  shown(run["timing"]));
    const auto room = what.size() + 20 < columns ? columns - what.size() : 20;
    return line(what + fit_end(shown(run["place"]), room));
}

std::string changes(const json& comparison, const char* list, const char* name, std::string_view title) {
    if (comparison[list].empty()) {
        return fmt::format("no {} changed\n", title);
    }
    std::string out = fmt::format("changed {}\n", title);
    for (const auto& c : comparison[list]) {
        // Texts that would be cut before they differ go on two lines.
        const auto before = shown(c["a"]);
        const auto after = c["a"] == c["b"] ? "other bytes" : shown(c["b"]);
        const auto one = fmt::format("  {:<24} {} -> {}", shown(c[name]), before, after);
        if (one.size() <= columns) {
            out += one + "\n";
        } else {
            out += line(fmt::format("  {:<16} A {}", shown(c[name]), before));
            out += line(fmt::format("  {:<16} B {}", "", after));
        }
    }
    return out;
}

std::string causes_text(const json& causes) {
    std::string out;
    for (const auto& [cause, by] : causes.items()) {
        const double cycles = by.get<double>();
        if (std::abs(cycles) >= half_a_cycle) {
            out += fmt::format("{}{} {:+.0f}", out.empty() ? "" : ", ", cause, cycles);
        }
    }
    return out;
}

std::string totals_text(const json& comparison) {
    std::string out = line(fmt::format("{:<28} {:>14} {:>14} {:>14}", "totals", "A", "B", "change"));
    for (const auto& t : comparison["totals"]) {
        out += line(fmt::format("  {:<26} {:>14} {:>14} {:>14} {:>9}", shown(t["name"]), number(t["a"]),
                                number(t["b"]), change(t["a"], t["b"]), share(t["a"], t["b"])));
    }
    return out;
}

std::string layers_text(const json& comparison) {
    std::string out = fmt::format("{:<16} {:>9} {:>9} {:>9} {:>8}  {}\n", "layer", "A cycles", "B cycles",
                                  "change", "", "causes, cycles");
    for (const auto& l : comparison["layers"]) {
        const auto& cycles = l["cycles"];
        out += line(fmt::format("{:<16} {:>9} {:>9} {:>9} {:>8}  {}", fit(shown(l["name"]), 16),
                                number(cycles[0]), number(cycles[1]), change(cycles[0], cycles[1]),
                                share(cycles[0], cycles[1]), causes_text(l["causes"])));
    }
    return out;
}

}  // namespace

std::string diff_text(const json& comparison) {
    std::string out = run_line("A", comparison["a"]) + run_line("B", comparison["b"]);
    if (comparison["a"]["commit"] != comparison["b"]["commit"]) {
        out += line(fmt::format("made by {} and by {}", shown(comparison["a"]["commit"]),
                                shown(comparison["b"]["commit"])));
    }
    out += changes(comparison, "parameters", "key", "parameters");
    out += changes(comparison, "inputs", "role", "inputs");
    out += changes(comparison, "mappings", "layer", "mappings");
    out += totals_text(comparison);
    if (!comparison["causes"].empty()) {
        out += "causes, cycles\n";
        for (const auto& [cause, by] : comparison["causes"].items()) {
            if (std::abs(by.get<double>()) >= half_a_cycle) {
                out += fmt::format("  {:<26} {:>+14.0f}\n", cause, by.get<double>());
            }
        }
    }
    return out + layers_text(comparison);
}

}  // namespace eyeriss::sims
