#include "models/glb/glb_cluster.h"

#include <algorithm>
#include <utility>

namespace eyeriss::glb {
namespace {

/// Words of two psums.
std::uint64_t psum_words(const pe::psum_row& psums) {
    return (psums.values.size() + 1) / 2;
}

}  // namespace

glb_cluster::glb_cluster(sc_core::sc_module_name name, const arch::machine& m)
    : sc_module(name),
      iact_out("iact_out", m.noc.iact_routers()),
      weight_out("weight_out", m.noc.pe_rows),
      psum_out("psum_out", m.noc.pe_cols),
      psum_in("psum_in", m.noc.pe_cols),
      m_(m),
      psum_banks_(m.noc.pe_cols) {
    for (unsigned i = 0; i < m.noc.pe_cols; ++i) {
        psum_in[i].register_b_transport(this, &glb_cluster::receive_psums, static_cast<int>(i));
    }
    begin_layer(false);
}

void glb_cluster::end_of_elaboration() {
    for (auto& port : iact_out) iact_targets_.push_back(port.operator->());
    for (auto& port : weight_out) weight_targets_.push_back(port.operator->());
    for (auto& port : psum_out) psum_targets_.push_back(port.operator->());
}

void glb_cluster::begin_layer(bool single_buffer) {
    single_buffer_ = single_buffer;
    clear_iacts(0);
    clear_iacts(1);
    for (auto& bank : psum_banks_) bank = {};
    read_bits_ = write_bits_ = 0;
    actions_ = {};
    uncorrectable_.reset();
    corrected_ = 0;
    corrected_bank_ = 0;
}

void glb_cluster::clear_iacts(unsigned half) {
    halves_[half].used_words.assign(m_.noc.iact_routers(), 0);
    halves_[half].rows.clear();
}

bool glb_cluster::load_iacts(unsigned half, unsigned bank, std::shared_ptr<pe::iact_row> row,
                             std::uint32_t pes) {
    const unsigned words = row->words_to.empty() ? 0 : row->words_to.back();
    auto& used = halves_[half].used_words[bank];
    const unsigned first = used + half * m_.iact_bank_port_words() / 2;
    used += words;
    write_bits_ += std::uint64_t{words} * m_.noc.iact_port_bits;
    actions_[energy::action::glb_iact_write] += words;
    actions_[energy::action::port_in] += words;
    halves_[half].rows.push_back({bank, std::move(row), pes, first});
    return used <= m_.iact_bank_port_words() / (single_buffer_ ? 1 : 2);
}

const noc::burst& glb_cluster::send(noc::stream_target& beyond, std::shared_ptr<noc::burst_content> content,
                                    std::uint64_t words, std::uint32_t pes) {
    burst_.content = std::move(content);
    burst_.words = words;
    burst_.pes = pes;
    burst_.arrivals.clear();
    sc_core::sc_time delay;
    beyond.b_transport(burst_, delay);
    burst_.content.reset();
    return burst_;
}

const noc::burst& glb_cluster::send_iacts(const stored_row& row) {
    const std::uint64_t words = row.row->words_to.empty() ? 0 : row.row->words_to.back();
    read_bits_ += words * m_.noc.iact_port_bits;
    actions_[energy::action::glb_iact_read] += words;
    return send(*iact_targets_[row.bank], row.row, words, row.pes);
}

const noc::burst& glb_cluster::send_weights(unsigned pe_row, std::shared_ptr<pe::weight_load> tile,
                                            std::uint32_t pes) {
    const std::uint64_t words = m_.weight_port_words(tile->tile.size.words());
    actions_[energy::action::port_in] += words;
    return send(*weight_targets_[pe_row], std::move(tile), words, pes);
}

void glb_cluster::send_psums(unsigned column, std::shared_ptr<pe::psum_row> psums, std::uint64_t words) {
    noc::burst b;
    b.words = words;
    b.content = std::move(psums);
    sc_core::sc_time delay;
    psum_targets_[column]->b_transport(b, delay);
}

void glb_cluster::receive_psums(int column, noc::burst& b, sc_core::sc_time&) {
    psum_banks_[static_cast<std::size_t>(column)].arrived = std::static_pointer_cast<pe::psum_row>(b.content);
}

std::shared_ptr<pe::psum_row> glb_cluster::take_psums(unsigned column) {
    return std::exchange(psum_banks_[column].arrived, nullptr);
}

bool glb_cluster::store_psums(unsigned column, std::uint64_t slot, std::shared_ptr<pe::psum_row> psums) {
    auto& bank = psum_banks_[column];
    bank.used_psums += psums->values.size();
    write_bits_ += psums->values.size() * m_.pe.psum_bits;
    actions_[energy::action::glb_psum_write] += psum_words(*psums);
    const auto place = std::ranges::lower_bound(bank.rows, slot, {}, &psum_bank::kept_row::slot);
    if (place != bank.rows.end() && place->slot == slot) {
        place->psums = std::move(psums);
    } else {
        bank.rows.insert(place, {slot, std::move(psums)});
    }
    return bank.used_psums <= m_.psum_bank_psums();
}

std::shared_ptr<pe::psum_row> glb_cluster::fetch_psums(unsigned column, std::uint64_t slot) {
    auto& bank = psum_banks_[column];
    const auto found = std::ranges::lower_bound(bank.rows, slot, {}, &psum_bank::kept_row::slot);
    if (found == bank.rows.end() || found->slot != slot) return nullptr;
    if (!upsets_.empty()) strike_psums(column, slot);
    auto psums = std::move(found->psums);
    bank.rows.erase(found);
    bank.used_psums -= psums->values.size();
    read_bits_ += psums->values.size() * m_.pe.psum_bits;
    actions_[energy::action::glb_psum_read] += psum_words(*psums);
    return psums;
}

}  // namespace eyeriss::glb
