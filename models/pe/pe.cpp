#include "models/pe/pe.h"

#include <algorithm>
#include <bit>

#include "models/energy/pe_actions.h"
#include "models/pe/job.h"
#include "models/pe/kernel.h"

namespace eyeriss::pe {

pe::pe(sc_core::sc_module_name name, std::uint32_t index, const arch::pe_parameters& p, pe_counts& counts)
    : sc_module(name),
      psum_out("psum_out"),
      weight_in("weight_in"),
      iact_in("iact_in"),
      psum_in("psum_in"),
      counts_(counts),
      p_(p),
      index_(index) {
    iact_in.register_b_transport(this, &pe::take_iacts, 0);
    weight_in.register_b_transport(this, &pe::take_weights, 0);
    psum_in.register_b_transport(this, &pe::pass_psums, 0);
}

void pe::begin_layer(bool timed) {
    timed_ = timed;
    fault_ = pe_fault::none;
    iacts_.reset();
    weights_.reset();
    begin_pass(0, 0, 0, 0);
}

void pe::begin_pass(unsigned windows, unsigned step, unsigned columns, unsigned rows) {
    windows_ = windows;
    step_ = step;
    columns_ = columns;
    rows_ = rows;
    iacts_.reset();
    job_ = {};
}

void pe::take_iacts(int, noc::burst& b, sc_core::sc_time& delay) {
    if (rows_ == 0) return;
    if (iacts_) fail(pe_fault::conflict);
    iacts_ = std::static_pointer_cast<const iact_row>(b.content);
    b.arrivals.push_back({index_, delay});
}

void pe::take_weights(int, noc::burst& b, sc_core::sc_time& delay) {
    if (rows_ == 0) return;
    weights_ = std::static_pointer_cast<const weight_load>(b.content);
    const auto& size = weights_->tile.size;
    counts_.weight_fills += size.words();
    const bool dense = size.address_words == 0 && !weights_->no_work;
    const unsigned words = dense ? (weights_->tile.rows + 1) / 2 * weights_->tile.columns : size.data_words;
    if (!weights_->no_work) energy::count_weight_fill(*weights_, dense, counts_.actions);
    if (words > p_.weight_words || weights_->tile.columns > p_.weight_address_entries ||
        weights_->tile.rows > p_.psum_entries) {
        fail(pe_fault::weight_spad);
    }
    b.arrivals.push_back({index_, delay});
}

bool pe::iacts_fit() const {
    if (iacts_->segment_values == 0) return false;
    const unsigned segments = (columns_ + iacts_->segment_values - 1) / iacts_->segment_values;
    return segments <= p_.iact_address_entries && segments * iacts_->segment_values <= p_.iact_entries &&
           std::size_t{windows_ - 1} * step_ + columns_ <=
               std::size_t{iacts_->segments} * iacts_->segment_values;
}

void pe::pass_psums(int, noc::burst& b, sc_core::sc_time& delay) {
    auto& psums = static_cast<psum_row&>(*b.content);
    counts_.psum_words_in += b.words;
    if (rows_ != 0 && weights_ && !weights_->no_work && fault_ == pe_fault::none) {
        if (!upsets_.empty() && iacts_) strike_operands();
        if (fault_ != pe_fault::none) {
            // The psums pass; the array reports the fault.
        } else if (!iacts_) {
            fail(pe_fault::starved);
        } else if (!iacts_fit()) {
            fail(pe_fault::iact_spad);
        } else if (psums.channels != rows_ || psums.windows != windows_ || iacts_->segment_values != step_ ||
                   iacts_->columns != columns_ || weights_->tile.rows != rows_ ||
                   weights_->tile.columns != columns_) {
            fail(pe_fault::conflict);
        } else {
            accumulate(psums);
            if (!upsets_.empty()) strike_psums(psums);
            b.words = (psums.values.size() + 1) / 2;
        }
    }
    above_->b_transport(b, delay);
}

void pe::strike_operands() {
    for (const auto& u : upsets_) {
        if (u.pad == faults::spad::iact) {
            iacts_ = with_entry_bit_flipped(*iacts_, u.word, u.bit, u.widths);
        } else if (u.pad == faults::spad::weight) {
            auto struck = with_word_bit_flipped(*weights_, u.word, u.bit, p_.macs);
            if (!struck) {
                fail(pe_fault::corrupt);
                break;
            }
            weights_ = std::move(struck);
        }
    }
    std::erase_if(upsets_, [](const auto& u) { return u.pad != faults::spad::psum; });
}

void pe::strike_psums(psum_row& psums) {
    for (const auto& u : upsets_) {
        if (u.word < psums.channels)
            psums.values[u.word] = with_psum_bit_flipped(psums.values[u.word], u.bit, p_.psum_bits);
    }
    upsets_.clear();
}

void pe::accumulate(psum_row& psums) {
    if (p_.overflow == arch::overflow_mode::saturate) {
        accumulate_saturating(psums);
    } else {
        counts_.psum_overflows +=
            accumulate_row({iacts_->values.data(), windows_, step_, columns_, weights_->interleaved.data(),
                            rows_, weights_->tile.padded_rows},
                           psums.values.data(), p_.psum_bits);
    }
    counts_.macs_nominal += std::uint64_t{windows_} * columns_ * rows_;
    count_windows();
}

void pe::accumulate_saturating(psum_row& psums) {
    const std::int64_t high = (std::int64_t{1} << (p_.psum_bits - 1)) - 1;
    const auto fit = [&](std::int64_t v) {
        if (v > high || v < -high - 1) ++counts_.psum_overflows;
        return std::clamp(v, -high - 1, high);
    };
    for (unsigned f = 0; f < windows_; ++f) {
        const std::int16_t* window = iacts_->values.data() + std::size_t{f} * step_;
        for (unsigned m = 0; m < rows_; ++m) {
            std::int64_t sum = 0;
            for (unsigned k = 0; k < columns_; ++k) {
                sum = fit(sum +
                          window[k] * weights_->tile.values[std::size_t{k} * weights_->tile.padded_rows + m]);
            }
            auto& psum = psums.values[std::size_t{f} * rows_ + m];
            psum = static_cast<std::int32_t>(fit(sum + psum));
        }
    }
}

void pe::count_windows() {
    const bool raw = weights_->tile.size.address_words == 0;
    const row_sums sums = sum_row(*iacts_, *weights_);
    energy::count_row(*iacts_, *weights_, sums, {windows_, step_, columns_, rows_, raw}, counts_.actions);
    const bool all = iacts_->dense;
    const std::uint64_t products = all ? windows_ * weights_->once.nonzero : sums.weights.nonzero;
    counts_.macs_effectual += sums.inside;
    counts_.iact_reads += all ? std::uint64_t{windows_} * columns_ : sums.hits;
    counts_.weight_words += all ? windows_ * weights_->once.cycles(p_.macs) : sums.weights.cycles(p_.macs);
    counts_.psum_accesses += 2 * products + 2 * std::uint64_t{windows_} * rows_;
    counts_.iact_fills += iacts_->all_pairs;
    if (timed_) job_ = describe_job(*iacts_, *weights_, sums);
}

}  // namespace eyeriss::pe
