#include "models/cluster/pe_cluster.h"

#include <bit>

namespace eyeriss::cluster {

pe_cluster::pe_cluster(sc_core::sc_module_name name, std::uint32_t first_index, const arch::machine& m,
                       pe::pe_counts& counts)
    : sc_module(name),
      iact_in("iact_in", m.noc.iact_routers()),
      weight_in("weight_in", m.noc.pe_rows),
      psum_in("psum_in", m.noc.pe_cols),
      psum_out("psum_out", m.noc.pe_cols),
      noc_(m.noc),
      counts_(counts),
      to_iact_("to_iact", m.noc.pes_per_cluster()),
      to_weight_("to_weight", m.noc.pes_per_cluster()),
      to_bottom_("to_bottom", m.noc.pe_cols),
      from_top_("from_top", m.noc.pe_cols),
      pes_("pe") {
    pes_.init(noc_.pes_per_cluster(), [&](const char* pe_name, std::size_t i) {
        // sc_vector owns what its creator makes.
        return new pe::pe(
            pe_name, first_index + static_cast<std::uint32_t>(i),  // NOLINT(cppcoreguidelines-owning-memory)
            m.pe, counts);
    });
    for (unsigned i = 0; i < noc_.iact_routers(); ++i) {
        iact_in[i].register_b_transport(this, &pe_cluster::spread_iacts, static_cast<int>(i));
    }
    for (unsigned row = 0; row < noc_.pe_rows; ++row) {
        weight_in[row].register_b_transport(this, &pe_cluster::spread_weights, static_cast<int>(row));
    }
    for (unsigned i = 0; i < noc_.pes_per_cluster(); ++i) {
        to_iact_[i].bind(pes_[i].iact_in);
        to_weight_[i].bind(pes_[i].weight_in);
    }
    for (unsigned col = 0; col < noc_.pe_cols; ++col) {
        psum_in[col].register_b_transport(this, &pe_cluster::enter_psums, static_cast<int>(col));
        from_top_[col].register_b_transport(this, &pe_cluster::leave_psums, static_cast<int>(col));
        to_bottom_[col].bind(at(noc_.pe_rows - 1, col).psum_in);
        for (unsigned row = noc_.pe_rows - 1; row > 0; --row)
            at(row, col).psum_out.bind(at(row - 1, col).psum_in);
        at(0, col).psum_out.bind(from_top_[col]);
    }
}

void pe_cluster::end_of_elaboration() {
    const auto resolve = [](auto& sockets, std::vector<noc::stream_target*>& targets) {
        for (auto& socket : sockets) targets.push_back(socket.operator->());
    };
    resolve(to_iact_, iact_targets_);
    resolve(to_weight_, weight_targets_);
    resolve(to_bottom_, bottom_targets_);
    resolve(psum_out, above_targets_);
}

/// Has the caches fetch what a burst will find at these PEs, all at once rather than one after the other.
void pe_cluster::expect(std::uint32_t pes, std::span<noc::stream_target* const> targets) const {
    for (std::uint32_t rest = pes; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<unsigned>(std::countr_zero(rest));
        if (i >= targets.size()) break;
        __builtin_prefetch(targets[i]);
        pes_[i].expect();
    }
}

void pe_cluster::spread_iacts(int, noc::burst& b, sc_core::sc_time& delay) {
    expect(b.pes, iact_targets_);
    for (std::uint32_t rest = b.pes; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<unsigned>(std::countr_zero(rest));
        if (i < noc_.pes_per_cluster()) iact_targets_[i]->b_transport(b, delay);
    }
}

void pe_cluster::spread_weights(int row, noc::burst& b, sc_core::sc_time& delay) {
    const unsigned first = static_cast<unsigned>(row) * noc_.pe_cols;
    expect(b.pes, weight_targets_);
    for (unsigned i = first; i < first + noc_.pe_cols; ++i) {
        if ((b.pes >> i & 1U) != 0) weight_targets_[i]->b_transport(b, delay);
    }
}

void pe_cluster::enter_psums(int column, noc::burst& b, sc_core::sc_time& delay) {
    const auto col = static_cast<std::size_t>(column);
    for (std::size_t i = col; i < pes_.size(); i += noc_.pe_cols) pes_[i].expect();
    __builtin_prefetch(above_targets_[col]);
    counts_.psum_words_entered += b.words;
    bottom_targets_[col]->b_transport(b, delay);
}

void pe_cluster::leave_psums(int column, noc::burst& b, sc_core::sc_time& delay) {
    above_targets_[static_cast<std::size_t>(column)]->b_transport(b, delay);
}

}  // namespace eyeriss::cluster
