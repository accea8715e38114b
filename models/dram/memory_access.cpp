#include "models/dram/memory_access.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace eyeriss::dram {

lazy_memory::lazy_memory(std::size_t bytes) : size_(bytes), data_(nullptr, unmap{bytes}) {
    void* mapped = mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
        throw std::runtime_error("memory of " + std::to_string(bytes) +
                                 " bytes: the host does not grant that much address space");
    }
    data_.reset(static_cast<std::uint8_t*>(mapped));
}

void lazy_memory::unmap::operator()(std::uint8_t* data) const {
    munmap(data, std::max<std::size_t>(size, 1));
}

namespace {

tlm::tlm_response_status check(const tlm::tlm_generic_payload& transaction, std::size_t memory_bytes,
                               memory_rights rights) {
    const std::uint64_t length = transaction.get_data_length();
    const std::uint64_t width = transaction.get_streaming_width();
    if (length == 0 || width == 0 || transaction.get_data_ptr() == nullptr) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    const std::uint64_t reach = std::min(length, width);
    if (transaction.get_address() > memory_bytes || reach > memory_bytes - transaction.get_address()) {
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    if (transaction.get_byte_enable_ptr() != nullptr && transaction.get_byte_enable_length() == 0) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    if (transaction.is_write() && rights == memory_rights::read_only) {
        return tlm::TLM_COMMAND_ERROR_RESPONSE;
    }
    return tlm::TLM_OK_RESPONSE;
}

void move_byte_by_byte(tlm::tlm_generic_payload& transaction, std::uint8_t* first) {
    const unsigned length = transaction.get_data_length();
    const unsigned width = transaction.get_streaming_width();
    const unsigned enables = transaction.get_byte_enable_length();
    const unsigned char* enable = transaction.get_byte_enable_ptr();
    unsigned char* data = transaction.get_data_ptr();
    for (unsigned i = 0; i < length; ++i) {
        if (enable != nullptr && enable[i % enables] != TLM_BYTE_ENABLED) {
            continue;
        }
        std::uint8_t& cell = first[i % width];
        if (transaction.is_write()) {
            cell = data[i];
        } else {
            data[i] = cell;
        }
    }
}

}  // namespace

bool access(tlm::tlm_generic_payload& transaction, std::span<std::uint8_t> memory, memory_rights rights) {
    transaction.set_dmi_allowed(true);
    const auto status = transaction.get_command() == tlm::TLM_IGNORE_COMMAND
                            ? tlm::TLM_OK_RESPONSE
                            : check(transaction, memory.size(), rights);
    transaction.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE || transaction.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return status == tlm::TLM_OK_RESPONSE;
    }
    std::uint8_t* first = memory.data() + transaction.get_address();
    const unsigned length = transaction.get_data_length();
    if (transaction.get_byte_enable_ptr() != nullptr || transaction.get_streaming_width() < length) {
        move_byte_by_byte(transaction, first);
    } else if (transaction.is_write()) {
        std::memcpy(first, transaction.get_data_ptr(), length);
    } else {
        std::memcpy(transaction.get_data_ptr(), first, length);
    }
    return true;
}

unsigned debug_access(tlm::tlm_generic_payload& transaction, std::span<std::uint8_t> memory) {
    const std::uint64_t address = transaction.get_address();
    if (address >= memory.size() || transaction.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return 0;
    }
    const auto length = static_cast<unsigned>(
        std::min<std::uint64_t>(transaction.get_data_length(), memory.size() - address));
    if (length == 0) {
        return 0;
    }
    if (transaction.is_write()) {
        std::memcpy(memory.data() + address, transaction.get_data_ptr(), length);
    } else {
        std::memcpy(transaction.get_data_ptr(), memory.data() + address, length);
    }
    return length;
}

bool grant(tlm::tlm_dmi& dmi, std::span<std::uint8_t> memory, memory_rights rights,
           const sc_core::sc_time& latency) {
    dmi.init();
    dmi.set_dmi_ptr(memory.data());
    dmi.set_start_address(0);
    dmi.set_end_address(memory.size() - 1);
    dmi.set_read_latency(latency);
    dmi.set_write_latency(latency);
    if (rights == memory_rights::read_only) {
        dmi.allow_read();
    } else {
        dmi.allow_read_write();
    }
    return true;
}

}  // namespace eyeriss::dram
