#include "sims/report/check_results.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

#include "models/arch/eyexam.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

/// Sums of doubles that were printed whole agree to far better than this.
constexpr double relative_dust = 1e-9;

bool same(double a, double b) {
    return std::abs(a - b) <= relative_dust * std::max(std::abs(a), std::abs(b));
}

double sum_of(const json& object) {
    return std::accumulate(object.begin(), object.end(), 0.0,
                           [](double sum, const json& value) { return sum + value.get<double>(); });
}

class figure_check {
public:
    explicit figure_check(const run_record& run) : run_(run) {}

    std::vector<std::string> run() {
        totals();
        for (const auto& layer : run_.summary.at("layers")) {
            if (layer.contains("cycles") && layer.contains("pe_cycles")) {
                layer_sums(layer, layer.at("name").get<std::string>());
            }
        }
        // Of a layer that was cut off, the time line has no windows yet.
        if (run_.timeline.is_object() && run_.summary.value("complete", false)) {
            timeline_sums();
        }
        return std::move(complaints_);
    }

private:
    void equal(const std::string& figure, double value, const std::string& sum, double expected) {
        if (!same(value, expected)) {
            complaints_.push_back(fmt::format("{}: {} is {:.17g}, but {} is {:.17g}", run_.place, figure,
                                              value, sum, expected));
        }
    }

    /// The layers' sum of a figure; layers without it add nothing.
    [[nodiscard]] double over_layers(const std::string& path) const {
        const json::json_pointer pointer(path);
        double sum = 0;
        for (const auto& layer : run_.summary.at("layers")) {
            sum += layer.contains(pointer) ? layer[pointer].get<double>() : 0.0;
        }
        return sum;
    }

    void totals() {
        const auto& s = run_.summary;
        const auto total = [&](const std::string& key, const std::string& path) {
            if (s.contains(json::json_pointer("/" + key))) {
                equal(key, s[json::json_pointer("/" + key)].get<double>(),
                      fmt::format("the layers' sum of {}", path), over_layers(path));
            }
        };
        total("macs_nominal", "/macs_nominal");
        total("macs_effectual", "/macs_effectual");
        total("dram_read_bytes", "/bytes/dram_read");
        total("dram_write_bytes", "/bytes/dram_write");
        for (const auto* group : {"pe_cycles", "energy_uj"}) {
            const auto figures = s.value(group, json::object());
            for (const auto& [key, value] : figures.items()) {
                total(fmt::format("{}/{}", group, key), fmt::format("/{}/{}", group, key));
            }
        }
        if (s.contains("cycles_accelerator")) {
            double cycles = 0;
            for (const auto& layer : s.at("layers")) {
                cycles += layer.at("runs_on") == "accelerator" ? layer.value("cycles", 0.0) : 0.0;
            }
            equal("cycles_accelerator", s["cycles_accelerator"].get<double>(), "the layers' sum of cycles",
                  cycles);
        }
    }

    void layer_sums(const json& layer, const std::string& name) {
        const auto cycles = layer.at("cycles").get<double>();
        equal(fmt::format("layer {}: sum of pe_cycles", name), sum_of(layer["pe_cycles"]), "PEs x cycles",
              run_.machine.noc.pes() * cycles);
        const auto links = layer.value("links", json::object());
        for (const auto& [network, link] : links.items()) {
            equal(fmt::format("layer {}: busy + stalled + idle of links.{}", name, network),
                  link.at("busy").get<double>() + link.at("stalled").get<double>() +
                      link.at("idle").get<double>(),
                  "count x cycles", link.at("count").get<double>() * cycles);
        }
        if (layer.contains("energy_uj")) {
            const auto& energy = layer["energy_uj"];
            const double chip =
                sum_of(energy) - energy.at("on_chip").get<double>() - energy.at("dram").get<double>();
            equal(fmt::format("layer {}: energy_uj.on_chip", name), energy["on_chip"].get<double>(),
                  "the sum of its components", chip);
        }
        if (layer.contains("eyexam")) {
            bounds(layer, name, cycles);
        }
    }

    void bounds(const json& layer, const std::string& name, double cycles) {
        const auto& eyexam = layer["eyexam"];
        for (std::size_t i = 1; i < arch::eyexam_names.size(); ++i) {
            const std::string before(arch::eyexam_names[i - 1]);
            const std::string after(arch::eyexam_names[i]);
            const auto higher = eyexam.at(before).get<double>();
            const auto lower = eyexam.at(after).get<double>();
            if (lower > higher && !same(lower, higher)) {
                complaints_.push_back(
                    fmt::format("{}: layer {}: eyexam.{} is {:.17g}, above eyexam.{} of {:.17g}", run_.place,
                                name, after, lower, before, higher));
            }
        }
        if (cycles > 0) {
            equal(fmt::format("layer {}: eyexam.measured", name), eyexam.at("measured").get<double>(),
                  "macs_effectual / cycles", layer.at("macs_effectual").get<double>() / cycles);
        }
    }

    void timeline_sums() {
        constexpr std::array<std::pair<const char*, const char*>, 5> keys{
            {{"dram_read", "/bytes/dram_read"},
             {"dram_write", "/bytes/dram_write"},
             {"iact", "/bytes/noc_iact"},
             {"weight", "/bytes/noc_weight"},
             {"psum", "/bytes/noc_psum"}}};
        const auto& bytes = run_.timeline.at("bytes");
        for (const auto& [key, path] : keys) {
            if (bytes.contains(key)) {
                equal(fmt::format("timeline.json: sum of bytes.{}", key), sum_of(bytes[key]),
                      fmt::format("the layers' sum of {}", path), over_layers(path));
            }
        }
    }

    const run_record& run_;
    std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> check_results(const run_record& run) {
    return figure_check(run).run();
}

}  // namespace eyeriss::sims
