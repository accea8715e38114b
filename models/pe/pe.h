#pragma once

#include <memory>
#include <span>
#include <systemc>
#include <vector>

#include "models/arch/machine.h"
#include "models/arch/timing/pe_pipeline.h"
#include "models/energy/actions.h"
#include "models/faults/fault.h"
#include "models/pe/contents.h"
#include "models/pe/upset.h"

namespace eyeriss::pe {

/// What PEs count over a layer.
struct pe_counts {
    std::uint64_t macs_effectual = 0;  ///< two non-zero operands inside the image
    std::uint64_t macs_nominal = 0;    ///< as its tiles covered the layer
    std::uint64_t psum_overflows = 0;
    std::uint64_t iact_reads = 0;          ///< entries of the iact data SPad
    std::uint64_t weight_words = 0;        ///< words read from the weight data SPad
    std::uint64_t weight_fills = 0;        ///< words written into the weight SPads
    std::uint64_t iact_fills = 0;          ///< entries written into the iact SPad
    std::uint64_t psum_accesses = 0;       ///< psum SPad reads and writes
    energy::action_counts actions;         ///< of lanes and SPads
    std::uint64_t faults = 0;              ///< that a PE found
    std::uint64_t psum_words_in = 0;       ///< words of two psums that came from below
    std::uint64_t psum_words_entered = 0;  ///< those of them that entered a cluster's column
};

enum class pe_fault : std::uint8_t {
    none,
    weight_spad,
    iact_spad,
    starved,
    conflict,
    corrupt  ///< the weight SPads hold no tile any more
};

/// A PE of Eyeriss v2: five SPads, CSC or dense operands, SIMD 2, psums in from below and out above (JETCAS
/// 9(2), 2019, section IV). It multiplies what its sockets brought: iact and weight bursts stay in the SPads
/// until replaced; a psum burst starts the row, gathers the PE's sums and leaves upwards.
///
/// A PE accumulates a window's products from zero in the order of the iacts and adds the psum from below at
/// the end (assumption A-PSUM-ORDER; it matters only when saturating).
class pe : public sc_core::sc_module {
public:
    noc::stream_out<pe> psum_out;
    noc::stream_in<pe> weight_in;
    noc::stream_in<pe> iact_in;
    noc::stream_in<pe> psum_in;

    /// `index` is the PE's linear number, by which bursts name it. What it does is added to `counts`, which
    /// many PEs share; that and `p` outlive the PE.
    pe(sc_core::sc_module_name name, std::uint32_t index, const arch::pe_parameters& p, pe_counts& counts);

    /// Clears SPads and faults for a layer. `timed`: job() is filled.
    void begin_layer(bool timed);
    /// Says what the next row is: its windows, iacts between windows (C0*U), columns (C0*S0) and rows (M0) of
    /// the weight tile. Zero rows: no work, psums pass. Iacts of the pass before are dropped.
    void begin_pass(unsigned windows, unsigned step, unsigned columns, unsigned rows);

    /// Inverts a bit of a SPad (faults::check) in the next row that the PE works on: of its weights, which
    /// stay so until they are replaced; of its iacts; or of its first window's psums.
    void upset(faults::spad pad, unsigned word, unsigned bit, const row_widths& widths) {
        upsets_.push_back({pad, word, bit, widths});
    }

    /// Has the caches fetch what the next begin_pass or burst needs, so that a walk over many PEs does not
    /// wait for each.
    void expect() const {
        psum_in.expect();
        __builtin_prefetch(&windows_, 1);
        __builtin_prefetch(&index_, 1);
        __builtin_prefetch(&job_.nonzero, 1);
    }
    [[nodiscard]] std::uint32_t index() const { return index_; }
    [[nodiscard]] bool working() const { return rows_ != 0 && weights_ && !weights_->no_work; }
    [[nodiscard]] const iact_row* iacts() const { return iacts_.get(); }
    [[nodiscard]] const weight_load* weights() const { return weights_.get(); }
    /// What the timing needs to know of the last row; a job without work when untimed or without one. It
    /// points to the PE's operands.
    [[nodiscard]] const arch::timing::pe_job& job() const { return job_; }
    [[nodiscard]] pe_fault fault() const { return fault_; }

protected:
    void end_of_elaboration() override { above_ = psum_out.operator->(); }

private:
    void take_iacts(int, noc::burst& b, sc_core::sc_time& delay);
    void take_weights(int, noc::burst& b, sc_core::sc_time& delay);
    void pass_psums(int, noc::burst& b, sc_core::sc_time& delay);
    void accumulate(psum_row& psums);
    void accumulate_saturating(psum_row& psums);
    void fail(pe_fault fault) {
        fault_ = fault;
        ++counts_.faults;
    }
    void strike_operands();
    void strike_psums(psum_row& psums);
    void count_windows();
    [[nodiscard]] bool iacts_fit() const;

    // What a burst needs lies together, behind the socket by which psums come: a large array has more PEs
    // than a cache has room for.
    unsigned windows_ = 0, step_ = 0, columns_ = 0, rows_ = 0;
    std::shared_ptr<const weight_load> weights_;
    std::shared_ptr<const iact_row> iacts_;
    noc::stream_target* above_ = nullptr;  ///< what psum_out is bound to
    pe_counts& counts_;
    const arch::pe_parameters& p_;
    std::uint32_t index_;
    bool timed_ = true;
    pe_fault fault_ = pe_fault::none;
    struct pending_upset {
        faults::spad pad;
        unsigned word, bit;
        row_widths widths;
    };
    std::vector<pending_upset> upsets_;
    arch::timing::pe_job job_;
};

}  // namespace eyeriss::pe
