#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "platform/cpu/pmp.h"
#include "platform/cpu/reservations.h"
#include "platform/cpu/watchpoint.h"

namespace eyeriss::platform {

/// How an access went: plain memory reached by DMI, the same where a debugger watches, a target that was
/// called (time may have passed), or a bus error.
enum class access_result : std::uint8_t { memory, watched, device, fault };

/// Loads and stores by DMI pointers. A fetch is none: code is kept decoded. An AMO or sc.w reads and writes.
struct direct_counts {
    std::uint64_t reads = 0, writes = 0, read_bytes = 0, write_bytes = 0;
    bool operator==(const direct_counts&) const = default;
};

/// An access beyond plain memory, as it was answered; a misaligned one, which never leaves, as an address
/// error.
struct bus_access {
    std::uint32_t address = 0, bytes = 0;
    std::uint32_t value = 0;  ///< written or read; meaningless for a read that was refused
    access_kind kind = access_kind::read;
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
};
using access_observer = std::function<void(const bus_access&)>;

/// A hart's way to memory. Plain memory is reached through DMI pointers, kept per granted range, at any
/// alignment; everything else by b_transport, for which the hart is first brought to its own time, where a
/// misaligned access is a fault. A DMI range that a target withdraws is forgotten at once. What PMP refuses
/// is a fault, and never leaves. Where a grant asks for a latency, each load, store or atomic is charged it.
///
/// One range is kept in front for each direction, so that the common access is a subtraction, a comparison
/// a count and a copy: the part of a DMI range in which one PMP region decides and allows the access. A range
/// with a latency is never in front.
class memory_port {
public:
    /// Called before a transaction leaves, so that simulated time is the hart's; and after it, with the
    /// delay that the target annotated. And for an access by DMI that is charged a latency.
    struct clock_hooks {
        std::function<void()> synchronise;
        std::function<void(const sc_core::sc_time&)> add_delay;
        std::function<void(const sc_core::sc_time&)> lengthen;
    };

    memory_port(tlm::tlm_initiator_socket<>& socket, clock_hooks hooks, const pmp& protection)
        : socket_(socket), hooks_(std::move(hooks)), protection_(protection) {}

    /// Modes whose rights fetches and data accesses have from now on; also to be called when PMP changed.
    void set_modes(privilege fetch, privilege data);
    /// Makes stores break the reservations of other harts; `table` outlives this.
    void share(reservations& table, unsigned hart) { shared_ = {&table, hart}; }
    /// True when lr.w and sc.w must keep `shared`'s table.
    [[nodiscard]] bool is_shared() const { return shared_.table != nullptr; }
    [[nodiscard]] reservations& shared_reservations() const { return *shared_.table; }
    [[nodiscard]] unsigned shared_as() const { return shared_.hart; }
    /// To be called when other harts may have run: stores take the long way while others hold reservations.
    void begin_slice();

    /// Reads from memory at hand; false when load() must be asked.
    template <typename T>
    [[nodiscard]] bool try_load(std::uint32_t address, T& value) {
        return copy_if_inside<T>(read_front_, address,
                                 [&](const std::uint8_t* at) { std::memcpy(&value, at, sizeof(T)); });
    }
    /// Writes to memory at hand; false when store() must be asked.
    template <typename T>
    [[nodiscard]] bool try_store(std::uint32_t address, T value) {
        return copy_if_inside<T>(write_front_, address,
                                 [&](std::uint8_t* at) { std::memcpy(at, &value, sizeof(T)); });
    }

    /// Any access, little-endian, 1, 2 or 4 bytes. On a fault `data` is unspecified.
    access_result load(std::uint32_t address, std::span<std::uint8_t> data);
    access_result store(std::uint32_t address, std::span<const std::uint8_t> data);

    /// The word at an aligned address where it can be read directly, or null: what lr.w needs.
    const std::uint8_t* readable_word(std::uint32_t address);
    /// The same where it can be read and written: what sc.w and AMOs need. Breaks others' reservations.
    std::uint8_t* writable_word(std::uint32_t address);
    /// Memory from which code can be read: from `address` to where its range or PMP region ends, empty when
    /// not direct.
    std::span<const std::uint8_t> code(std::uint32_t address);
    /// Fetches an aligned half-word of code over the bus.
    access_result fetch(std::uint32_t address, std::span<std::uint8_t, 2> data);

