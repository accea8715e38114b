#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/graph.h"
#include "firmware/compiler/mapper.h"

/// From a quantised graph to an image for a machine.
namespace eyeriss::compiler {

struct compile_options {
    requant_rule requant = requant_rule::float32;
    weight_coding weights = weight_coding::csc;
    density_hint density;                        ///< for layers that iact_density does not name
    std::map<std::string, double> iact_density;  ///< by layer name: share of non-zero inputs, 0..1
    /// By layer name: values of the layer's input tensor on a typical input, NCHW; the search then times its
    /// best candidates on them.
    std::map<std::string, std::span<const std::uint8_t>> calibration_inputs;
    search_goal goal;  ///< what mappings are searched for; other than cycles asks for calibration inputs
    std::map<std::string, arch::mapping> mappings;  ///< by layer name: used in place of the search
    /// By layer name: where a mapping of `mappings` was written ("FILE:LINE"), for messages.
    std::map<std::string, std::string> mapping_places;
};

/// How a layer's mapping came about.
struct layer_mapping {
    std::string name;
    bool pinned = false;                   ///< given, not searched
    std::optional<mapping_choice> search;  ///< of a search on a calibration input
};

struct compiled {
    std::vector<std::uint8_t> image;     ///< the file
    std::vector<mapped_layer> mappings;  ///< of the accelerator's layers, in order
    std::vector<layer_mapping> choices;  ///< how each of them came about
    std::vector<std::string> notes;      ///< remarks of importer and compiler that the user should see
};

/// Maps every CONV, depthwise and FC layer, proves that each mapping fits the machine and covers its layer
/// exactly, and writes the image. Deterministic: equal arguments give equal bytes.
/// Throws compile_error naming the layer and the rule where something does not fit.
[[nodiscard]] compiled compile(const graph& g, const arch::machine& m, const compile_options& options = {});

}  // namespace eyeriss::compiler
