#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "firmware/driver/errors.h"
#include "models/abi/registers.h"
#include "sims/commands/reliability.h"

namespace eyeriss::sims {
namespace {

using p = protection;
using c = coverage;

std::vector<fault_claim> make_claims() {
    std::vector<fault_claim> list;
    const auto add = [&](std::string_view family, p with, c covered, std::vector<std::string_view> reports) {
        list.push_back({family, with, covered, std::move(reports)});
    };
    for (const bool twice : {false, true}) {
        const std::string_view tables = twice ? "dram-flip in tables, 2 bits" : "dram-flip in tables";
        const std::string_view weights = twice ? "dram-flip in weights, 2 bits" : "dram-flip in weights";
        const std::string_view maps = twice ? "dram-flip in maps, 2 bits" : "dram-flip in maps";
        const std::string_view glb = twice ? "glb-flip, 2 bits" : "glb-flip";
        const auto bits = [&](std::vector<std::string_view> reports) {
            return twice ? std::move(reports) : std::vector<std::string_view>{};
        };
        // Once opened, a changed table leads driver or accelerator astray before its checksum is looked at.
        add(tables, p::none, c::before_run,
            {"IMAGE_*", "TENSOR_*", "LAYER_*", "DESCRIPTOR_*", "code 1", "code 2", "code 3", "code 4",
             "code 6", "code 7", "code 8", "trap 5", "trap 7"});
        add(tables, p::checksums, c::always,
            {"IMAGE_*", "TENSOR_*", "LAYER_*", "DESCRIPTOR_*", "MAP_CHECKSUM", "OUTPUT_DIFFERS", "code 1",
             "code 2", "code 3", "code 4", "code 6", "code 7", "code 8", "trap 5", "trap 7"});
        add(tables, p::check_bits, c::always, bits({"code 15", "trap 5"}));
        add(weights, p::none, c::always, {"code 7"});
        add(weights, p::checksums, c::always, {"code 7"});
        add(weights, p::check_bits, c::always, bits({"code 15"}));
        add(maps, p::none, c::no, {"code 8", "TENSOR_DATA"});
        add(maps, p::checksums, c::from_start, {"MAP_CHECKSUM", "OUTPUT_DIFFERS", "code 8", "TENSOR_DATA"});
        add(maps, p::check_bits, c::always, bits({"code 15", "trap 5", "trap 7"}));
        add(glb, p::none, c::no, {"code 8"});
        add(glb, p::checksums, c::always, {"OUTPUT_DIFFERS", "code 8"});
        add(glb, p::check_bits, c::always, bits({"code 15"}));
    }
    const auto add_all = [&](std::string_view family, const std::vector<std::string_view>& reports) {
        for (const auto with : {p::none, p::checksums, p::check_bits}) add(family, with, c::always, reports);
    };
    add("descriptor-flip", p::none, c::always, {"code 1", "code 2", "code 3", "code 4"});
    add("descriptor-flip", p::checksums, c::always, {"code 1", "code 2", "code 3", "code 4"});
    add("descriptor-flip", p::check_bits, c::always, {});
    add("spad-flip", p::none, c::no, {"code 8"});
    add("spad-flip", p::checksums, c::always, {"OUTPUT_DIFFERS", "code 8"});
    add("spad-flip", p::check_bits, c::no, {"code 8"});
    add_all("bus-error", {"code 6", "trap 5", "trap 7"});
    add_all("stuck", {"code 14"});
    add_all("dma-stall", {"code 14"});
    add_all("clock-gate", {"code 14"});
    add_all("irq-lost", {});
    add_all("irq-spurious", {});
    add_all("irq-late", {});
    std::ranges::stable_sort(list, {}, [&](const fault_claim& x) {
        return std::ranges::find(list, x.family, &fault_claim::family) - list.begin();
    });
    return list;
}

bool matches(std::string_view pattern, std::string_view report) {
    return pattern.ends_with('*') ? report.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : report == pattern;
}

/// A descriptor's first words have codes of their own, the others its checksum's.
std::string descriptor_code(unsigned word) {
    constexpr std::array own{EYERISS_ERR_DESC_MAGIC, EYERISS_ERR_DESC_VERSION, EYERISS_ERR_DESC_SIZE};
    return fmt::format("code {}",
                       static_cast<unsigned>(word < own.size() ? own.at(word) : EYERISS_ERR_DESC_CRC));
}

bool allows(const fault_scenario& s, std::string_view report) {
    const auto& claim = s.claimed();
    if (claim.family == "descriptor-flip" && !claim.reports.empty()) {
        return report == descriptor_code(s.faults.front().word);
    }
    return std::ranges::any_of(claim.reports, [&](auto pattern) { return matches(pattern, report); });
}

/// The driver's result with this text, by its name; the text itself where there is none.
std::string result_named(std::string_view text) {
    struct result {
        std::string_view name, text;
    };
#define EYERISS_RESULT_(name, class, text) {#name, text},
    static constexpr std::array results{std::to_array<result>({EYERISS_DRIVER_ERRORS(EYERISS_RESULT_)})};
#undef EYERISS_RESULT_
    const auto found = std::ranges::find(results, text, &result::text);
    return std::string(found == results.end() ? text : found->name);
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto begin = text.find(before);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin + before.size());
    return text.substr(0, text.find(after));
}

/// Of a line "error: [at N [(NAME)]: ]TEXT: code C, ..." or "...TEXT; found ...".
std::string error_in(std::string_view line) {
    if (const auto code = between(line, ": code ", ","); !code.empty()) return fmt::format("code {}", code);
    line.remove_prefix(std::string_view("error: ").size());
    if (line.starts_with("at ")) line.remove_prefix(std::min(line.find(": ") + 2, line.size()));
    return result_named(line.substr(0, line.find("; found ")));
}

std::string trap_in(std::string_view line) {
    const auto cause = between(line, "mcause 0x", ")");
    unsigned number = 0;
    std::from_chars(cause.data(), cause.data() + cause.size(), number, 16);
    return fmt::format("trap {}", number);
}

}  // namespace

