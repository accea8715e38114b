#include "platform/cpu/memory_port.h"

#include <algorithm>

namespace eyeriss::platform {

memory_port::front memory_port::in_front(const region& r, std::uint32_t address, access_kind kind) const {
    constexpr std::uint64_t longest_access = 4;
    const auto piece = protection_.around(address, data_mode_);
    std::uint64_t first = std::max(r.base, piece.first);
    std::uint64_t end = std::min(std::uint64_t{r.base} + r.bytes, std::uint64_t{piece.last} + 1);
    for (const watchpoint& w : watched_) {  // watched places take the long way
        if (address >= w.end()) {
            first = std::max(first, w.end());
        } else {
            end = std::min<std::uint64_t>(end, w.address);
        }
    }
    const sc_core::sc_time& latency = kind == access_kind::read ? r.read_latency : r.write_latency;
    if (!piece.allows(kind) || end < first + longest_access || latency != sc_core::SC_ZERO_TIME) {
        return {};
    }
    const std::uint64_t reach = std::min<std::uint64_t>(end - first - (longest_access - 1), UINT32_MAX);
    auto& accesses = kind == access_kind::read ? r.seen->reads : r.seen->writes;
    return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(reach), r.data + (first - r.base),
            accesses.data()};
}

void memory_port::bring_to_front(const region& r, std::uint32_t address, tlm::tlm_command command) {
    if (command == tlm::TLM_READ_COMMAND) {
        read_front_ = in_front(r, address, access_kind::read);
    } else if (!guarded_) {
        write_front_ = in_front(r, address, access_kind::write);
    }
}

void memory_port::set_modes(privilege fetch, privilege data) {
    fetch_mode_ = fetch;
    data_mode_ = data;
    read_front_ = {};
    write_front_ = {};
}

void memory_port::begin_slice() {
    guarded_ = is_shared() && shared_.table->others(shared_.hart);
    if (guarded_) {
        write_front_ = {};
    }
}

const memory_port::region* memory_port::find(std::uint32_t address, std::uint32_t bytes,
                                             tlm::tlm_command command) {
    const bool write = command == tlm::TLM_WRITE_COMMAND;
    const auto found = std::find_if(regions_.begin(), regions_.end(), [&](const region& r) {
        return r.holds(address, bytes) && (write ? r.writable : r.readable);
    });
    return found != regions_.end() ? &*found : request(address, bytes, command);
}

const memory_port::region* memory_port::request(std::uint32_t address, std::uint32_t bytes,
                                                tlm::tlm_command command) {
    constexpr std::size_t most_regions = 64;
    tlm::tlm_dmi dmi;
    payload_.set_command(command);
    payload_.set_address(address);
    if (!socket_->get_direct_mem_ptr(payload_, dmi) || dmi.get_start_address() > address ||
        dmi.get_start_address() > UINT32_MAX) {
        return nullptr;
    }
    const std::uint64_t end = std::min<std::uint64_t>(dmi.get_end_address(), UINT32_MAX);
    const region granted{static_cast<std::uint32_t>(dmi.get_start_address()),
                         end - dmi.get_start_address() + 1,
                         dmi.get_dmi_ptr(),
                         dmi.is_read_allowed(),
                         dmi.is_write_allowed(),
                         dmi.get_read_latency(),
                         dmi.get_write_latency(),
                         &tally_of(static_cast<std::uint32_t>(dmi.get_start_address()))};
    const bool allowed = command == tlm::TLM_WRITE_COMMAND ? granted.writable : granted.readable;
    if (!allowed || !granted.holds(address, bytes)) {
        return nullptr;
    }
    if (regions_.size() == most_regions) {
        regions_.erase(regions_.begin());
    }
    return &regions_.emplace_back(granted);
}

