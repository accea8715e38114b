#include "sims/validate/run_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "platform/machine_file.h"
#include "sims/inputs/places.h"
#include "sims/support/cache.h"
#include "sims/support/child.h"
#include "sims/support/parallel.h"
#include "sims/support/sha256.h"

namespace eyeriss::sims::validate {
namespace fs = std::filesystem;
namespace {

using json = nlohmann::json;

/// M0 of a mapping's text, "M0=16 C0=8 ...".
unsigned tile_channels(const std::string& mapping) {
    if (!mapping.starts_with("M0=")) {
        throw std::runtime_error(fmt::format("mapping '{}': expects M0=... at its beginning", mapping));
    }
    return static_cast<unsigned>(std::stoul(mapping.substr(3)));
}

layer_facts read_layer(const json& l) {
    layer_facts out;
    out.name = l.at("name");
    out.type = l.at("type");
    out.shape = parse_shape(l.at("shape"));
    out.m0 = tile_channels(l.at("mapping"));
    out.cycles = l.at("cycles");
    out.macs_nominal = l.at("macs_nominal");
    out.macs_effectual = l.at("macs_effectual");
    out.dram_read_bytes = l.at("bytes").at("dram_read");
    out.dram_write_bytes = l.at("bytes").at("dram_write");
    out.pe_cycles = l.at("pe_cycles").get<std::map<std::string, std::uint64_t>>();
    const auto all = std::accumulate(out.pe_cycles.begin(), out.pe_cycles.end(), std::uint64_t{0},
                                     [](std::uint64_t sum, const auto& c) { return sum + c.second; });
    const auto idle = out.pe_cycles.at("not_mapped");
    out.active_pes = all == 0 ? 1 : 1 - static_cast<double>(idle) / static_cast<double>(all);
    return out;
}

template <typename Field>
std::uint64_t sum_of(const std::vector<layer_facts>& layers, Field field) {
    return std::accumulate(layers.begin(), layers.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, const layer_facts& l) { return sum + l.*field; });
}

}  // namespace

std::string run_key::text() const {
    auto out = fmt::format("{} on {}", network, machine);
    if (!settings.empty()) {
        out += fmt::format(" with {}", fmt::join(settings, ", "));
    }
    return pinned ? out + ", mappings pinned" : out;
}

arch::layer_shape parse_shape(const std::string& words) {
    arch::layer_shape s;
    unsigned e = 0;
    unsigned f = 0;
    char x = 0;
    std::istringstream in(words);
    const auto letter = [&](char name, unsigned& value) {
        char found = 0;
        if (!(in >> found >> value) || found != name) {
            throw std::runtime_error(fmt::format("shape '{}': expects {} and a number", words, name));
        }
    };
    letter('G', s.groups);
    letter('N', s.batch);
    letter('M', s.m);
    letter('C', s.c);
    letter('H', s.h);
    letter('W', s.w);
    letter('R', s.r);
    letter('S', s.s);
    letter('E', e);
    letter('F', f);
    std::string stride;
    std::string pad;
    char comma = 0;
    in >> stride >> s.stride_h >> x >> s.stride_w >> pad >> s.pad_top >> comma >> s.pad_left >> comma >>
        s.pad_bottom >> comma >> s.pad_right;
    if (!in || stride != "stride" || pad != "pad" || s.e() != e || s.f() != f) {
        throw std::runtime_error(
            fmt::format("shape '{}': expects stride, pads and outputs that agree", words));
    }
    return s;
}

run_facts read_summary(const run_key& key, const json& summary) {
    run_facts out;
    out.key = key;
    out.bit_exact = summary.at("bit_exact") == true;
    out.cycles = summary.at("cycles_accelerator");
    for (const auto& l : summary.at("layers")) {
        if (l.at("runs_on") == "accelerator") {
            out.layers.push_back(read_layer(l));
        }
    }
    out.dram_bytes = sum_of(out.layers, &layer_facts::dram_read_bytes) +
                     sum_of(out.layers, &layer_facts::dram_write_bytes);
    out.summary = summary;
    return out;
}

std::uint64_t run_facts::effectual() const {
    return sum_of(layers, &layer_facts::macs_effectual);
}

std::uint64_t run_facts::nominal() const {
    return sum_of(layers, &layer_facts::macs_nominal);
}

std::uint64_t run_facts::dram_bytes_of(const std::string& type) const {
    std::uint64_t bytes = 0;
    for (const auto& l : layers) {
        bytes += l.type == type ? l.dram_read_bytes + l.dram_write_bytes : 0;
    }
    return bytes;
}

double run_facts::active_pes() const {
    double weighted = 0;
    for (const auto& l : layers) {
        weighted += l.active_pes * static_cast<double>(l.cycles);
    }
    return cycles == 0 ? 0 : weighted / static_cast<double>(cycles);
}

arch::machine run_set::machine_of(const run_key& key) {
    return platform::read_machine(machine_file(key.machine), key.settings).machine;
}

fs::path run_set::results_of(const run_key& key) const {
    sha256 hash;
    hash.add(key.text());
    return scratch() / fmt::format("{}-{}", key.network, hash.hex().substr(0, 16));
}

run_facts run_set::simulate(const run_key& key) const {
    std::vector<std::string> words{
        "run",     "--network", key.network, "--machine", key.machine,
        "--quiet", "--cache",   cache_,      "--out",     results_of(key).string()};
    for (const auto& setting : key.settings) {
        words.insert(words.end(), {"--set", setting});
    }
    if (key.pinned) {
        const run_key base{key.network, key.machine, {}, false};
        words.insert(words.end(), {"--mapping", (results_of(base) / "mappings.yaml").string()});
    }
    const auto child = run_self(words);
    if (child.exit_code != 0) {
        throw std::runtime_error(
            fmt::format("{}: the run ended with exit code {}: expects a complete, "
                        "bit-exact run",
                        key.text(), child.exit_code));
    }
    // Not from standard output, where SystemC's own remarks may stand before it.
    const auto text = read_bytes(results_of(key) / "summary.json");
    auto facts = read_summary(key, json::parse(text.begin(), text.end()));
    if (!facts.bit_exact) {
        throw std::runtime_error(fmt::format("{}: an output differs from the reference", key.text()));
    }
    return facts;
}

void run_set::fetch(std::span<const run_key> keys) {
    std::vector<run_key> bases;
    for (const auto& key : keys) {
        if (key.pinned) {
            bases.push_back({key.network, key.machine, {}, false});
        }
    }
    fetch_all(bases);
    fetch_all(keys);
}

void run_set::fetch_all(std::span<const run_key> keys) {
    std::vector<run_key> missing;
    for (const auto& key : keys) {
        const bool known =
            done_.contains(key) || std::find(missing.begin(), missing.end(), key) != missing.end();
        if (!known) {
            missing.push_back(key);
        }
    }
    std::vector<run_facts> found(missing.size());
    in_parallel(missing.size(), workers_, [&](std::size_t i) {
        if (progress_) {
            fmt::print(stderr, "{}\n", missing[i].text());
        }
        found[i] = simulate(missing[i]);
    });
    for (auto& facts : found) {
        const auto key = facts.key;
        done_.emplace(key, std::move(facts));
    }
}

const run_facts& run_set::get(const run_key& key) {
    fetch(std::span(&key, 1));
    return done_.at(key);
}

}  // namespace eyeriss::sims::validate
