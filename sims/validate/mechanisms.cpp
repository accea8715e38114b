#include "sims/validate/mechanisms.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "sims/validate/figure.h"

namespace eyeriss::sims::validate {
namespace {

using causes = std::map<std::string, std::uint64_t>;

bool is_work(const std::string& cause) {
    static const std::set<std::string> work{"both_lanes", "one_lane", "stored_zero"};
    return work.contains(cause);
}

double all_of(const causes& ledger) {
    return static_cast<double>(std::accumulate(ledger.begin(), ledger.end(), std::uint64_t{0},
                                               [](auto sum, const auto& c) { return sum + c.second; }));
}

causes ledger_of(const run_facts& run) {
    causes sum;
    for (const auto& layer : run.layers) {
        for (const auto& [cause, cycles] : layer.pe_cycles) {
            sum[cause] += cycles;
        }
    }
    return sum;
}

/// Causes of loss, the largest first; equal ones by name.
std::vector<std::pair<std::string, std::uint64_t>> losses(const causes& ledger) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    std::copy_if(ledger.begin(), ledger.end(), std::back_inserter(out),
                 [](const auto& c) { return !is_work(c.first) && c.second > 0; });
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return out;
}

std::string share_text(const std::pair<std::string, std::uint64_t>& cause, double all) {
    return fmt::format("{} {:.1f} %", cause_text(cause.first), 100 * static_cast<double>(cause.second) / all);
}

}  // namespace

std::string cause_text(const std::string& cause) {
    static const std::map<std::string, std::string> words{
        {"both_lanes", "both lanes"},
        {"one_lane", "one lane"},
        {"stored_zero", "stored zeros"},
        {"bubble", "pipeline bubbles"},
        {"loading_weights", "loading weights"},
        {"psum_ports", "psums moving through the SPad's ports"},
        {"wait_iact", "waiting for iacts"},
        {"wait_weight", "waiting for weights"},
        {"wait_psum_in", "waiting for psums from below"},
        {"wait_psum_out", "waiting for room for psums"},
        {"wait_config", "waiting for configuration"},
        {"wait_dram", "waiting for off-chip data"},
        {"finished_early", "PEs done before the others"},
        {"not_mapped", "PEs without work in the mapping"}};
    const auto found = words.find(cause);
    return found == words.end() ? cause : found->second;
}

double working_share(const run_facts& run) {
    const auto ledger = ledger_of(run);
    double work = 0;
    for (const auto& [cause, cycles] : ledger) {
        work += is_work(cause) ? static_cast<double>(cycles) : 0;
    }
    const double all = all_of(ledger);
    return all == 0 ? 0 : work / all;
}

std::string losses_text(const run_facts& run, std::size_t count) {
    const auto ledger = ledger_of(run);
    auto out = fmt::format("lanes work in {:.1f} % of the PE-cycles; lost to ", 100 * working_share(run));
    const auto lost = losses(ledger);
    for (std::size_t i = 0; i < std::min(count, lost.size()); ++i) {
        out += (i == 0 ? "" : ", ") + share_text(lost[i], all_of(ledger));
    }
    return out;
}

std::string loss_cycles_text(const run_facts& run, unsigned pes, std::size_t count) {
    std::string out;
    const auto lost = losses(ledger_of(run));
    for (std::size_t i = 0; i < std::min(count, lost.size()); ++i) {
        out += fmt::format("{}{} {}", i == 0 ? "" : ", ", cause_text(lost[i].first),
                           number_text(static_cast<double>(lost[i].second) / pes));
    }
    return out;
}

std::string largest_loss(const layer_facts& layer) {
    const auto lost = losses(layer.pe_cycles);
    return lost.empty() ? "none" : share_text(lost.front(), all_of(layer.pe_cycles));
}

}  // namespace eyeriss::sims::validate