memory_port::tally& memory_port::tally_of(std::uint32_t base) {
    const auto known =
        std::find_if(tallies_.begin(), tallies_.end(), [=](const tally& t) { return t.base == base; });
    return known != tallies_.end() ? *known : tallies_.emplace_back(tally{base});
}

void memory_port::count(const region& r, std::uint32_t bytes, tlm::tlm_command command) {
    auto& accesses = command == tlm::TLM_READ_COMMAND ? r.seen->reads : r.seen->writes;
    ++accesses.at(static_cast<std::size_t>(std::countr_zero(bytes)));
}

void memory_port::charge(const sc_core::sc_time& latency) {
    if (latency != sc_core::SC_ZERO_TIME) {
        hooks_.lengthen(latency);
    }
}

direct_counts memory_port::direct(std::uint64_t first, std::uint64_t last) const {
    direct_counts out;
    for (const tally& t : tallies_) {
        for (std::size_t size = 0; size < t.reads.size() && t.base >= first && t.base <= last; ++size) {
            out.reads += t.reads[size];
            out.writes += t.writes[size];
            out.read_bytes += t.reads[size] << size;
            out.write_bytes += t.writes[size] << size;
        }
    }
    return out;
}

access_result memory_port::load(std::uint32_t address, std::span<std::uint8_t> data) {
    const auto bytes = static_cast<std::uint32_t>(data.size());
    if (!protection_.allows(address, bytes, access_kind::read, data_mode_)) {
        return access_result::fault;
    }
    if (const region* place = find(address, bytes, tlm::TLM_READ_COMMAND)) {
        bring_to_front(*place, address, tlm::TLM_READ_COMMAND);
        count(*place, bytes, tlm::TLM_READ_COMMAND);
        charge(place->read_latency);
        std::memcpy(data.data(), place->data + (address - place->base), bytes);
        return note(address, bytes, access_kind::read) ? access_result::watched : access_result::memory;
    }
    return address % bytes != 0 ? refuse_misaligned(address, access_kind::read, data.data(), bytes)
                                : transact(address, access_kind::read, data.data(), bytes);
}

access_result memory_port::store(std::uint32_t address, std::span<const std::uint8_t> data) {
    const auto bytes = static_cast<std::uint32_t>(data.size());
    if (!protection_.allows(address, bytes, access_kind::write, data_mode_)) {
        return access_result::fault;
    }
    if (const region* place = find(address, bytes, tlm::TLM_WRITE_COMMAND)) {
        bring_to_front(*place, address, tlm::TLM_WRITE_COMMAND);
        count(*place, bytes, tlm::TLM_WRITE_COMMAND);
        charge(place->write_latency);
        if (guarded_) {
            shared_.table->stored(shared_.hart, address, bytes);
        }
        std::memcpy(place->data + (address - place->base), data.data(), bytes);
        return note(address, bytes, access_kind::write) ? access_result::watched : access_result::memory;
    }
    if (address % bytes != 0) {
        return refuse_misaligned(address, access_kind::write, data.data(), bytes);
    }
    std::array<std::uint8_t, 4> copy{};
    std::memcpy(copy.data(), data.data(), std::min<std::size_t>(bytes, copy.size()));
    return transact(address, access_kind::write, copy.data(), bytes);
}

const std::uint8_t* memory_port::readable_word(std::uint32_t address) {
    if (!protection_.allows(address, 4, access_kind::read, data_mode_)) {
        return nullptr;
    }
    const region* place = find(address, 4, tlm::TLM_READ_COMMAND);
    if (place == nullptr) {
        return nullptr;
    }
    count(*place, 4, tlm::TLM_READ_COMMAND);
    charge(place->read_latency);
    return place->data + (address - place->base);
}

