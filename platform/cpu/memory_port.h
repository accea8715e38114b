#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

namespace eyeriss::platform {

/// How an access went: plain memory reached by DMI, a target that was called (time may have passed), or a
/// bus error.
enum class access_result : std::uint8_t { memory, device, fault };

/// A hart's way to memory. Plain memory is reached through DMI pointers, kept per granted range; everything
/// else by b_transport, for which the hart is first brought to its own time. Addresses must be aligned to
/// the access; a DMI range that a target withdraws is forgotten at once.
///
/// One range is kept in front for each direction, so that the common access is a subtraction, a comparison
/// and a copy.
class memory_port {
public:
    /// Called before a transaction leaves, so that simulated time is the hart's; and after it, with the
    /// delay that the target annotated.
    struct clock_hooks {
        std::function<void()> synchronise;
        std::function<void(const sc_core::sc_time&)> add_delay;
    };

    memory_port(tlm::tlm_initiator_socket<>& socket, clock_hooks hooks)
        : socket_(socket), hooks_(std::move(hooks)) {}

    /// Reads from memory at hand; false when load() must be asked.
    template <typename T>
    [[nodiscard]] bool try_load(std::uint32_t address, T& value) const {
        return copy_if_inside<T>(read_front_, address,
                                 [&](const std::uint8_t* at) { std::memcpy(&value, at, sizeof(T)); });
    }
    /// Writes to memory at hand; false when store() must be asked.
    template <typename T>
    [[nodiscard]] bool try_store(std::uint32_t address, T value) const {
        return copy_if_inside<T>(write_front_, address,
                                 [&](std::uint8_t* at) { std::memcpy(at, &value, sizeof(T)); });
    }

    /// Any aligned access, little-endian, 1, 2 or 4 bytes. On a fault `data` is unspecified.
    access_result load(std::uint32_t address, std::span<std::uint8_t> data);
    access_result store(std::uint32_t address, std::span<const std::uint8_t> data);

    /// Memory from which `bytes` bytes can be read and written directly, or null: what atomics need.
    std::uint8_t* direct(std::uint32_t address, std::uint32_t bytes);
    /// Memory from which code can be read: from `address` to the end of its range, empty when not direct.
    std::span<const std::uint8_t> code(std::uint32_t address);

    /// Forgets ranges that touch [start, end]; a target's invalidate_direct_mem_ptr.
    void invalidate(std::uint64_t start, std::uint64_t end);

    /// Transactions that went out by b_transport.
    [[nodiscard]] std::uint64_t transactions() const { return transactions_; }

private:
    struct region {
        std::uint32_t base = 0;
        std::uint64_t bytes = 0;
        std::uint8_t* data = nullptr;
        bool readable = false, writable = false;
        [[nodiscard]] bool holds(std::uint32_t address, std::uint32_t length) const {
            return address >= base && std::uint64_t{address} - base + length <= bytes;
        }
    };

    // `bytes - 3`, so that one comparison serves all sizes; the last three bytes take the long way.
    struct front {
        std::uint32_t base = 0;
        std::uint32_t reach = 0;
        std::uint8_t* data = nullptr;
    };

    template <typename T, typename Copy>
    static bool copy_if_inside(const front& at, std::uint32_t address, Copy copy) {
        const std::uint32_t offset = address - at.base;
        if (offset >= at.reach || address % sizeof(T) != 0) [[unlikely]] {
            return false;
        }
        copy(at.data + offset);
        return true;
    }

    static front in_front(const region& r);
    const region* find(std::uint32_t address, std::uint32_t bytes, tlm::tlm_command command);
    const region* request(std::uint32_t address, std::uint32_t bytes, tlm::tlm_command command);
    access_result transact(std::uint32_t address, tlm::tlm_command command, std::uint8_t* data,
                           std::uint32_t bytes);

    tlm::tlm_initiator_socket<>& socket_;
    clock_hooks hooks_;
    front read_front_, write_front_;
    std::vector<region> regions_;
    tlm::tlm_generic_payload payload_;
    std::uint64_t transactions_ = 0;
};

}  // namespace eyeriss::platform
