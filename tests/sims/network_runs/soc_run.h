#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "sims/results/results.h"

/// A network on the whole SoC, with every tensor that it leaves in the simulated DRAM.
namespace eyeriss::test {

struct soc_outcome {
    std::optional<int> exit_code;  ///< what the firmware wrote to the finisher
    std::string uart;
    std::vector<sims::layer_result> layers;
    /// Bytes in NCHW order by tensor_id, decoded from the DRAM's content after the run.
    std::vector<std::vector<std::uint8_t>> tensors;
};

/// Loads firmware run_network, an image and its input into the DRAM of a SoC in timed mode and runs it to the
/// firmware's end. `input` holds bytes in NCHW order. Once a process, since SystemC elaborates once.
/// Throws compiler::compile_error where a tensor in DRAM does not decode.
soc_outcome run_on_soc(std::span<const std::uint8_t> image, std::span<const std::uint8_t> input,
                       const arch::machine& = {});

}  // namespace eyeriss::test