std::uint8_t* memory_port::writable_word(std::uint32_t address) {
    if (!protection_.allows(address, 4, access_kind::read, data_mode_) ||
        !protection_.allows(address, 4, access_kind::write, data_mode_) ||
        find(address, 4, tlm::TLM_READ_COMMAND) == nullptr) {
        return nullptr;
    }
    const region* place = find(address, 4, tlm::TLM_WRITE_COMMAND);
    if (place == nullptr || !place->readable) {
        return nullptr;
    }
    count(*place, 4, tlm::TLM_READ_COMMAND);
    count(*place, 4, tlm::TLM_WRITE_COMMAND);
    charge(place->write_latency);
    if (guarded_) {
        shared_.table->stored(shared_.hart, address, 4);
    }
    return place->data + (address - place->base);
}

std::span<const std::uint8_t> memory_port::code(std::uint32_t address) {
    const auto piece = protection_.around(address, fetch_mode_);
    const region* place =
        piece.allows(access_kind::execute) ? find(address, 1, tlm::TLM_READ_COMMAND) : nullptr;
    if (place == nullptr) {
        return {};
    }
    const std::uint64_t offset = address - place->base;
    const std::uint64_t in_piece = std::uint64_t{piece.last} - address + 1;
    return {place->data + offset, static_cast<std::size_t>(std::min(place->bytes - offset, in_piece))};
}

access_result memory_port::fetch(std::uint32_t address, std::span<std::uint8_t, 2> data) {
    if (!protection_.allows(address, 2, access_kind::execute, fetch_mode_)) {
        return access_result::fault;
    }
    if (const region* place = find(address, 2, tlm::TLM_READ_COMMAND)) {
        std::memcpy(data.data(), place->data + (address - place->base), data.size());
        return access_result::memory;
    }
    return transact(address, access_kind::execute, data.data(), 2);
}

void memory_port::report(std::uint32_t address, access_kind kind, const std::uint8_t* data,
                         std::uint32_t bytes, tlm::tlm_response_status status) {
    if (!observer_) {
        return;
    }
    bus_access seen{address, bytes, 0, kind, status};
    std::memcpy(&seen.value, data, std::min<std::size_t>(bytes, sizeof seen.value));
    observer_(seen);
}

access_result memory_port::refuse_misaligned(std::uint32_t address, access_kind kind,
                                             const std::uint8_t* data, std::uint32_t bytes) {
    hooks_.synchronise();
    report(address, kind, data, bytes, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return access_result::fault;
}

access_result memory_port::transact(std::uint32_t address, access_kind kind, std::uint8_t* data,
                                    std::uint32_t bytes) {
    hooks_.synchronise();
    ++transactions_;
    payload_.set_command(kind == access_kind::write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload_.set_address(address);
    payload_.set_data_ptr(data);
    payload_.set_data_length(bytes);
    payload_.set_streaming_width(bytes);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_dmi_allowed(false);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay;
    socket_->b_transport(payload_, delay);
    report(address, kind, data, bytes, payload_.get_response_status());
    hooks_.add_delay(delay);
    if (!payload_.is_response_ok()) {
        return access_result::fault;
    }
    note(address, bytes, kind == access_kind::write ? access_kind::write : access_kind::read);
    return access_result::device;
}

void memory_port::set_watchpoints(std::vector<watchpoint> watched) {
    watched_ = std::move(watched);
    read_front_ = {};
    write_front_ = {};
}

bool memory_port::note(std::uint32_t address, std::uint32_t bytes, access_kind kind) {
    const auto hit = std::ranges::find_if(
        watched_, [&](const watchpoint& w) { return w.sees(kind) && w.touches(address, bytes); });
    if (hit == watched_.end()) {
        return false;
    }
    if (!reached_) {
        reached_ = watch_hit{std::max(address, hit->address), hit->kind};
    }
    return true;
}

void memory_port::invalidate(std::uint64_t start, std::uint64_t end) {
    std::erase_if(regions_, [&](const region& r) { return r.base <= end && start <= r.base + r.bytes - 1; });
    read_front_ = {};
    write_front_ = {};
}

}  // namespace eyeriss::platform
