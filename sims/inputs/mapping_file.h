#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/arch/mapping.h"

/// Mappings as YAML: what a run used (`mappings.yaml` of its results) and what `--mapping FILE` pins. A file
/// is a map from layer names to mappings:
///
///     conv2:
///       M0: 16              # output channels of a PE
///       C0: 3               # input channels of a PE
///       S0: 5               # filter columns of a PE
///       c1: 1               # C tiles of a reduction chain
///       r1: 3               # filter rows of a reduction chain
///       chain_clusters: 1   # cluster rows of a chain; without it as few as c1*r1 PEs take
///       vertical: {m: 8}    # factors of g, n, e and m over cluster rows
///       horizontal: {g: 2, e: 4}  # and over PE columns
///       order: gnemcrs      # loops over passes, the outermost first
///       weights: compressed # or dense: PEs in dense mode
///       iacts: compressed   # or dense: raw from GLB to PE
///       iact_buffer: double # or single: whole banks, loading does not overlap
///
/// A factor that is not given is 1; the last four default to what stands here. Layers that the file does not
/// name are searched.
namespace eyeriss::sims {

/// Mappings by layer name and where each stands ("FILE:LINE").
struct mapping_file {
    std::map<std::string, arch::mapping> mappings;
    std::map<std::string, std::string> places;
};

/// Reads a file; `m` says how many PE rows a cluster has.
/// \throws user_error for a file that cannot be read or is no YAML map, a key that is unknown (naming the
/// nearest) or given twice, and a value of the wrong kind; naming file and line.
[[nodiscard]] mapping_file read_mapping_file(const std::filesystem::path& file, const arch::machine& m);

/// Holds the layers that the file names against those that there are.
/// \throws user_error naming file, line, layer and the nearest layer.
void check_layer_names(const mapping_file& file, std::span<const std::string> layers);

/// One mapping as YAML, every field of it.
[[nodiscard]] std::string mapping_text(const arch::mapping&);

/// The mappings of all accelerator layers of an image, every field of each: read_mapping_file gives the same
/// mappings back. A comment on top says for what `cost` they were searched (image_notes::cost).
[[nodiscard]] std::string mappings_text(std::span<const std::uint8_t> image, std::string_view cost);

/// The mapping of each accelerator layer of an image, by name.
[[nodiscard]] std::map<std::string, arch::mapping> mappings_of(std::span<const std::uint8_t> image);

}  // namespace eyeriss::sims
