#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "models/arch/eyeriss_v1.h"
#include "platform/machine_file.h"
#include "sims/inputs/mapping_file.h"
#include "sims/inputs/npy.h"
#include "sims/inputs/places.h"
#include "sims/support/cache.h"
#include "sims/support/child.h"
#include "sims/validate/mechanisms.h"
#include "sims/validate/published.h"
#include "sims/validate/topic.h"

namespace eyeriss::sims::validate {
namespace fs = std::filesystem;
namespace {

constexpr const char* chip = "eyeriss_v1";

/// Values in turn; what they are changes no cycle of a dense PE, and small ones keep sums within a psum.
npy_array filled(npy_type type, std::vector<std::size_t> shape, const std::vector<std::uint8_t>& turn) {
    npy_array out{type, std::move(shape), {}};
    out.bytes.resize(out.elements());
    for (std::size_t i = 0; i < out.bytes.size(); ++i) {
        out.bytes[i] = turn[i % turn.size()];
    }
    return out;
}

/// Simulates a layer of the chip's AlexNet under its published mapping, batch 4.
run_facts simulate(const arch::v1_layer& layer, const arch::v1_mapping& map, const fs::path& scratch) {
    const auto machine = platform::read_machine(machine_file(chip), {}).machine;
    const auto folder = scratch / fmt::format("v1_{}", layer.name);
    fs::create_directories(folder);
    const auto& s = layer.shape;
    write_npy(folder / "i.npy", filled(npy_type::u8, {s.batch, s.channels_in(), s.h, s.w}, {1, 0, 2, 3, 1}));
    write_npy(folder / "w.npy", filled(npy_type::i8, {s.channels_out(), s.c, s.r, s.s}, {1, 255, 1}));
    std::istringstream lines(mapping_text(arch::v1_to_mapping(map, s, machine)));
    std::ofstream mapping(folder / "mapping.yaml");
    mapping << "layer:\n";
    for (std::string line; std::getline(lines, line);) {
        mapping << "  " << line << "\n";
    }
    mapping.close();
    const auto child =
        run_self({"layer", "--quiet", "--machine", chip, "--iact", (folder / "i.npy").string(), "--weight",
                  (folder / "w.npy").string(), "--stride", fmt::format("{}", s.stride_h), "--pad",
                  fmt::format("{}", s.pad_top), "--groups", fmt::format("{}", s.groups), "--mapping",
                  (folder / "mapping.yaml").string(), "--out", (folder / "out").string()});
    if (child.exit_code != 0) {
        throw std::runtime_error(
            fmt::format("{} on {}: the run ended with exit code {}: expects a complete, "
                        "bit-exact run",
                        layer.name, chip, child.exit_code));
    }
    const auto summary = read_bytes(folder / "out" / "summary.json");
    return read_summary({std::string(layer.name), chip, {}, {}},
                        nlohmann::json::parse(summary.begin(), summary.end()));
}

/// The chip's layers, each simulated once.
class chip_runs {
public:
    const run_facts& get(const arch::v1_layer& layer, run_set& runs) {
        return get(layer, layer.map, std::string(layer.name), runs);
    }
    const run_facts& get(const arch::v1_layer& layer, const arch::v1_mapping& map, const std::string& name,
                         run_set& runs) {
        const auto found = done_.find(name);
        return found != done_.end()
                   ? found->second
                   : done_.emplace(name, simulate(layer, map, runs.scratch() / name)).first->second;
    }

private:
    std::map<std::string, run_facts> done_;
};

/// CONV3's published time and GLB traffic do not go with its published mapping (q 4, r 1): they are what
/// CONV4's (q 3, r 2) gives. What that one would give CONV3 belongs into its explanation.
constexpr std::string_view doubtful_layer = "conv3";

const arch::v1_mapping& mapping_of_the_next() {
    return arch::v1_alexnet().at(3).map;
}

double milliseconds(const run_facts& run) {
    const double clock_mhz = run_set::machine_of({"", chip, {}, {}}).clock_mhz;
    return static_cast<double>(run.cycles) / (clock_mhz * 1e3);
}

figure time_figure(const std::string& id, const run_facts& run, const std::string& remark) {
    auto f = published(id);
    f.model = milliseconds(run);
    f.explanation = losses_text(run) + remark;
    return f;
}

figure glb_figure(const std::string& id, const arch::v1_layer& layer, const arch::v1_mapping& map,
                  const std::string& remark) {
    auto f = published(id);
    f.model = arch::v1_glb_bytes(map, layer.shape) / 1e6;
    const unsigned channels = map.q * map.r;
    f.explanation = fmt::format(
        "each iact fetched is written once and read by m/(p t) passes, psums go out and back once a pass "
        "over "
        "channels, of which there are {}{}",
        (layer.shape.c + channels - 1) / channels, remark);
    return f;
}

figure count_figure(const std::string& id, double value, const std::string& mechanism) {
    auto f = published(id);
    f.model = value;
    f.explanation = mechanism;
    return f;
}

figure_rule total_rule(const std::shared_ptr<chip_runs>& done) {
    return {"v1.total.processing", {}, [=](run_set& runs) {
                auto f = published("v1.total.processing");
                for (const auto& layer : arch::v1_alexnet()) {
                    f.model += milliseconds(done->get(layer, runs));
                }
                f.explanation = "the sum of the five layers above";
                return f;
            }};
}

std::string doubtful_time_text(const arch::v1_layer& layer) {
    const auto& other = mapping_of_the_next();
    return fmt::format(
        "; the published mapping (q {}, r {}, t {}) makes one PE set wait for {} channels' iacts on one bus; "
        "under CONV4's (q {}, r {}, t {}) the time is what was published",
        layer.map.q, layer.map.r, layer.map.t, layer.map.q, other.q, other.r, other.t);
}

/// The doubtful layer once more under the next layer's mapping.
void add_other_mapping(const arch::v1_layer& layer, const std::shared_ptr<chip_runs>& done,
                       std::vector<figure_rule>& out) {
    const auto time = fmt::format("v1.{}.processing_conv4_mapping", layer.name);
    const auto glb = fmt::format("v1.{}.glb_conv4_mapping", layer.name);
    const auto* where = &layer;
    out.push_back({time, {}, [=](run_set& runs) {
                       return time_figure(
                           time, done->get(*where, mapping_of_the_next(), "conv3_conv4_mapping", runs), "");
                   }});
    out.push_back({glb, {}, [=](run_set&) { return glb_figure(glb, *where, mapping_of_the_next(), ""); }});
}

void add_layer_rules(const arch::v1_layer& layer, const std::shared_ptr<chip_runs>& done,
                     std::vector<figure_rule>& out) {
    const std::string name(layer.name);
    const auto* where = &layer;
    const bool doubtful = layer.name == doubtful_layer;
    const std::string slow = doubtful ? doubtful_time_text(layer) : "";
    const std::string much = doubtful ? "; under CONV4's mapping the traffic is what was published" : "";
    out.push_back({fmt::format("v1.{}.processing", name), {}, [=](run_set& runs) {
                       return time_figure(fmt::format("v1.{}.processing", name), done->get(*where, runs),
                                          slow);
                   }});
    out.push_back({fmt::format("v1.{}.glb", name), {}, [=](run_set&) {
                       return glb_figure(fmt::format("v1.{}.glb", name), *where, where->map, much);
                   }});
    out.push_back({fmt::format("v1.{}.dram", name), {}, [=](run_set&) {
                       return count_figure(fmt::format("v1.{}.dram", name), arch::v1_dram_bytes(*where) / 1e6,
                                           "run-length coded maps at the published shares of zeros, taken as "
                                           "independent; filters once a strip of e rows and n images");
                   }});
    out.push_back({fmt::format("v1.{}.active_pes", name), {}, [=](run_set&) {
                       return count_figure(fmt::format("v1.{}.active_pes", name),
                                           arch::v1_active_pes(where->map, where->shape),
                                           "from the published mapping alone");
                   }});
}

}  // namespace

topic v1_chip_topic() {
    topic out{"v1",
              "The Eyeriss v1 chip",
              "AlexNet's convolutions, batch 4, on the 168-PE chip with its published mappings. Processing "
              "time is the "
              "simulated machine's; GLB and DRAM traffic are counted from mapping, shapes and the published "
              "shares of "
              "zeros (`models/arch/eyeriss_v1.h`).",
              {},
              {}};
    const auto done = std::make_shared<chip_runs>();
    for (const auto& layer : arch::v1_alexnet()) {
        add_layer_rules(layer, done, out.figures);
        if (layer.name == doubtful_layer) {
            add_other_mapping(layer, done, out.figures);
        }
    }
    out.figures.push_back(total_rule(done));
    return out;
}

}  // namespace eyeriss::sims::validate
