#include <algorithm>
#include <bit>

#include "models/faults/secded.h"
#include "models/glb/glb_cluster.h"
#include "models/pe/upset.h"

namespace eyeriss::glb {

std::uint64_t glb_cluster::take_wrong_bits(faults::glb_bank memory, unsigned bank, unsigned word,
                                           unsigned data_bits) {
    // The code is linear: what errors do to a word does not depend on its data, so zero stands for any.
    const faults::secded code(data_bits);
    auto stored = code.encode(0);
    const auto taken = std::erase_if(upsets_, [&](const pending_upset& u) {
        if (u.memory != memory || u.bank != bank || u.word != word) return false;
        if (u.bit < data_bits || m_.glb.ecc) code.flip(stored, u.bit);
        return true;
    });
    if (taken == 0 || !m_.glb.ecc) return stored.data;
    const unsigned number = bank + (memory == faults::glb_bank::psum ? m_.noc.iact_routers() : 0);
    const auto found = code.decode(stored);
    if (found.state == faults::word_state::uncorrectable) {
        uncorrectable_ = number;
    } else if (found.state == faults::word_state::corrected) {
        ++corrected_;
        corrected_bank_ = number;
    }
    return found.data;
}

void glb_cluster::strike_iacts(unsigned half) {
    if (upsets_.empty()) return;
    const pe::row_widths widths{m_.noc.iact_port_bits, m_.pe.operand_bits};
    for (auto& stored : halves_[half].rows) {
        const unsigned words = stored.row->words_to.empty() ? 0 : stored.row->words_to.back();
        for (unsigned word = 0; word < words && !upsets_.empty(); ++word) {
            auto wrong = take_wrong_bits(faults::glb_bank::iact, stored.bank, stored.first_word + word,
                                         widths.port_bits);
            for (; wrong != 0; wrong &= wrong - 1) {
                const auto bit = static_cast<unsigned>(std::countr_zero(wrong));
                stored.row = pe::with_stored_bit_flipped(
                    *stored.row, std::uint64_t{word} * widths.port_bits + bit, widths);
            }
        }
    }
}

void glb_cluster::strike_psums(unsigned column, std::uint64_t slot) {
    const unsigned bits = m_.psum_storage_bits();
    const auto& rows = psum_banks_[column].rows;
    unsigned first = 0;
    auto row = rows.begin();
    for (; row->slot != slot; ++row) {
        first += static_cast<unsigned>((row->psums->values.size() + 1) / 2);
    }
    auto& values = row->psums->values;
    for (std::size_t i = 0; i < values.size(); i += 2) {
        auto wrong =
            take_wrong_bits(faults::glb_bank::psum, column, first + static_cast<unsigned>(i / 2), 2 * bits);
        for (; wrong != 0; wrong &= wrong - 1) {
            const auto bit = static_cast<unsigned>(std::countr_zero(wrong));
            const std::size_t psum = i + bit / bits;
            if (psum < values.size())
                values[psum] = pe::with_psum_bit_flipped(values[psum], bit % bits, m_.pe.psum_bits);
        }
    }
}

}  // namespace eyeriss::glb
