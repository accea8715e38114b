#include "models/accelerator/register_file.h"

#include <fmt/format.h>

#include <cstring>

namespace eyeriss::accelerator {

using register_map::access;

register_file::register_file() {
    reset();
}

void register_file::reset() {
    for (const auto& r : register_map::registers) values_[word(r.offset)] = r.reset;
}

void register_file::set_pair(eyeriss_register low, eyeriss_register high, std::uint64_t value) {
    set(low, static_cast<std::uint32_t>(value));
    set(high, static_cast<std::uint32_t>(value >> 32));
}

/// Why an access cannot be taken, empty when it can.
std::string register_file::refuse(const tlm::tlm_generic_payload& t, tlm::tlm_response_status& status) const {
    const auto offset = t.get_address();
    const char* what = t.is_write() ? "write" : "read";
    if (t.get_byte_enable_ptr() != nullptr) {
        status = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
        return fmt::format("{} with byte enables at offset {:#x}; registers take 32-bit words", what, offset);
    }
    if (t.get_data_length() != 4 || t.get_streaming_width() < 4) {
        status = tlm::TLM_BURST_ERROR_RESPONSE;
        return fmt::format("{} of {} bytes at offset {:#x}; registers take aligned 32-bit words", what,
                           t.get_data_length(), offset);
    }
    const auto r = register_map::find_register(offset);
    if (!r) {
        status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
        return offset % 4 != 0
                   ? fmt::format("misaligned {} at offset {:#x}; registers take aligned words", what, offset)
                   : fmt::format("{} of an unknown register at offset {:#x}", what, offset);
    }
    if (t.is_write() && r->mode == access::ro) {
        status = tlm::TLM_COMMAND_ERROR_RESPONSE;
        return fmt::format("write of the read-only register {}", r->name);
    }
    return {};
}

void register_file::transport(tlm::tlm_generic_payload& t) {
    t.set_dmi_allowed(false);
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
    const std::string why = t.get_command() == tlm::TLM_IGNORE_COMMAND ? std::string() : refuse(t, status);
    if (!why.empty()) {
        if (on_refusal_) on_refusal_(static_cast<std::uint32_t>(t.get_address()), why);
    } else if (t.is_read()) {
        const std::uint32_t value = read(*register_map::find_register(t.get_address()));
        std::memcpy(t.get_data_ptr(), &value, sizeof value);
    } else if (t.is_write()) {
        std::uint32_t value = 0;
        std::memcpy(&value, t.get_data_ptr(), sizeof value);
        write(*register_map::find_register(t.get_address()), value);
    }
    t.set_response_status(status);
}

unsigned register_file::transport_debug(tlm::tlm_generic_payload& t) const {
    const auto r = register_map::find_register(t.get_address());
    if (!r || !t.is_read() || t.get_data_length() < 4) return 0;
    const std::uint32_t value = values_[word(r->offset)] & ~bits_with(*r, access::wo);
    std::memcpy(t.get_data_ptr(), &value, sizeof value);
    return sizeof value;
}

std::uint32_t register_file::read(const register_map::register_info& r) {
    auto& kept = values_[word(r.offset)];
    const std::uint32_t value = kept & ~bits_with(r, access::wo);
    kept &= ~bits_with(r, access::rc);
    return value;
}

void register_file::write(const register_map::register_info& r, std::uint32_t value) {
    auto& kept = values_[word(r.offset)];
    const std::uint32_t writable = bits_with(r, access::rw);
    kept = (kept & ~writable) | (value & writable);
    kept &= ~(value & bits_with(r, access::w1c));
    const auto callback = on_write_.find(word(r.offset));
    if (callback != on_write_.end()) callback->second(value);
}

}  // namespace eyeriss::accelerator
