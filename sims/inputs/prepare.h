#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/mapper_goal.h"
#include "firmware/compiler/reference.h"
#include "models/arch/machine.h"
#include "sims/inputs/image_notes.h"
#include "sims/inputs/mapping_file.h"
#include "sims/inputs/network_source.h"
#include "sims/support/cache.h"

/// From a network to what a run needs: the image for a machine, and what the reference says of an input.
namespace eyeriss::sims {

/// An image and what those who made it had to say.
struct prepared_image {
    std::vector<std::uint8_t> bytes;
    image_notes notes;
};

/// What the user asks of the mapping of a network.
struct mapping_request {
    mapping_file pinned;         ///< layers that are not searched
    compiler::search_goal goal;  ///< what the others are searched for
};

/// Options of the commands that map a network.
struct mapping_options {
    std::string file;             ///< `--mapping`; empty pins nothing
    std::string cost = "cycles";  ///< `--cost`: one of compiler::search_cost_names
};

/// Adds `--mapping` and `--cost` to a command; `more` follows the help text of the former.
void add_mapping_options(CLI::App& command, mapping_options& options, std::string_view more = "");

/// The request that the options of a command make. Energy is that of `energy_file`, or of the table that
/// comes with the program when empty; it is read only where the cost asks for it.
/// \throws user_error as read_mapping_file and read_energy_table
[[nodiscard]] mapping_request read_mapping_request(const mapping_options&, const std::string& energy_file,
                                                   const arch::machine&);

/// Compiles a graph; the search is told how full each layer's input is on `profile`, an input's bytes.
/// \throws user_error for a pinned layer that there is none of, compiler::compile_error
[[nodiscard]] prepared_image compile_graph(const compiler::graph&, const arch::machine&,
                                           std::span<const std::uint8_t> profile,
                                           const mapping_request& = {});

/// Imports and compiles a network, through the cache.
/// \throws as compile_graph, and compiler::import_error
[[nodiscard]] prepared_image compile_network(const network_source&, const arch::machine&,
                                             const content_cache&, const mapping_request& = {});

/// The reference's tensors for an input, through the cache.
[[nodiscard]] compiler::reference_result reference_for(const network_source&,
                                                       std::span<const std::uint8_t> input,
                                                       const content_cache&);

/// A reference result as bytes and back. \throws user_error for bytes that are no such result.
[[nodiscard]] std::vector<std::uint8_t> pack_reference(const compiler::reference_result&);
[[nodiscard]] compiler::reference_result unpack_reference(std::span<const std::uint8_t>);

}  // namespace eyeriss::sims
