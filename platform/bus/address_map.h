#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eyeriss::platform {

/// A range of bus addresses, [base, base + bytes).
struct address_range {
    std::uint64_t base = 0;
    std::uint64_t bytes = 0;

    [[nodiscard]] constexpr std::uint64_t last() const { return base + bytes - 1; }
    [[nodiscard]] constexpr bool contains(std::uint64_t address) const { return address - base < bytes; }
    /// True when `length` bytes from `address` all lie in the range.
    [[nodiscard]] constexpr bool contains(std::uint64_t address, std::uint64_t length) const {
        return contains(address) && length <= bytes - (address - base);
    }
    [[nodiscard]] constexpr bool overlaps(const address_range& other) const {
        return base <= other.last() && other.base <= last();
    }
    bool operator==(const address_range&) const = default;
};

/// Number of a target on an interconnect, in the order in which targets were mapped.
enum class target_index : std::size_t {};

/// Which target answers at which address.
class address_map {
public:
    struct entry {
        std::string name;
        address_range range;
        target_index target{};
    };

    /// Adds a range. Throws std::invalid_argument with one line when the range is empty, leaves the 32-bit
    /// address space, or overlaps another, which is named.
    void add(std::string name, address_range range, target_index target);

    /// The entry that holds `address`, or null.
    [[nodiscard]] const entry* find(std::uint64_t address) const;
    /// All entries by rising address.
    [[nodiscard]] const std::vector<entry>& entries() const { return entries_; }

private:
    std::vector<entry> entries_;
};

}  // namespace eyeriss::platform