const std::vector<fault_claim>& fault_claims() {
    static const std::vector<fault_claim> list = make_claims();
    return list;
}

std::string reports_text(const fault_claim& claim) {
    return claim.reports.empty() ? "none" : fmt::format("{}", fmt::join(claim.reports, ", "));
}

firmware_reports read_reports(std::string_view uart) {
    firmware_reports out;
    while (!uart.empty()) {
        const auto line = uart.substr(0, uart.find('\n'));
        uart.remove_prefix(std::min(line.size() + 1, uart.size()));
        if (line.starts_with("error: ")) out.error = error_in(line);
        if (line.starts_with("trap: ")) out.error = trap_in(line);
        if (line.starts_with("recovered: ")) out.recovered.emplace_back(between(line, " after ", " ("));
    }
    return out;
}

fault_verdict classify(const fault_scenario& s, const network_run& run) {
    const auto& stop = run.result.stopped_by;
    if (stop != "firmware") return {fault_outcome::hang, stop};
    const auto said = read_reports(run.uart);
    const auto wrong =
        std::ranges::find_if(said.recovered, [&](const auto& report) { return !allows(s, report); });
    if (wrong != said.recovered.end()) return {fault_outcome::wrong_code, *wrong};
    if (run.result.guest_exit_code != 0) {
        return {allows(s, said.error) ? fault_outcome::reported : fault_outcome::wrong_code, said.error};
    }
    if (!run.output_exact) return {fault_outcome::silent, {}};
    if (!said.recovered.empty()) return {fault_outcome::recovered, said.recovered.back()};
    return {run.corrected_words != 0 ? fault_outcome::corrected : fault_outcome::masked, {}};
}

bool is_failure(const fault_scenario& s, const fault_verdict& v) {
    if (v.outcome == fault_outcome::silent) return s.covered;
    return v.outcome >= fault_outcome::wrong_code;
}

std::string campaign_markdown(const std::string& command, const outcome_counts& counts) {
    std::string text = fmt::format(
        "Made by `{}`.\n\n| fault | protection | silence is a failure | reports that are right", command);
    for (const auto name : fault_outcome_names) text += fmt::format(" | {}", name);
    text += " |\n|---|---|---|---|";
    for (std::size_t i = 0; i < fault_outcome_names.size(); ++i) text += "--:|";
    text += "\n";
    std::array<std::uint64_t, fault_outcome_names.size()> sums{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto& claim = fault_claims().at(i);
        for (std::size_t k = 0; k < sums.size(); ++k) sums.at(k) += counts[i].at(k);
        if (std::ranges::all_of(counts[i], [](auto n) { return n == 0; })) continue;
        text += fmt::format("| {} | {} | {} | {} | {} |\n", claim.family,
                            protection_names.at(static_cast<std::size_t>(claim.with)),
                            coverage_names.at(static_cast<std::size_t>(claim.covered)), reports_text(claim),
                            fmt::join(counts[i], " | "));
    }
    return text + fmt::format("| all | | | | {} |\n", fmt::join(sums, " | "));
}

}  // namespace eyeriss::sims
