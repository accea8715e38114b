#include "sims/report/read_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include "sims/inputs/mapping_file.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

using json = nlohmann::ordered_json;

constexpr auto advice = "`eyeriss-vp run --out DIR` makes a whole folder";

std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw user_error(fmt::format("{}: is missing or cannot be read; {}", file.string(), advice));
    }
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A JSON file of one schema.
json read_json(const fs::path& file, std::string_view schema) {
    const auto text = read_text(file);
    json out;
    try {
        out = json::parse(text);
    } catch (const json::parse_error& error) {
        throw user_error(fmt::format("{}: is cut off or no JSON (byte {} of {}); {}", file.string(),
                                     error.byte, text.size(), advice));
    }
    const auto found = out.is_object() ? out.value("schema", json("none")) : json("none");
    if (found != schema) {
        throw user_error(fmt::format("{}: schema is {}, this program reads \"{}\"; repeat the run with it",
                                     file.string(), found.dump(), schema));
    }
    return out;
}

/// Sees that the keys that every reader relies on are there, and of their kind.
class key_check {
public:
    explicit key_check(fs::path file) : file_(std::move(file)) {}

    void numbers(const json& object, const std::string& at, std::initializer_list<const char*> keys) const {
        for (const auto* key : keys) {
            require(object.contains(key) && object[key].is_number(), at, key, "a number");
        }
    }
    void strings(const json& object, const std::string& at, std::initializer_list<const char*> keys) const {
        for (const auto* key : keys) {
            require(object.contains(key) && object[key].is_string(), at, key, "a text");
        }
    }
    /// An object whose values are all numbers.
    void figures(const json& object, const std::string& at, const char* key) const {
        require(object.contains(key) && object[key].is_object(), at, key, "an object");
        for (const auto& [name, value] : object[key].items()) {
            require(value.is_number(), at, fmt::format("{}.{}", key, name), "a number");
        }
    }
    void require(bool holds, const std::string& at, std::string_view key, std::string_view kind) const {
        if (!holds) {
            throw user_error(fmt::format("{}: {}{} must be {}; {}", file_.string(), at, key, kind, advice));
        }
    }

private:
    fs::path file_;
};

void check_layer(const key_check& check, const json& layer, const std::string& at, bool timed) {
    check.require(layer.is_object(), at, "", "an object");
    check.strings(layer, at, {"name", "type", "runs_on", "shape"});
    check.numbers(layer, at, {"macs_nominal", "macs_effectual"});
    if (layer["runs_on"] != "accelerator" || !layer.value("done", false)) {
        return;
    }
    check.strings(layer, at, {"mapping"});
    check.figures(layer, at, "bytes");
    if (timed) {
        check.numbers(layer, at, {"cycles", "pe_utilisation"});
        check.figures(layer, at, "pe_cycles");
    }
}

void check_summary(const key_check& check, const json& summary) {
    check.strings(summary, "", {"network", "machine", "timing"});
    check.numbers(summary, "", {"macs_nominal", "macs_effectual", "dram_read_bytes", "dram_write_bytes"});
    const bool timed = summary["timing"] == "timed";
    if (timed) {
        check.numbers(summary, "", {"cycles_total", "cycles_accelerator", "pe_utilisation"});
        check.figures(summary, "", "pe_cycles");
    }
    check.require(summary.contains("layers") && summary["layers"].is_array(), "", "layers", "an array");
    std::size_t number = 0;
    for (const auto& layer : summary["layers"]) {
        check_layer(check, layer, fmt::format("layers[{}].", number++), timed);
    }
}

/// The machine of a manifest's configuration. A parameter that the run's program did not have yet keeps its
/// default, under which the machine is as it was before.
arch::machine machine_of(const json& manifest, const fs::path& file) {
    const key_check check(file);
    check.require(manifest.contains("configuration") && manifest["configuration"].is_object(), "",
                  "configuration", "an object");
    const auto& known = arch::parameters();
    arch::machine out;
    for (const auto& [key, entry] : manifest["configuration"].items()) {
        const auto parameter =
            std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.key == key; });
        if (parameter == known.end()) {
            throw user_error(fmt::format(
                "{}: configuration.{}: this program knows no such parameter; repeat the run with it",
                file.string(), key));
        }
        check.require(entry.is_object() && entry.contains("value") && entry["value"].is_string(),
                      "configuration.", key, "an object with a value");
        try {
            parameter->set(out, entry["value"].get<std::string>());
        } catch (const std::invalid_argument& error) {
            throw user_error(fmt::format("{}: configuration.{}: {}", file.string(), key, error.what()));
        }
    }
    return out;
}

void check_timeline(const key_check& check, const json& timeline) {
    const auto list = [&](const json& object, const std::string& at, const char* key) {
        check.require(object.contains(key) && object[key].is_array(), at, key, "an array");
        return object[key].size();
    };
    check.numbers(timeline, "", {"clock_mhz", "rows", "columns"});
    list(timeline, "", "layers");
    const auto windows = list(timeline, "", "edges");
    check.require(windows > 0, "", "edges", "an array of at least one cycle");
    for (const auto* kind : {"bytes", "clusters"}) {
        check.require(timeline.contains(kind) && timeline[kind].is_object(), "", kind, "an object");
        for (const auto& [key, value] : timeline[kind].items()) {
            check.require(value.is_array() && value.size() + 1 == windows, fmt::format("{}.", kind), key,
                          fmt::format("an array of {} windows, one less than edges", windows - 1));
        }
    }
}

}  // namespace

run_record read_results(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        throw user_error(fmt::format("{}: is no results folder; {}", folder.string(), advice));
    }
    run_record out;
    out.place = folder.string();
    out.summary = read_json(folder / "summary.json", "eyeriss_vp.summary.1");
    check_summary(key_check(folder / "summary.json"), out.summary);
    out.manifest = read_json(folder / "manifest.json", "eyeriss_vp.manifest.1");
    out.machine = machine_of(out.manifest, folder / "manifest.json");
    (void)read_text(folder / "mappings.yaml");
    out.mappings = read_mapping_file(folder / "mappings.yaml", out.machine).mappings;
    if (fs::exists(folder / "timeline.json", error)) {
        out.timeline = read_json(folder / "timeline.json", "eyeriss_vp.timeline.1");
        check_timeline(key_check(folder / "timeline.json"), out.timeline);
    }
    return out;
}

}  // namespace eyeriss::sims
