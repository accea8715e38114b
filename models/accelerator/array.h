#pragma once

#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/accelerator/layer_program.h"
#include "models/accelerator/report.h"
#include "models/arch/tiling.h"
#include "models/arch/timing/array_timing.h"
#include "models/cluster/pe_cluster.h"
#include "models/glb/glb_cluster.h"
#include "noc/network.h"

namespace eyeriss::accelerator {

/// Weight tiles of one segment, decoded, in the order of tiling::segment_tiles.
using segment_contents = std::vector<std::shared_ptr<pe::weight_load>>;

/// Finished psums of one PE column.
struct finished_row {
    arch::pe_tile tile;
    std::shared_ptr<pe::psum_row> psums;
    unsigned cluster = 0;  ///< at the end of their chain
};

/// The array: PE clusters, GLB clusters and the on-chip network between them, bound socket to socket.
///
/// A pass is carried out by its functions in turn: begin_pass, send_weights when they change, send_iacts,
/// run_chains. Bursts go where the routers' configuration sends them; what a PE computes depends on nothing
/// else. The timing descriptions that the functions return hold who really took each burst.
class array : public sc_core::sc_module {
public:
    array(sc_core::sc_module_name name, const arch::machine& m);

    /// Sets circuits, clears GLBs, PEs and counts. Throws layer_fault (EYERISS_ERR_NOC_CONFLICT, cluster
    /// index).
    void begin_layer(const layer_program& program, bool timed);
    void begin_pass(const arch::tiling& tiles, const arch::pass_index& index);
    [[nodiscard]] std::vector<arch::timing::load> send_weights(const arch::tiling& tiles,
                                                               const arch::pass_index& index,
                                                               const segment_contents& segment);
    [[nodiscard]] std::vector<arch::timing::stream> send_iacts(unsigned half);
    /// Runs every chain: psums start in the GLB (from zero in a first reduction pass), climb, and end in a
    /// GLB bank or, in a last reduction pass, in `finished`. Throws layer_fault.
    [[nodiscard]] std::vector<arch::timing::chain> run_chains(const arch::tiling& tiles,
                                                              const arch::pass_index& index,
                                                              std::vector<finished_row>& finished);
    /// What the timing needs to know of every PE's work in the last pass, by linear index.
    [[nodiscard]] std::vector<arch::timing::pe_job> jobs() const;
    /// PEs with work in the present pass.
    [[nodiscard]] std::span<const std::uint32_t> working_pes() const { return working_; }

    [[nodiscard]] glb::glb_cluster& glb(unsigned cluster) { return glbs_[cluster]; }
    [[nodiscard]] pe::pe& pe_numbered(unsigned index) {
        const unsigned in_cluster = index % m_.noc.pes_per_cluster();
        return clusters_[index / m_.noc.pes_per_cluster()].at(in_cluster / m_.noc.pe_cols,
                                                              in_cluster % m_.noc.pe_cols);
    }
    [[nodiscard]] const noc::network& network() const { return *network_; }
    /// Clusters whose GLB banks feed iacts into the mesh under the present configuration.
    [[nodiscard]] std::vector<unsigned> iact_sources() const;
    /// Weight ports that take tiles from off-chip under the present configuration: cluster * pe_rows +
    /// pe_row.
    [[nodiscard]] bool weight_source(unsigned cluster, unsigned pe_row) const;
    /// For each tile of a segment the clusters of the weight ports that take it from off-chip, a port once.
    [[nodiscard]] std::vector<std::vector<unsigned>> weight_clusters(const arch::tiling& tiles,
                                                                     const arch::pass_index& index) const;
    /// Adds counts of PEs, banks and links to a report.
    void count(layer_report& report) const;
    /// Sums up over each network's links what their ports did; the report's ledgers and cycles stand.
    void summarise_links(layer_report& report) const;

private:
    [[nodiscard]] pe::pe& pe_at(const arch::pe_site& s) {
        return clusters_[s.cluster_row * m_.noc.cluster_cols + s.cluster_col].at(s.pe_row, s.pe_col);
    }
    [[nodiscard]] std::vector<arch::timing::sink> sinks(const noc::burst& b) const;
    void bind_cluster(unsigned cluster);
    void end_chain(const arch::tiling& tiles, const arch::pass_index& index, const arch::tiling::place& place,
                   const arch::pe_tile& tile, std::vector<finished_row>& finished);
    [[nodiscard]] arch::timing::chain describe_chain(const arch::tiling& tiles, const arch::pass_index& index,
                                                     const arch::tiling::place& place,
                                                     const arch::pe_tile& tile);
    void check_faults() const;

    arch::machine m_;
    sc_core::sc_time cycle_;
    std::unique_ptr<noc::network> network_;
    sc_core::sc_vector<cluster::pe_cluster> clusters_;
    sc_core::sc_vector<glb::glb_cluster> glbs_;
    std::vector<std::uint32_t> working_;
};

}  // namespace eyeriss::accelerator
