#include "firmware/compiler/noc_selection.h"

#include <algorithm>

namespace eyeriss::compiler {

namespace {

using arch::tiling;

/// Names for each sink the source that it listens to: who shares what is as on the hierarchical mesh.
class selection_setup {
public:
    selection_setup(const tiling& tiles, const noc::noc_parameters& noc)
        : tiles_(tiles), noc_(noc), selected_(noc.clusters()) {
        for (auto& cluster : selected_) {
            cluster.iact.resize(noc.iact_routers());
            cluster.weight.resize(noc.pe_rows);
            cluster.pe.resize(noc.pe_cols);
            cluster.bank.resize(noc.pe_cols);
        }
    }

    void iacts(const sharing_group& group) {
        const auto streams =
            static_cast<unsigned>(tiles_.cluster_streams({}, group.source.row, group.source.col).size());
        for (unsigned bank = 0; bank < std::min(streams, noc_.iact_routers()); ++bank) {
            for (unsigned row = 0; row < group.rows; ++row) {
                for (unsigned col = 0; col < group.cols; ++col) {
                    at({group.source.row + row, group.source.col + col}).iact[bank] =
                        noc_.iact_port(index(group.source), bank) + 1;
                }
            }
        }
    }

    void cluster(cluster_site here, bool weights_from_west) {
        const unsigned in_chain = here.row % tiles_.map().chain_clusters;
        for (unsigned pe_row = 0; pe_row < noc_.pe_rows; ++pe_row) {
            if (!works(here, pe_row, 1, 0, noc_.pe_cols)) continue;
            const cluster_site source{here.row, weights_from_west ? 0 : here.col};
            at(here).weight[pe_row] = noc_.weight_port(index(source), pe_row) + 1;
        }
        for (unsigned col = 0; col < noc_.pe_cols; ++col) {
            if (!works(here, 0, noc_.pe_rows, col, 1)) continue;
            at(here).pe[col] = in_chain == 0 ? noc::psum_from_bank
                                             : noc::psum_from_cluster + index({here.row - 1, here.col});
            if (in_chain + 1 == tiles_.map().chain_clusters)
                at(here).bank[col] = noc::psum_from_cluster + index(here);
        }
    }

    [[nodiscard]] std::vector<std::uint32_t> words() const {
        const std::size_t per_cluster = noc_words_per_cluster(noc_);
        std::vector<std::uint32_t> words(noc_.clusters() * per_cluster);
        for (std::size_t c = 0; c < selected_.size(); ++c) {
            std::size_t bit = c * per_cluster * 32;
            const auto put = [&](unsigned value, unsigned bits) {
                for (unsigned i = 0; i < bits; ++i, ++bit) words[bit / 32] |= (value >> i & 1U) << bit % 32;
            };
            const auto& selected = selected_[c];
            for (const unsigned source : selected.iact) put(source, noc_.iact_selection_bits());
            for (const unsigned source : selected.weight) put(source, noc_.weight_selection_bits());
            for (unsigned col = 0; col < noc_.pe_cols; ++col) {
                put(selected.pe[col], noc_.psum_selection_bits());
                put(selected.bank[col], noc_.psum_selection_bits());
            }
        }
        return words;
    }

private:
    struct selection {
        std::vector<unsigned> iact, weight, pe, bank;
    };
    /// Whether some PE among these rows and columns of a cluster has work.
    [[nodiscard]] bool works(cluster_site cluster, unsigned row, unsigned rows, unsigned col,
                             unsigned cols) const {
        for (unsigned i = 0; i < rows * cols; ++i) {
            if (tiles_.tile({}, {cluster.row, cluster.col, row + i / cols, col + i % cols})) return true;
        }
        return false;
    }
    [[nodiscard]] unsigned index(cluster_site cluster) const {
        return cluster.row * noc_.cluster_cols + cluster.col;
    }
    selection& at(cluster_site cluster) { return selected_[index(cluster)]; }

    const tiling& tiles_;
    const noc::noc_parameters& noc_;
    std::vector<selection> selected_;
};

}  // namespace

std::vector<std::uint32_t> selection_words(const tiling& tiles, const noc::noc_parameters& noc,
                                           std::span<const sharing_group> groups, bool weights_shared) {
    selection_setup setup(tiles, noc);
    for (const auto& group : groups) setup.iacts(group);
    for (unsigned row = 0; row < noc.cluster_rows; ++row) {
        for (unsigned col = 0; col < noc.cluster_cols; ++col) setup.cluster({row, col}, weights_shared);
    }
    return setup.words();
}

}  // namespace eyeriss::compiler
