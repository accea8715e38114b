#include "platform/bus/interconnect.h"

#include <algorithm>

namespace eyeriss::platform {

interconnect::interconnect(sc_core::sc_module_name name)
    : sc_module(name), initiators("initiators"), targets_("targets") {
    initiators.register_b_transport(this, &interconnect::b_transport);
    initiators.register_transport_dbg(this, &interconnect::transport_dbg);
    initiators.register_get_direct_mem_ptr(this, &interconnect::get_direct_mem_ptr);
    targets_.register_invalidate_direct_mem_ptr(this, &interconnect::invalidate_direct_mem_ptr);
}

void interconnect::map(const std::string& target_name, address_range range,
                       tlm::tlm_base_target_socket_b<>& socket) {
    addresses_.add(target_name, range, target_index{sockets_.size()});
    sockets_.emplace_back(socket);
    targets_.bind(socket);
}

void interconnect::b_transport(int, tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    const std::uint64_t address = transaction.get_address();
    const auto* place = addresses_.find(address);
    const std::uint64_t reach =
        std::min<std::uint64_t>(transaction.get_data_length(), transaction.get_streaming_width());
    if (place == nullptr || !place->range.contains(address, reach)) {
        transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    transaction.set_address(address - place->range.base);
    at(place->target).b_transport(transaction, delay);
    transaction.set_address(address);
}

unsigned interconnect::transport_dbg(int, tlm::tlm_generic_payload& transaction) {
    const std::uint64_t address = transaction.get_address();
    const auto* place = addresses_.find(address);
    if (place == nullptr) {
        return 0;
    }
    const unsigned asked = transaction.get_data_length();
    const std::uint64_t rest = place->range.last() - address + 1;
    transaction.set_data_length(static_cast<unsigned>(std::min<std::uint64_t>(asked, rest)));
    transaction.set_address(address - place->range.base);
    const unsigned moved = debug_transport(place->target, transaction);
    transaction.set_address(address);
    transaction.set_data_length(asked);
    return moved;
}

// A port has its interface only after elaboration, an export from the moment it is bound.
unsigned interconnect::debug_transport(target_index index, tlm::tlm_generic_payload& transaction) {
    if (sc_core::sc_get_status() >= sc_core::SC_END_OF_ELABORATION) {
        return at(index).transport_dbg(transaction);
    }
    target_socket& socket = sockets_.at(static_cast<std::size_t>(index));
    auto* exported = dynamic_cast<sc_core::sc_export<tlm::tlm_fw_transport_if<>>*>(&socket);
    auto* transport =
        exported == nullptr ? nullptr : dynamic_cast<tlm::tlm_fw_transport_if<>*>(exported->get_interface());
    return transport == nullptr ? 0 : transport->transport_dbg(transaction);
}

bool interconnect::get_direct_mem_ptr(int, tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = transaction.get_address();
    const auto* place = addresses_.find(address);
    if (place == nullptr) {
        return false;
    }
    const std::uint64_t base = place->range.base;
    transaction.set_address(address - base);
    const bool granted = at(place->target).get_direct_mem_ptr(transaction, dmi);
    transaction.set_address(address);
    const std::uint64_t end = std::min<std::uint64_t>(dmi.get_end_address(), place->range.bytes - 1);
    dmi.set_start_address(base + std::min<std::uint64_t>(dmi.get_start_address(), end));
    dmi.set_end_address(base + end);
    return granted;
}

void interconnect::invalidate_direct_mem_ptr(int index, sc_dt::uint64 start, sc_dt::uint64 end) {
    for (const auto& place : addresses_.entries()) {
        if (static_cast<int>(place.target) != index || start >= place.range.bytes) {
            continue;
        }
        const std::uint64_t last = std::min<std::uint64_t>(end, place.range.bytes - 1);
        for (unsigned i = 0; i < initiators.size(); ++i) {
            initiators[static_cast<int>(i)]->invalidate_direct_mem_ptr(place.range.base + start,
                                                                       place.range.base + last);
        }
    }
}

std::uint64_t interconnect::debug_access(tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                                         std::uint64_t bytes) {
    constexpr std::uint64_t piece_bytes = 1U << 30;
    std::uint64_t done = 0;
    while (done < bytes) {
        tlm::tlm_generic_payload transaction;
        const auto length = static_cast<unsigned>(std::min(bytes - done, piece_bytes));
        transaction.set_command(command);
        transaction.set_address(address + done);
        transaction.set_data_ptr(data + done);
        transaction.set_data_length(length);
        transaction.set_streaming_width(length);
        const unsigned moved = transport_dbg(0, transaction);
        if (moved == 0) {
            break;
        }
        done += moved;
    }
    return done;
}

std::uint64_t interconnect::debug_write(std::uint64_t address, std::span<const std::uint8_t> data) {
    // The payload's pointer is not const; a write command only reads through it.
    return debug_access(tlm::TLM_WRITE_COMMAND, address, const_cast<unsigned char*>(data.data()),
                        data.size());
}

std::uint64_t interconnect::debug_read(std::uint64_t address, std::span<std::uint8_t> data) {
    return debug_access(tlm::TLM_READ_COMMAND, address, data.data(), data.size());
}

}  // namespace eyeriss::platform
