#pragma once

#include <span>
#include <systemc>
#include <vector>

#include "models/arch/machine.h"
#include "models/pe/pe.h"

namespace eyeriss::cluster {

/// A PE cluster: PEs in rows (0 at the top) and columns. Every iact port reaches all PEs, a weight port the
/// PEs of its row, a psum port the bottom PE of its column; psums climb the column and leave at the top
/// (JETCAS 9(2), 2019, section III). A burst names the PEs that take it.
class pe_cluster : public sc_core::sc_module {
public:
    sc_core::sc_vector<noc::stream_in<pe_cluster>> iact_in;    ///< one an iact router
    sc_core::sc_vector<noc::stream_in<pe_cluster>> weight_in;  ///< one a PE row
    sc_core::sc_vector<noc::stream_in<pe_cluster>> psum_in;    ///< one a PE column, to the bottom PE
    sc_core::sc_vector<noc::stream_out<pe_cluster>> psum_out;  ///< one a PE column, from the top PE

    /// `first_index` is the linear number of the cluster's first PE. What the PEs do is added to `counts`;
    /// that and `m` outlive the cluster.
    pe_cluster(sc_core::sc_module_name name, std::uint32_t first_index, const arch::machine& m,
               pe::pe_counts& counts);

    [[nodiscard]] pe::pe& at(unsigned row, unsigned col) { return pes_[row * noc_.pe_cols + col]; }
    [[nodiscard]] const pe::pe& at(unsigned row, unsigned col) const {
        return pes_[row * noc_.pe_cols + col];
    }

protected:
    void end_of_elaboration() override;

private:
    void expect(std::uint32_t pes, std::span<noc::stream_target* const> targets) const;
    void spread_iacts(int, noc::burst& b, sc_core::sc_time& delay);
    void spread_weights(int row, noc::burst& b, sc_core::sc_time& delay);
    void enter_psums(int column, noc::burst& b, sc_core::sc_time& delay);
    void leave_psums(int column, noc::burst& b, sc_core::sc_time& delay);

    const noc::noc_parameters& noc_;
    pe::pe_counts& counts_;
    sc_core::sc_vector<noc::stream_out<pe_cluster>> to_iact_;
    sc_core::sc_vector<noc::stream_out<pe_cluster>> to_weight_;
    sc_core::sc_vector<noc::stream_out<pe_cluster>> to_bottom_;
    sc_core::sc_vector<noc::stream_in<pe_cluster>> from_top_;
    // PEs are made last and so go first: the kernel looks for a socket that goes from its newest on.
    sc_core::sc_vector<pe::pe> pes_;
    // What the sockets are bound to: every burst asks, and looking it up costs more than delivering it.
    std::vector<noc::stream_target*> iact_targets_, weight_targets_, bottom_targets_, above_targets_;
};

}  // namespace eyeriss::cluster
