#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "firmware/compiler/compile.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"
#include "tests/reference/plan.h"

namespace eyeriss::reference {

/// A layer with operands and a mapping: what the accelerator and the reference are both given.
struct layer_case {
    arch::layer_shape shape;
    arch::mapping map;
    std::vector<int> iacts;    ///< [batch][groups*c][h][w]
    std::vector<int> weights;  ///< [groups*m][c][r][s]
    int pad_value = 0;
    bool is_signed = false;

    [[nodiscard]] std::string text() const;
};

/// The graph of one layer whose output is the 32-bit sums, without bias.
[[nodiscard]] compiler::graph graph_of(const layer_case&);
/// Its input tensor as NCHW bytes.
[[nodiscard]] std::vector<std::uint8_t> input_of(const layer_case&);
/// Its image; nothing where the compiler refuses the mapping.
[[nodiscard]] std::optional<compiler::compiled> image_of(const layer_case&, const arch::machine&);

/// A random layer of any kind (depthwise, fully connected, grouped, strided, padded on any side, with a zero
/// point) with a random mapping that the machine takes, small enough to be stepped.
[[nodiscard]] layer_case random_case(std::mt19937_64&, const arch::machine&);
/// The case without the last index of one dimension, mappings and operands cut to fit, and simpler mappings
/// of the same layer: whatever may be tried to find a smaller case of the same kind.
[[nodiscard]] std::vector<layer_case> smaller_cases(const layer_case&, const arch::machine&);

/// The reference's view of a machine; `configuration_bits` of the network are shifted in beside the
/// descriptor (A-CONFIG).
[[nodiscard]] machine reference_machine(const arch::machine&, std::size_t configuration_bits);
/// Plans and steps a case on the blocks of clusters that the compiler's routes connect. Throws as plan() and
/// run() do.
struct stepped_layer {
    run_result result;
    std::vector<chain_program> chains;
    std::vector<std::int64_t> outputs;  ///< [batch][groups*m][e][f]
};
[[nodiscard]] stepped_layer step_layer(const layer_case&, const arch::machine&,
                                       std::size_t configuration_bits);

}  // namespace eyeriss::reference
