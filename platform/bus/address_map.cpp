#include "platform/bus/address_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr std::uint64_t address_space_bytes = std::uint64_t{1} << 32;

std::string text(const std::string& name, const address_range& range) {
    return fmt::format("{} at {:#010x}..{:#010x}", name, range.base, range.last());
}

}  // namespace

void address_map::add(std::string name, address_range range, target_index target) {
    if (range.bytes == 0) {
        throw std::invalid_argument(
            fmt::format("address map: {} at {:#010x} has 0 bytes; expects at least 1", name, range.base));
    }
    if (range.base >= address_space_bytes || range.bytes > address_space_bytes - range.base) {
        throw std::invalid_argument(fmt::format(
            "address map: {} at {:#x} with {:#x} bytes leaves the address space; expects an end of at most "
            "0xffffffff",
            name, range.base, range.bytes));
    }
    const auto clash = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const entry& other) { return other.range.overlaps(range); });
    if (clash != entries_.end()) {
        throw std::invalid_argument(fmt::format("address map: {} overlaps {}; expects a free range",
                                                text(name, range), text(clash->name, clash->range)));
    }
    const auto place = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const entry& other) { return other.range.base > range.base; });
    entries_.insert(place, {std::move(name), range, target});
}

const address_map::entry* address_map::find(std::uint64_t address) const {
    const auto above =
        std::upper_bound(entries_.begin(), entries_.end(), address,
                         [](std::uint64_t value, const entry& other) { return value < other.range.base; });
    if (above == entries_.begin()) {
        return nullptr;
    }
    const entry& candidate = *std::prev(above);
    return candidate.range.contains(address) ? &candidate : nullptr;
}

}  // namespace eyeriss::platform
