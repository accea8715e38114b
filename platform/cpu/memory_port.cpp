#include "platform/cpu/memory_port.h"

#include <algorithm>

namespace eyeriss::platform {

memory_port::front memory_port::in_front(const region& r) {
    constexpr std::uint64_t longest_access = 4;
    if (r.bytes < longest_access) {
        return {};
    }
    const std::uint64_t reach = std::min<std::uint64_t>(r.bytes - (longest_access - 1), UINT32_MAX);
    return {r.base, static_cast<std::uint32_t>(reach), r.data};
}

const memory_port::region* memory_port::find(std::uint32_t address, std::uint32_t bytes,
                                             tlm::tlm_command command) {
    const bool write = command == tlm::TLM_WRITE_COMMAND;
    const auto found = std::find_if(regions_.begin(), regions_.end(), [&](const region& r) {
        return r.holds(address, bytes) && (write ? r.writable : r.readable);
    });
    const region* place = found != regions_.end() ? &*found : request(address, bytes, command);
    if (place != nullptr) {
        (write ? write_front_ : read_front_) = in_front(*place);
    }
    return place;
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
                         end - dmi.get_start_address() + 1, dmi.get_dmi_ptr(), dmi.is_read_allowed(),
                         dmi.is_write_allowed()};
    const bool allowed = command == tlm::TLM_WRITE_COMMAND ? granted.writable : granted.readable;
    if (!allowed || !granted.holds(address, bytes)) {
        return nullptr;
    }
    if (regions_.size() == most_regions) {
        regions_.erase(regions_.begin());
    }
    return &regions_.emplace_back(granted);
}

access_result memory_port::load(std::uint32_t address, std::span<std::uint8_t> data) {
    const auto bytes = static_cast<std::uint32_t>(data.size());
    if (const region* place = find(address, bytes, tlm::TLM_READ_COMMAND)) {
        std::memcpy(data.data(), place->data + (address - place->base), bytes);
        return access_result::memory;
    }
    return transact(address, tlm::TLM_READ_COMMAND, data.data(), bytes);
}

access_result memory_port::store(std::uint32_t address, std::span<const std::uint8_t> data) {
    const auto bytes = static_cast<std::uint32_t>(data.size());
    if (const region* place = find(address, bytes, tlm::TLM_WRITE_COMMAND)) {
        std::memcpy(place->data + (address - place->base), data.data(), bytes);
        return access_result::memory;
    }
    std::array<std::uint8_t, 4> copy{};
    std::memcpy(copy.data(), data.data(), std::min<std::size_t>(bytes, copy.size()));
    return transact(address, tlm::TLM_WRITE_COMMAND, copy.data(), bytes);
}

std::uint8_t* memory_port::direct(std::uint32_t address, std::uint32_t bytes) {
    if (find(address, bytes, tlm::TLM_READ_COMMAND) == nullptr) {
        return nullptr;
    }
    const region* place = find(address, bytes, tlm::TLM_WRITE_COMMAND);
    return place == nullptr || !place->readable ? nullptr : place->data + (address - place->base);
}

std::span<const std::uint8_t> memory_port::code(std::uint32_t address) {
    const region* place = find(address, 1, tlm::TLM_READ_COMMAND);
    if (place == nullptr) {
        return {};
    }
    const std::uint64_t offset = address - place->base;
    return {place->data + offset, static_cast<std::size_t>(place->bytes - offset)};
}

access_result memory_port::transact(std::uint32_t address, tlm::tlm_command command, std::uint8_t* data,
                                    std::uint32_t bytes) {
    hooks_.synchronise();
    ++transactions_;
    payload_.set_command(command);
    payload_.set_address(address);
    payload_.set_data_ptr(data);
    payload_.set_data_length(bytes);
    payload_.set_streaming_width(bytes);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_dmi_allowed(false);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay;
    socket_->b_transport(payload_, delay);
    hooks_.add_delay(delay);
    return payload_.is_response_ok() ? access_result::device : access_result::fault;
}

void memory_port::invalidate(std::uint64_t start, std::uint64_t end) {
    std::erase_if(regions_, [&](const region& r) { return r.base <= end && start <= r.base + r.bytes - 1; });
    read_front_ = {};
    write_front_ = {};
}

}  // namespace eyeriss::platform
