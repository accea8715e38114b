#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sims/noc/noc_setup.h"
#include "sims/noc/noc_sweep.h"

/// What `eyeriss-vp noc` writes.
namespace eyeriss::sims {

/// A link as busy, stalled and idle cycles of the measurement.
[[nodiscard]] nlohmann::ordered_json link_json(const noc::link_use& link, noc::cycle_t cycles);
/// What a network is built of, with the bits of all its ports (ports x width).
[[nodiscard]] nlohmann::ordered_json area_json(const noc::network_area& area, std::uint64_t port_bits);
/// One load: its rate, offered, accepted, delivered, latency, and the links when asked for.
[[nodiscard]] nlohmann::ordered_json point_json(const load_point& point, double picojoules, bool with_links);
/// A header of names and a line a point; the last, words to PEs, is empty where nodes have none.
[[nodiscard]] std::string points_csv(const nlohmann::ordered_json& points);
/// A table of the points for a person.
[[nodiscard]] std::string points_text(const nlohmann::ordered_json& result);

/// A table of a replay's layers for a person.
[[nodiscard]] std::string layers_text(const nlohmann::ordered_json& result);

/// Writes a whole file, or leaves what was there. \throws user_error naming option and file.
void write_file(const char* option, const std::filesystem::path& file, const std::string& text);

/// Draws accepted load and latency over offered load, and how busy the links between clusters are at the
/// highest load (words from a cluster towards its neighbours), as one SVG, with gnuplot.
/// \throws user_error when there is no gnuplot or the file cannot be written.
void draw_chart(const std::filesystem::path& svg, const nlohmann::ordered_json& result);

}  // namespace eyeriss::sims
