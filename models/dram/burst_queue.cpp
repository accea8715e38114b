#include "models/dram/burst_queue.h"

#include <algorithm>

namespace eyeriss::dram {
namespace {

constexpr std::uint64_t no_key = ~std::uint64_t{0};

}  // namespace

burst_queue::burst_queue(unsigned capacity, unsigned banks)
    : slots_(capacity), keys_(capacity, no_key), by_bank_(banks) {
    for (std::uint32_t i = capacity; i > 0; --i) {
        free_.push_back(i - 1);
    }
}

void burst_queue::append(list& l, chain c, std::uint32_t place) {
    links& own = slots_[place].*c;
    own = {l.tail, none};
    if (l.tail == none) {
        l.head = place;
    } else {
        (slots_[l.tail].*c).after = place;
    }
    l.tail = place;
}

void burst_queue::take_out(list& l, chain c, std::uint32_t place) {
    const links own = slots_[place].*c;
    if (own.before == none) {
        l.head = own.after;
    } else {
        (slots_[own.before].*c).after = own.after;
    }
    if (own.after == none) {
        l.tail = own.before;
    } else {
        (slots_[own.after].*c).before = own.before;
    }
}

void burst_queue::push(const burst& b, std::uint64_t order) {
    const std::uint32_t place = free_.back();
    free_.pop_back();
    slot& s = slots_[place];
    s.value = b;
    s.order = order;
    if (b.is_write && !b.masked) {
        keys_[place] = key_of(b.bank, b.row, b.column);
    }
    // Arrivals come nearly in order: look from the back for the one to stand behind.
    std::uint32_t before = waiting_tail_;
    while (before != none && slots_[before].value.arrival > b.arrival) {
        before = slots_[before].of_age.before;
    }
    const std::uint32_t after = before == none ? waiting_head_ : slots_[before].of_age.after;
    s.of_age = {before, after};
    (before == none ? waiting_head_ : slots_[before].of_age.after) = place;
    (after == none ? waiting_tail_ : slots_[after].of_age.before) = place;
}

unsigned burst_queue::admit() {
    const std::uint32_t place = waiting_head_;
    waiting_head_ = slots_[place].of_age.after;
    (waiting_head_ == none ? waiting_tail_ : slots_[waiting_head_].of_age.before) = none;
    const unsigned bank = slots_[place].value.bank;
    append(age_, &slot::of_age, place);
    append(by_bank_[bank], &slot::of_bank, place);
    banks_ |= std::uint64_t{1} << bank;
    ++in_window_;
    return bank;
}

void burst_queue::remove(std::uint32_t place) {
    const unsigned bank = slots_[place].value.bank;
    take_out(age_, &slot::of_age, place);
    take_out(by_bank_[bank], &slot::of_bank, place);
    if (by_bank_[bank].head == none) {
        banks_ &= ~(std::uint64_t{1} << bank);
    }
    keys_[place] = no_key;
    --in_window_;
    free_.push_back(place);
}

std::uint32_t burst_queue::oldest_hit(unsigned bank, std::int64_t row) const {
    std::uint32_t place = by_bank_[bank].head;
    while (place != none && slots_[place].value.row != row) {
        place = slots_[place].of_bank.after;
    }
    return place;
}

bool burst_queue::holds_whole(unsigned bank, std::int64_t row, std::uint32_t column) const {
    return size() != 0 && std::find(keys_.begin(), keys_.end(), key_of(bank, row, column)) != keys_.end();
}

}  // namespace eyeriss::dram
