#include "platform/cpu/pmp.h"

#include <algorithm>
#include <bit>
#include <set>

namespace eyeriss::platform {

namespace {

constexpr std::uint8_t may_read = 1, may_write = 2, may_all = 7;
constexpr std::uint8_t implemented_bits = 0x9f;
constexpr unsigned regions_a_word = 4;

enum class matching : std::uint8_t { off, top_of_range, four_bytes, power_of_two };

constexpr matching matching_of(std::uint8_t configuration) {
    return static_cast<matching>(configuration >> 3U & 3U);
}

constexpr std::uint8_t legal(std::uint8_t configuration) {
    const auto kept = static_cast<std::uint8_t>(configuration & implemented_bits);
    const bool write_only = (kept & (may_read | may_write)) == may_write;
    return write_only ? static_cast<std::uint8_t>(kept & ~may_write) : kept;
}

}  // namespace

std::uint32_t pmp::configuration(unsigned word) const {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < regions_a_word; ++i) {
        value |= std::uint32_t{configurations_.at(word * regions_a_word + i)} << (8 * i);
    }
    return value;
}

void pmp::set_configuration(unsigned word, std::uint32_t value) {
    for (unsigned i = 0; i < regions_a_word; ++i) {
        const unsigned index = word * regions_a_word + i;
        if (!locked(index)) {
            configurations_.at(index) = legal(static_cast<std::uint8_t>(value >> (8 * i)));
        }
    }
    rebuild();
}

// A locked TOR region locks the address below it, which is its bottom, too.
bool pmp::address_locked(unsigned index) const {
    const bool bottom_of_locked = index + 1 < regions && locked(index + 1) &&
                                  matching_of(configurations_.at(index + 1)) == matching::top_of_range;
    return locked(index) || bottom_of_locked;
}

void pmp::set_address(unsigned index, std::uint32_t value) {
    if (!address_locked(index)) {
        addresses_.at(index) = value;
        rebuild();
    }
}

pmp::span64 pmp::range(unsigned index) const {
    const std::uint64_t own = std::uint64_t{addresses_.at(index)} << 2U;
    switch (matching_of(configurations_.at(index))) {
        case matching::top_of_range: {
            const std::uint64_t bottom = index == 0 ? 0 : std::uint64_t{addresses_.at(index - 1)} << 2U;
            return {bottom, std::max(bottom, own)};
        }
        case matching::four_bytes:
            return {own, own + 4};
        case matching::power_of_two: {
            const auto ones = static_cast<unsigned>(std::countr_one(addresses_.at(index)));
            const std::uint64_t bytes = std::uint64_t{8} << ones;
            const std::uint64_t first = own & ~(bytes - 1);
            return {first, first + bytes};
        }
        case matching::off:
            break;
    }
    return {};
}

void pmp::rebuild() {
    constexpr std::uint64_t space = std::uint64_t{1} << 32U;
    std::array<span64, regions> ranges;
    std::set<std::uint64_t> ends{space};
    for (unsigned i = 0; i < regions; ++i) {
        ranges.at(i) = range(i);
        for (const std::uint64_t end : {ranges.at(i).first, ranges.at(i).end}) {
            if (end > 0 && end < space) {
                ends.insert(end);
            }
        }
    }
    pieces_.clear();
    std::uint64_t first = 0;
    for (const std::uint64_t end : ends) {
        const auto deciding = std::find_if(ranges.begin(), ranges.end(), [&](const span64& r) {
            return r.first <= first && end <= r.end && r.first < r.end;
        });
        pieces_.push_back({static_cast<std::uint32_t>(end - 1),
                           static_cast<unsigned>(std::distance(ranges.begin(), deciding))});
        first = end;
    }
    ++version_;
}

std::size_t pmp::piece_at(std::uint32_t at) const {
    const auto found = std::lower_bound(pieces_.begin(), pieces_.end(), at,
                                        [](const piece& p, std::uint32_t value) { return p.last < value; });
    return static_cast<std::size_t>(std::distance(pieces_.begin(), found));
}

std::uint8_t pmp::permissions(unsigned region, privilege mode) const {
    if (region == regions) {
        return mode == privilege::machine ? may_all : 0;
    }
    return mode == privilege::machine && !locked(region)
               ? may_all
               : static_cast<std::uint8_t>(configurations_.at(region) & may_all);
}

pmp::window pmp::around(std::uint32_t at, privilege mode) const {
    const std::size_t index = piece_at(at);
    return {index == 0 ? 0 : pieces_[index - 1].last + 1, pieces_[index].last,
            permissions(pieces_[index].region, mode)};
}

// Pieces end at multiples of four, so an access of at most four bytes lies in two at most; it may lie in two
// only where the same region, or none, decides for both.
bool pmp::allows(std::uint32_t at, std::uint32_t bytes, access_kind kind, privilege mode) const {
    const piece& first = pieces_[piece_at(at)];
    const piece& last = pieces_[piece_at(at + bytes - 1)];
    return first.region == last.region &&
           (permissions(first.region, mode) & static_cast<std::uint8_t>(kind)) != 0;
}

void pmp::reset() {
    configurations_ = {};
    addresses_ = {};
    rebuild();
}

}  // namespace eyeriss::platform
