#pragma once

#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/accelerator/fault.h"
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
    void begin_layer(const layer_program& program, const arch::tiling& tiles, bool timed);
    /// `described`: send_weights, send_iacts and run_chains return timing descriptions, else nothing.
    void begin_pass(const arch::tiling& tiles, const arch::pass_index& index, bool described);
    [[nodiscard]] std::vector<arch::timing::load> send_weights(const arch::tiling& tiles,
                                                               const arch::pass_index& index,
                                                               const segment_contents& segment);
    [[nodiscard]] std::vector<arch::timing::stream> send_iacts(unsigned half);
    /// Runs every chain: psums start in the GLB (from zero in a first reduction pass), climb, and end in a
    /// GLB bank or, in a last reduction pass, in `finished`. Throws layer_fault.
    [[nodiscard]] std::vector<arch::timing::chain> run_chains(const arch::tiling& tiles,
                                                              const arch::pass_index& index,
                                                              std::vector<finished_row>& finished);
    /// Rows that nobody needs any more; later ones are written into their memory.
    void give_back(std::vector<finished_row>&& rows);
    /// Sets what the timing needs to know of every PE's work in the last pass, by linear index. `jobs` is
    /// empty, or what the pass before it in the same layer left there.
    void describe_jobs(std::vector<arch::timing::pe_job>& jobs) const;
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
    [[nodiscard]] std::span<const unsigned> iact_sources() const { return iact_sources_; }
    /// Weight ports that take tiles from off-chip under the present configuration.
    struct weight_port {
        unsigned cluster = 0, pe_row = 0;
    };
    [[nodiscard]] std::span<const weight_port> weight_sources() const { return weight_sources_; }
    /// For each tile of a segment the clusters of the weight ports that take it from off-chip, a port once.
    [[nodiscard]] std::vector<std::vector<unsigned>> weight_clusters(const arch::tiling& tiles,
                                                                     const arch::pass_index& index);
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
    void find_sources();
    void find_weight_tiles(const arch::tiling& tiles);
    void find_chains(const arch::tiling& tiles);
    [[nodiscard]] std::span<const arch::weight_send> sends_of(const arch::tiling& tiles,
                                                              const arch::pass_index& index,
                                                              std::size_t source);
    [[nodiscard]] std::shared_ptr<pe::psum_row> zero_psums(const arch::pe_tile& tile, unsigned windows);
    void end_chain(const arch::tiling& tiles, const arch::pass_index& index, const arch::tiling::place& place,
                   const arch::pe_tile& tile, std::vector<finished_row>& finished);
    [[nodiscard]] arch::timing::chain describe_chain(const arch::tiling& tiles, const arch::pass_index& index,
                                                     const arch::tiling::place& place,
                                                     const arch::pe_tile& tile);
    void check_faults() const;
    [[nodiscard]] static std::optional<layer_fault> fault_of(const pe::pe& pe, unsigned cluster);

    arch::machine m_;
    sc_core::sc_time cycle_;
    pe::pe_counts counts_;  ///< of all PEs
    std::unique_ptr<noc::network> network_;
    sc_core::sc_vector<cluster::pe_cluster> clusters_;
    sc_core::sc_vector<glb::glb_cluster> glbs_;
    bool described_ = true;  ///< the present pass
    // Of the present layer.
    std::vector<unsigned> iact_sources_;
    std::vector<weight_port> weight_sources_;
    struct mapped_pe {
        arch::pe_site site;
        std::uint32_t index = 0;
        pe::pe* unit = nullptr;
        std::optional<arch::pe_tile> tile;  ///< in the present pass
    };
    std::vector<mapped_pe> mapped_;  ///< PEs of its chains, by index; no other ever works
    /// A chain and the place of its first PE in mapped_.
    struct mapped_chain {
        arch::tiling::place place;
        std::size_t head = 0;
    };
    std::vector<mapped_chain> chains_;
    /// On a mesh, for each weight source: a tile of its segment and the PEs that may take it.
    std::vector<std::vector<arch::weight_send>> weight_tiles_;
    std::vector<std::uint32_t> working_;
    std::vector<std::uint32_t> working_in_;  ///< by cluster: a bit for each PE that works in the present pass
    std::vector<arch::weight_send> sends_;
    std::vector<std::shared_ptr<pe::psum_row>> free_rows_;
};

}  // namespace eyeriss::accelerator
