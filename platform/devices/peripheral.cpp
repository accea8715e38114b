#include "platform/devices/peripheral.h"

#include <cstring>
#include <utility>

namespace eyeriss::platform {

peripheral::peripheral(sc_core::sc_module_name name) : sc_module(name), socket("socket") {
    socket.register_b_transport(this, &peripheral::b_transport);
    socket.register_transport_dbg(this, &peripheral::transport_dbg);
}

void peripheral::add_register(register_description description) {
    const std::uint64_t offset = description.offset;
    registers_.emplace(offset, std::move(description));
}

std::string_view peripheral::register_name(std::uint64_t offset) const {
    const auto found = registers_.find(offset);
    return found == registers_.end() ? std::string_view() : std::string_view(found->second.name);
}

unsigned peripheral::transport_dbg(tlm::tlm_generic_payload& transaction) {
    const auto found = registers_.find(transaction.get_address());
    if (!transaction.is_read() || found == registers_.end() || found->second.read_has_effect ||
        !found->second.read || transaction.get_data_length() < found->second.bytes) {
        return 0;
    }
    const std::uint32_t value = found->second.read();
    std::memcpy(transaction.get_data_ptr(), &value, found->second.bytes);
    return found->second.bytes;
}

// Effects take place now: the initiators here come at the time that they mean.
void peripheral::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time&) {
    transaction.set_response_status(
        transaction.get_command() == tlm::TLM_IGNORE_COMMAND ? tlm::TLM_OK_RESPONSE : transfer(transaction));
}

bool peripheral::ignores(const tlm::tlm_generic_payload& transaction) const {
    const unsigned bytes = transaction.get_data_length();
    return bytes != 0 && bytes == ignored_.bytes && transaction.get_address() % bytes == 0 &&
           transaction.get_address() < ignored_.end && transaction.get_data_ptr() != nullptr &&
           transaction.get_byte_enable_ptr() == nullptr && transaction.get_streaming_width() >= bytes;
}

tlm::tlm_response_status peripheral::transfer(tlm::tlm_generic_payload& transaction) {
    const auto found = registers_.find(transaction.get_address());
    const unsigned bytes = transaction.get_data_length();
    if (found == registers_.end()) {
        if (!ignores(transaction)) {
            return tlm::TLM_ADDRESS_ERROR_RESPONSE;
        }
        if (transaction.is_read()) {
            std::memset(transaction.get_data_ptr(), 0, bytes);
        }
        return tlm::TLM_OK_RESPONSE;
    }
    const register_description& target = found->second;
    const bool wider = target.wider && bytes > target.bytes && bytes <= sizeof(std::uint32_t);
    if ((bytes != target.bytes && !wider) || transaction.get_streaming_width() < bytes ||
        transaction.get_data_ptr() == nullptr) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    if (transaction.get_byte_enable_ptr() != nullptr) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    std::uint32_t value = 0;
    if (transaction.is_write()) {
        if (!target.write) {
            return tlm::TLM_COMMAND_ERROR_RESPONSE;
        }
        std::memcpy(&value, transaction.get_data_ptr(), target.bytes);
        return target.write(value) ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
    }
    if (!target.read) {
        return tlm::TLM_COMMAND_ERROR_RESPONSE;
    }
    value = target.read();
    std::memcpy(transaction.get_data_ptr(), &value, bytes);
    return tlm::TLM_OK_RESPONSE;
}

}  // namespace eyeriss::platform
