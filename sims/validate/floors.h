#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"
#include "models/arch/machine.h"
#include "sims/validate/run_set.h"

/// Computed floors: cycles that no run of a layer may beat, whatever its mapping and timing. They come from
/// the network's own zeros and the machine's counts of lanes and ports, and from nothing that a model timed.
namespace eyeriss::sims::validate {

/// What a layer brings: products and values that must be worked on and moved at least once.
struct layer_work {
    std::string name;
    arch::layer_shape shape;
    std::uint64_t effectual = 0;  ///< products of two non-zero operands inside the image
    std::uint64_t in_image = 0;   ///< products inside the image, zeros included
    std::uint64_t weights = 0, nonzero_weights = 0;
    std::uint64_t iacts = 0, nonzero_iacts = 0;  ///< of those that some window touches
    std::uint64_t outputs = 0;
};

/// Work of a layer with these operands, counted tap by tap. `iacts` are NCHW bytes.
[[nodiscard]] layer_work count_work(const std::string& name, const compiler::conv_op&,
                                    std::span<const std::uint8_t> iacts);

/// Least cycles of a layer by what limits it.
struct layer_floor {
    std::uint64_t lanes = 0;        ///< products over all lanes of all PEs; one lane a PE where M is 1
    std::uint64_t weight_port = 0;  ///< each non-zero weight enters through some weight port once
    std::uint64_t iact_port = 0;    ///< each non-zero iact that is needed enters through some iact port once
    std::uint64_t psum_port = 0;    ///< each output leaves through some psum port once
    [[nodiscard]] std::uint64_t cycles() const;
    /// "lanes", "weight ports", "iact ports" or "psum ports".
    [[nodiscard]] std::string limit() const;
};

[[nodiscard]] layer_floor floor_of(const layer_work&, const arch::machine&);

/// The same with the lanes that one mapping uses: `active_pes` of the PEs in the mean, one lane
/// each where M0 is 1.
[[nodiscard]] layer_floor floor_of_mapping(const layer_work&, const arch::machine&, const layer_facts&);

/// Bytes from DRAM if each weight and each iact that a window touches came once, raw or as pairs of 12 bits,
/// whichever is shorter; tables of lengths not counted.
[[nodiscard]] std::uint64_t least_read_bytes(const layer_work&);

/// The work of a network's layers on its own picture, by layer name.
[[nodiscard]] std::map<std::string, layer_work> work_of(const std::string& network,
                                                        const std::string& cache_folder);

/// Sum of the floors of a run's layers: of any mapping, and of the mappings it ran with.
struct network_floor {
    std::uint64_t any_mapping = 0, these_mappings = 0;
};
[[nodiscard]] network_floor floor_of(const run_facts&, const std::map<std::string, layer_work>&,
                                     const arch::machine&);

}  // namespace eyeriss::sims::validate