    /// Forgets ranges that touch [start, end]; a target's invalidate_direct_mem_ptr.
    void invalidate(std::uint64_t start, std::uint64_t end);

    /// Addresses whose accesses a debugger wants to see, instead of those given before.
    void set_watchpoints(std::vector<watchpoint> watched);
    /// Remembers an access that went well, if it is watched; true when it is.
    bool note(std::uint32_t address, std::uint32_t bytes, access_kind kind);
    /// True when a watched access waits to be taken.
    [[nodiscard]] bool watch_reached() const { return reached_.has_value(); }
    /// The first watched access since the last call.
    [[nodiscard]] std::optional<watch_hit> take_watch_hit() { return std::exchange(reached_, std::nullopt); }

    /// Reports every access beyond plain memory, when it has been answered; null: to nobody.
    void observe(access_observer observer) { observer_ = std::move(observer); }
    /// Transactions that went out by b_transport.
    [[nodiscard]] std::uint64_t transactions() const { return transactions_; }
    /// Accesses by DMI to granted ranges that begin within [first, last].
    [[nodiscard]] direct_counts direct(std::uint64_t first, std::uint64_t last) const;

private:
    /// Accesses by DMI to a granted range, by the logarithm of their bytes.
    struct tally {
        std::uint32_t base = 0;
        std::array<std::uint64_t, 3> reads{}, writes{};
    };
    struct region {
        std::uint32_t base = 0;
        std::uint64_t bytes = 0;
        std::uint8_t* data = nullptr;
        bool readable = false, writable = false;
        sc_core::sc_time read_latency{}, write_latency{};
        tally* seen = nullptr;
        [[nodiscard]] bool holds(std::uint32_t address, std::uint32_t length) const {
            return address >= base && std::uint64_t{address} - base + length <= bytes;
        }
    };

    // `bytes - 3`, so that one comparison serves all sizes; the last three bytes take the long way.
    struct front {
        std::uint32_t base = 0;
        std::uint32_t reach = 0;
        std::uint8_t* data = nullptr;
        std::uint64_t* accesses =
            nullptr;  ///< of the range in this direction, by the logarithm of their bytes
    };

    template <typename T, typename Copy>
    static bool copy_if_inside(const front& at, std::uint32_t address, Copy copy) {
        const std::uint32_t offset = address - at.base;
        if (offset >= at.reach) [[unlikely]] {
            return false;
        }
        ++at.accesses[std::countr_zero(sizeof(T))];
        copy(at.data + offset);
        return true;
    }

    [[nodiscard]] front in_front(const region& r, std::uint32_t address, access_kind kind) const;
    void bring_to_front(const region& r, std::uint32_t address, tlm::tlm_command command);
    const region* find(std::uint32_t address, std::uint32_t bytes, tlm::tlm_command command);
    const region* request(std::uint32_t address, std::uint32_t bytes, tlm::tlm_command command);
    tally& tally_of(std::uint32_t base);
    void count(const region& r, std::uint32_t bytes, tlm::tlm_command command);
    void charge(const sc_core::sc_time& latency);
    access_result transact(std::uint32_t address, access_kind kind, std::uint8_t* data, std::uint32_t bytes);
    void report(std::uint32_t address, access_kind kind, const std::uint8_t* data, std::uint32_t bytes,
                tlm::tlm_response_status status);
    access_result refuse_misaligned(std::uint32_t address, access_kind kind, const std::uint8_t* data,
                                    std::uint32_t bytes);

    tlm::tlm_initiator_socket<>& socket_;
    clock_hooks hooks_;
    access_observer observer_;
    const pmp& protection_;
    privilege fetch_mode_ = privilege::machine, data_mode_ = privilege::machine;
    struct sharing {
        reservations* table = nullptr;
        unsigned hart = 0;
    };
    sharing shared_;
    bool guarded_ = false;  ///< others hold reservations
    front read_front_, write_front_;
    std::vector<region> regions_;
    std::deque<tally> tallies_;
    tlm::tlm_generic_payload payload_;
    std::uint64_t transactions_ = 0;
    std::vector<watchpoint> watched_;
    std::optional<watch_hit> reached_;
};

}  // namespace eyeriss::platform
