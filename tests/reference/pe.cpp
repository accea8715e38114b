#include "tests/reference/pe.h"

#include <algorithm>
#include <utility>

namespace eyeriss::reference {

namespace {

/// With one MAC each stored weight is a word of its own.
weight_tile for_one_mac(weight_tile tile) {
    for (auto& column : tile.columns) {
        std::vector<weight_word> single;
        for (const weight_word& word : column)
            for (const stored_weight& w : word.lane)
                if (w.row >= 0) single.push_back({{w, {}}});
        column = std::move(single);
    }
    return tile;
}

}  // namespace

pe::pe(const pe_parameters& parameters, std::vector<pe_job> jobs)
    : parameters_(parameters), jobs_(std::move(jobs)) {
    int rows = 0;
    std::size_t tiles = 0;
    for (pe_job& job : jobs_) {
        rows = std::max(rows, job.weights.rows);
        if (parameters_.macs == 1) job.weights = for_one_mac(std::move(job.weights));
        tiles += job.loads_weights ? 1 : 0;
        tile_.push_back(tiles - 1);
    }
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
    if (done()) return false;
    const std::size_t next = tiles_.size(),
                      held_to = tile_[job_] + (parameters_.weight_double_buffer ? 1 : 0);
    const auto job = std::ranges::find(tile_, next) - tile_.begin();
    return next <= held_to && std::cmp_less(job, jobs_.size()) && jobs_[job].pass == pass;
}

void pe::weights_come(cycle first_word, cycle words) {
    tiles_.push_back({first_word, first_word + words - 1});
}

bool pe::weights_there(cycle now) const {
    return tile_[job_] < tiles_.size() && now > tiles_[tile_[job_]].last;
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
        windows_moved_ = windows_fetched_ = windows_read_ = windows_accumulated_ = 0;
        ++job_;
    }
}

void pe::account_idle(cycle now) {
    if (jobs_.empty()) return ledger_.add(cause::not_mapped);
    if (done()) return ledger_.add(cause::finished_early);
    const bool coming = tile_[job_] < tiles_.size() && now >= tiles_[tile_[job_]].first;
    ledger_.add(coming ? cause::loading_weights : cause::wait_weight);
}

const std::vector<weight_word>& pe::words_of(const token& t) const {
    static const std::vector<weight_word> none;
    return t.empty ? none : present().weights.columns[t.column];
}

// Whether a second window may be accumulated while the first one's psums move.
bool pe::overlaps() const {
    return !parameters_.psum_transfer_takes_ports && 2 * present().weights.rows <= parameters_.psum_entries;
}

// Stage 7. The SPad's ports serve either the MACs or the psums that move, unless two windows' psums fit.
void pe::accumulate(cycle now) {
    if (moving_) {
        const bool both_full = parked_.has_value();
        const bool last_window = windows_accumulated_ == present().windows;
        const cause moved = move_psums(now);
        if (!overlaps() || last_window || (both_full && accumulate_)) return ledger_.add(moved);
    }
    if (accumulate_) {
        take_operation(now);
    } else {
        ++empty_cycles_;
    }
}

void pe::take_operation(cycle now) {
    const operation present_operation = *std::exchange(accumulate_, std::nullopt);
    const token& from = present_operation.from;
    const cycle iact = std::min(empty_cycles_, from.waited_iact);
    const cycle dram = std::min(empty_cycles_ - iact, from.waited_dram);
    ledger_.add(cause::wait_iact, iact);
    ledger_.add(cause::wait_dram, dram);
    ledger_.add(cause::bubble, empty_cycles_ - iact - dram);
    empty_cycles_ = 0;
    add_products(present_operation);
    if (from.ends_window) end_window(now);
}

void pe::end_window(cycle now) {
    windows_.push_back({now, 0});
    ++windows_accumulated_;
    (moving_ ? parked_ : moving_) = psums_;
    std::ranges::fill(psums_, 0);
}

std::int64_t pe::fit(std::int64_t psum) const {
    const std::int64_t range = std::int64_t{1} << parameters_.psum_bits, half = range / 2;
    if (parameters_.saturates) return std::clamp(psum, -half, half - 1);
    const std::int64_t low = psum & (range - 1);
    return low < half ? low : low - range;
}

void pe::add_products(const operation& o) {
    if (!o.word) return ledger_.add(cause::bubble);
    int products = 0, zeros = 0;
    for (const stored_weight& w : o.word->lane) {
        if (w.row < 0) continue;
        const int product = w.value * o.from.iact;
        psums_[w.row] = fit(psums_[w.row] + product);
        (product == 0 ? zeros : products) += 1;
    }
    if (zeros > 0) return ledger_.add(cause::stored_zero);
    ledger_.add(products == 2 ? cause::two_lanes : cause::one_lane);
}

cause pe::move_psums(cycle now) {
    const pe_job& job = present();
    if (job.below != nullptr && !job.below->readable()) return cause::wait_psum_in;
    if (job.above != nullptr && !job.above->writable(job.pass)) {
        job.above->refuse(job.pass);
        return cause::wait_psum_out;
    }
    psum_word out{(*moving_)[2 * moved_words_], (*moving_)[2 * moved_words_ + 1]};
    if (job.below != nullptr) {
        const psum_word in = job.below->read();
        out = {fit(out.first + in.first), fit(out.second + in.second)};
    }
    if (job.above != nullptr) {
        job.above->write(out, now);
    } else {
        sent_.push_back(out);
    }
    if (++moved_words_ == (static_cast<std::size_t>(job.weights.rows) + 1) / 2) end_move(now);
    return cause::psum_ports;
}

void pe::end_move(cycle now) {
    windows_[moved_total_++].moved = now;
    moved_words_ = 0;
    moving_ = std::exchange(parked_, std::nullopt);
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
