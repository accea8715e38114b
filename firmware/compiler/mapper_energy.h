#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/mapper_work.h"
#include "models/arch/machine.h"
#include "models/arch/mapping.h"
#include "models/energy/table.h"

/// Lower bounds on the energy of a mapping, chip and DRAM together: no bound ever exceeds the prediction
/// (predict_actions.h), so that the search may leave out what they exclude.
namespace eyeriss::compiler {

/// What a layer's operands force on every mapping; counted once a layer.
class energy_work {
public:
    /// `raw`: iacts travel raw. Keeps references to the arguments.
    energy_work(const conv_op& op, const arch::machine& m, const calibration& data, bool raw);

    [[nodiscard]] const arch::layer_shape& shape() const { return shape_; }
    [[nodiscard]] bool raw() const { return raw_; }
    /// Output positions at which a weight column (g, c, r, s) meets a non-zero iact, as [g][c][r][s].
    [[nodiscard]] std::span<const std::uint32_t> hits() const { return hits_.turns(); }
    [[nodiscard]] std::uint64_t total_hits() const { return total_hits_; }
    /// Products of a non-zero iact with a non-zero weight.
    [[nodiscard]] std::uint64_t effectual_macs() const { return effectual_macs_; }
    /// What rows of iacts take on the iact ports, one use of a row by a tile of output channels each.
    struct row_work {
        double entries = 0;  ///< iacts or pairs
        double ends = 0;     ///< segment ends of compressed rows
        double port_bits = 0;
        double dram_bytes = 0;  ///< of that, at least, as feature maps lie in DRAM
    };
    [[nodiscard]] row_work rows(const arch::mapping& tile) const;

private:
    [[nodiscard]] double values_inside(unsigned s0) const;

    const arch::layer_shape& shape_;
    const arch::machine& m_;
    bool raw_;
    iact_profile hits_;                   ///< padding that is not zero included
    std::optional<iact_profile> stored_;  ///< without padding, where that differs
    std::uint64_t total_hits_ = 0;
    std::uint64_t effectual_macs_ = 0;
};

/// What the columns of a layer do under one M0 and coding of weights, however they are tiled.
struct column_work {
    double words_read = 0;  ///< weight words that PEs read
    double words = 0;       ///< weight words stored, each once
    double columns = 0;     ///< each once a tile of M0 channels
    double busy = 0;        ///< cycles of lanes
};
/// `words` are weight_profile::column_words for the M0, not used when `weight_dense`; `busy` is
/// column_totals::busy.
[[nodiscard]] column_work count_columns(const energy_work& work, std::span<const std::uint8_t> words,
                                        unsigned m0, bool weight_dense, std::uint64_t busy);

/// The bounds of all mappings with one PE tile (M0, C0, S0 and the codings).
class energy_bounds {
public:
    energy_bounds(const energy_work& work, const arch::machine& m, const energy::energy_table& table,
                  const column_work& columns, const arch::mapping& tile);

    /// Picojoules that no mapping with this tile goes below; none takes fewer than `cycles`.
    [[nodiscard]] double least(std::uint64_t cycles) const;
    /// Picojoules that the mapping takes at least if it takes that many cycles. It must have this tile. With
    /// cycles that are an estimate the result is one.
    [[nodiscard]] double picojoules(const arch::mapping& map, double cycles) const;

private:
    /// How often a mapping moves what a tile has.
    struct moves {
        double weight_loads = 1;   ///< of every segment, out of DRAM
        double weight_fills = 1;   ///< of every weight tile, into PEs
        double weight_row = 1;     ///< PEs that one word of a weight port serves at most
        double weight_local = 1;   ///< PEs that one word on a cluster's weight link serves at most
        double segment_bytes = 0;  ///< counts and table entries of all segments
        double iact_local = 1;     ///< PEs that one word on a cluster's iact link serves at most
        double iact_sends = 1;     ///< of every row, out of its bank
        double iact_fills = 1;     ///< of every row, into a bank
        double iact_bank = 1;      ///< output rows that one word of a bank serves at most
        double iact_dram = 1;      ///< output rows that one reading of a row serves at most
        double reductions = 1;     ///< passes that add to an output
        double links = 0;          ///< between the PEs of a chain
        double crossings = 0;      ///< of them, between clusters
    };
    [[nodiscard]] moves of(const arch::mapping& map) const;
    [[nodiscard]] moves most_sharing() const;
    [[nodiscard]] double total(const moves& how, double cycles) const;
    [[nodiscard]] double inside_pes() const;
    [[nodiscard]] double moving_weights(const moves& how) const;
    [[nodiscard]] double moving_iacts(const moves& how) const;
    [[nodiscard]] double moving_psums(const moves& how) const;
    [[nodiscard]] double clock(const moves& how, double cycles) const;
    [[nodiscard]] double pj(energy::action a) const { return table_.picojoules[a]; }

    const energy_work& work_;
    const arch::layer_shape& shape_;
    const arch::machine& m_;
    const energy::energy_table& table_;
    column_work columns_;
    arch::mapping tile_;
    unsigned m_tiles_, c_tiles_, s_tiles_;
    energy_work::row_work rows_;
    double weight_words_ = 0;  ///< of all tiles on the network and in DRAM, 24 bits each
    double fixed_ = 0;         ///< what no choice beyond the tile changes
    double psum_words_ = 0;    ///< of all outputs, once through a chain
};

}  // namespace eyeriss::compiler
