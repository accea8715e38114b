#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/compile.h"

/// What is worth knowing of an image beyond its bytes, kept beside it in the cache.
namespace eyeriss::sims {

/// How a layer of an image was mapped.
struct layer_notes {
    compiler::layer_mapping mapping;
    double iact_density = 0;  ///< of the layer's input on the calibration input, 0..1
};

/// An image's checksum, the remarks of importer and compiler, and its accelerator layers in order.
struct image_notes {
    std::string sha256;
    std::vector<std::string> notes;
    std::vector<layer_notes> layers;
    std::string cost = "cycles";  ///< what mappings were searched for: "cycles", "energy by TABLE", ...

    /// The layer's notes, or null.
    [[nodiscard]] const layer_notes* layer(std::string_view name) const;
};

/// Notes as text and back. \throws user_error for text that holds none.
[[nodiscard]] std::string to_text(const image_notes&);
[[nodiscard]] image_notes notes_from_text(std::span<const std::uint8_t> text);

/// Share of values that are not zero; 1 where there are none.
[[nodiscard]] double density(std::span<const std::uint8_t> values);

/// One line on how a layer was mapped: "cycles 5389 predicted, bound 5071; 97.6 % of 32125 mappings excluded
/// by bounds, 69 timed", or what else it came from.
[[nodiscard]] std::string search_line(const compiler::layer_mapping&);

}  // namespace eyeriss::sims
