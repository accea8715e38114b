#include "sims/inputs/image_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

json search_json(const compiler::mapping_choice& s) {
    return {{"cycles", s.cycles},
            {"picojoules", s.picojoules},
            {"exact", s.exact},
            {"bound", s.bound},
            {"timings", s.timings},
            {"tiles", s.counts.tiles},
            {"tiles_excluded", s.counts.tiles_excluded},
            {"candidates", s.counts.candidates},
            {"excluded", s.counts.excluded}};
}

compiler::mapping_choice search_from(const json& value) {
    compiler::mapping_choice s;
    s.cycles = value.at("cycles");
    s.picojoules = value.at("picojoules");
    s.exact = value.at("exact");
    s.bound = value.at("bound");
    s.timings = value.at("timings");
    s.counts.tiles = value.at("tiles");
    s.counts.tiles_excluded = value.at("tiles_excluded");
    s.counts.candidates = value.at("candidates");
    s.counts.excluded = value.at("excluded");
    return s;
}

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

const layer_notes* image_notes::layer(std::string_view name) const {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const auto& l) { return l.mapping.name == name; });
    return found == layers.end() ? nullptr : &*found;
}

std::string to_text(const image_notes& notes) {
    json out{
        {"sha256", notes.sha256}, {"cost", notes.cost}, {"notes", notes.notes}, {"layers", json::array()}};
    for (const auto& l : notes.layers) {
        json layer{{"name", l.mapping.name}, {"pinned", l.mapping.pinned}, {"iact_density", l.iact_density}};
        if (l.mapping.search) {
            layer["search"] = search_json(*l.mapping.search);
        }
        out["layers"].push_back(std::move(layer));
    }
    return out.dump(1) + "\n";
}

image_notes notes_from_text(std::span<const std::uint8_t> text) {
    try {
        const auto in = json::parse(text.begin(), text.end());
        image_notes notes{in.at("sha256"), in.at("notes"), {}, in.at("cost")};
        for (const auto& l : in.at("layers")) {
            layer_notes layer;
            layer.mapping.name = l.at("name");
            layer.mapping.pinned = l.at("pinned");
            layer.iact_density = l.at("iact_density");
            if (l.contains("search")) {
                layer.mapping.search = search_from(l.at("search"));
            }
            notes.layers.push_back(std::move(layer));
        }
        return notes;
    } catch (const json::exception&) {
        throw user_error("a cached image's notes do not read: remove the cache folder and run again");
    }
}

double density(std::span<const std::uint8_t> values) {
    const auto zeros = std::count(values.begin(), values.end(), std::uint8_t{0});
    return values.empty() ? 1.0 : 1.0 - static_cast<double>(zeros) / static_cast<double>(values.size());
}

std::string search_line(const compiler::layer_mapping& layer) {
    if (layer.pinned) {
        return "given, not searched";
    }
    if (!layer.search) {
        return "by estimate, without an input to time it on";
    }
    const auto& s = *layer.search;
    const auto energy =
        s.picojoules == 0 ? std::string() : fmt::format("energy {:.4g} uJ, ", s.picojoules * 1e-6);
    return fmt::format(
        "{}cycles {:.0f} {}, bound {}; bounds exclude {} of {} PE tiles and {:.1f} % of {} mappings of the "
        "others; {} timed",
        energy, s.cycles, s.exact ? "predicted" : "extrapolated", s.bound, s.counts.tiles_excluded,
        s.counts.tiles, percent(s.counts.excluded, s.counts.candidates), s.counts.candidates, s.timings);
}

}  // namespace eyeriss::sims
