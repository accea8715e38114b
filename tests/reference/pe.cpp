#include "tests/reference/pe.h"

#include <algorithm>
#include <utility>

namespace eyeriss::reference {

pe::pe(const pe_parameters& parameters, std::vector<pe_job> jobs)
    : parameters_(parameters), jobs_(std::move(jobs)) {
    int rows = 0;
    for (const pe_job& job : jobs_) rows = std::max(rows, job.weights.rows);
    psums_.resize(static_cast<std::size_t>(rows) + rows % 2);
}

bool pe::ready_for_segment(const iact_segment& segment, std::size_t pass) const {
    if (segment_job_ >= jobs_.size() || segment_job_ > job_ + 1 || jobs_[segment_job_].pass != pass)
        return false;
    const std::size_t ahead = static_cast<std::size_t>(jobs_[segment_job_].window_segments) + 1;
    return segments_.size() < std::min(parameters_.iact_segment_ends, ahead) &&
           held_entries_ + segment.entries.size() <= parameters_.iact_entries;
}

void pe::segment_comes(const iact_segment& segment, cycle visible) {
    segments_.push_back({segment, visible});
    held_entries_ += segment.entries.size();
    const pe_job& job = jobs_[segment_job_];
    if (++segments_of_job_ < job.windows + job.window_segments - 1) return;
    ++segment_job_;
    segments_of_job_ = 0;
}

bool pe::ready_for_weights(std::size_t pass) const {
    return !done() && present().pass == pass && present().loads_weights && !weights_coming_;
}

void pe::weights_come(cycle first_word, cycle words) {
    weights_coming_ = true;
    weights_first_ = first_word;
    weights_last_ = first_word + words - 1;
}

bool pe::weights_there(cycle now) const {
    return !present().loads_weights || (weights_coming_ && now > weights_last_);
}

void pe::step(cycle now, bool filling) {
    if (done() || !weights_there(now)) return account_idle(now);
    accumulate(now);
    if (multiply_ && !accumulate_) accumulate_ = std::exchange(multiply_, std::nullopt);
    read_weight_word();
    if (!weight_data_ && !drop_queue_.empty()) {
        weight_data_ = drop_queue_.front();
        drop_queue_.pop_front();
    }
    look_up_column();
    read_iact();
    fetch_address(now, filling);
    if (windows_moved_ == present().windows) {
        windows_moved_ = windows_fetched_ = windows_read_ = 0;
        weights_coming_ = false;
        ++job_;
    }
}

void pe::account_idle(cycle now) {
    if (jobs_.empty()) return ledger_.add(cause::not_mapped);
    if (done()) return ledger_.add(cause::finished_early);
    ledger_.add(weights_coming_ && now >= weights_first_ ? cause::loading_weights : cause::wait_weight);
}

const std::vector<weight_word>& pe::words_of(const token& t) const {
    static const std::vector<weight_word> none;
    return t.empty ? none : present().weights.columns[t.column];
}

// Stage 7. The SPad's ports serve either the MACs or the psums that move.
void pe::accumulate(cycle now) {
    if (moving_) return move_psums(now);
    if (!accumulate_) {
        ++empty_cycles_;
        return;
    }
    const operation present_operation = *std::exchange(accumulate_, std::nullopt);
    const token& from = present_operation.from;
    const cycle iact = std::min(empty_cycles_, from.waited_iact);
    const cycle dram = std::min(empty_cycles_ - iact, from.waited_dram);
    ledger_.add(cause::wait_iact, iact);
    ledger_.add(cause::wait_dram, dram);
    ledger_.add(cause::bubble, empty_cycles_ - iact - dram);
    empty_cycles_ = 0;
    add_products(present_operation);
    if (!from.ends_window) return;
    windows_.push_back({now, 0});
    moving_ = true;
}

void pe::add_products(const operation& o) {
    if (!o.word) return ledger_.add(cause::bubble);
    int products = 0, zeros = 0;
    for (const stored_weight& w : o.word->lane) {
        if (w.row < 0) continue;
        const int product = w.value * o.from.iact;
        psums_[w.row] += product;
        (product == 0 ? zeros : products) += 1;
    }
    if (zeros > 0) return ledger_.add(cause::stored_zero);
    ledger_.add(products == 2 ? cause::two_lanes : cause::one_lane);
}

void pe::move_psums(cycle now) {
    const pe_job& job = present();
    if (job.below != nullptr && !job.below->readable()) return ledger_.add(cause::wait_psum_in);
    if (job.above != nullptr && !job.above->writable(job.pass)) return ledger_.add(cause::wait_psum_out);
    ledger_.add(cause::psum_ports);
    psum_word out{psums_[2 * moved_words_], psums_[2 * moved_words_ + 1]};
    if (job.below != nullptr) {
        const psum_word in = job.below->read();
        out = {out.first + in.first, out.second + in.second};
    }
    if (job.above != nullptr) {
        job.above->write(out, now);
    } else {
        sent_.push_back(out);
    }
    if (++moved_words_ == (static_cast<std::size_t>(job.weights.rows) + 1) / 2) end_window(now);
}

void pe::end_window(cycle now) {
    windows_.back().moved = now;
    std::fill(psums_.begin(), psums_.end(), 0);
    moved_words_ = 0;
    moving_ = false;
    ++windows_moved_;
}

// Stage 5.
void pe::read_weight_word() {
    if (!weight_data_ || multiply_) return;
    token& t = *weight_data_;
    const auto& words = words_of(t);
    operation o{t, std::nullopt};
    if (!words.empty()) o.word = words[t.next_word++];
    const bool last = t.next_word == words.size();
    o.from.ends_window = t.ends_window && last;
    multiply_ = o;
    if (last) weight_data_.reset();
}

// Stage 3, into stage 4. A column without words goes no further; if it ends its window, the word goes to the
// column before it, or on alone where that has gone already: the later stages have run dry.
void pe::look_up_column() {
    if (!weight_address_) return;
    token& t = *weight_address_;
    if (words_of(t).empty() && (!t.ends_window || pass_end_on())) {
        dropped_iact_wait_ += t.waited_iact;
        dropped_dram_wait_ += t.waited_dram;
        weight_address_.reset();
        return;
    }
    if (drop_queue_.size() == parameters_.drop_queue_columns) return;
    t.waited_iact += std::exchange(dropped_iact_wait_, 0);
    t.waited_dram += std::exchange(dropped_dram_wait_, 0);
    drop_queue_.push_back(t);
    weight_address_.reset();
}

bool pe::pass_end_on() {
    token* before = !drop_queue_.empty() ? &drop_queue_.back() : weight_data_ ? &*weight_data_ : nullptr;
    if (before == nullptr || before->ends_window) return false;
    return before->ends_window = true;
}

// Stage 2. After a window's last iact its oldest segment is dropped.
void pe::read_iact() {
    if (!iact_data_ || weight_address_) return;
    weight_address_ = std::exchange(iact_data_, std::nullopt);
    if (!weight_address_->ends_window) return;
    const bool last = ++windows_read_ == present().windows;
    for (int i = 0; i < (last ? present().window_segments : 1); ++i) {
        held_entries_ -= segments_.front().segment.entries.size();
        segments_.pop_front();
    }
}

// Stage 1. A window begins when all of its segments are in.
void pe::fetch_address(cycle now, bool filling) {
    if (iact_data_ || (window_.empty() && windows_fetched_ == present().windows)) return;
    if (window_.empty()) {
        const auto needed = static_cast<std::size_t>(present().window_segments);
        if (segments_.size() < needed || segments_[needed - 1].visible > now) {
            ++(filling ? starved_dram_ : starved_iact_);
            return;
        }
        list_window();
    }
    iact_data_ = window_.front();
    window_.pop_front();
}

void pe::list_window() {
    const auto columns = static_cast<int>(present().weights.columns.size());
    for (int i = 0; i < present().window_segments; ++i)
        for (const stored_iact& s : segments_[i].segment.entries) {
            const int column = i * present().segment_values + s.place;
            if (column < columns) window_.push_back({.column = column, .iact = s.value});
        }
    if (window_.empty()) window_.push_back({.empty = true});
    window_.back().ends_window = true;
    window_.front().waited_iact = std::exchange(starved_iact_, 0);
    window_.front().waited_dram = std::exchange(starved_dram_, 0);
    ++windows_fetched_;
}

}  // namespace eyeriss::reference
