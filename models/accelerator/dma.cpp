#include "models/accelerator/dma.h"

#include <fmt/format.h>
#include <zlib.h>

#include "models/accelerator/fault.h"

namespace eyeriss::accelerator {

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint32_t>(::crc32_z(0, bytes.data(), bytes.size()));
}

sc_core::sc_time dma::transfer(tlm::tlm_command command, std::uint32_t offset, std::uint8_t* data,
                               std::size_t size) {
    sc_core::sc_time delay;
    if (size == 0) return delay;
    const std::uint64_t address = std::uint64_t{base_} + offset;
    tlm::tlm_generic_payload transaction;
    transaction.set_command(command);
    transaction.set_address(address);
    transaction.set_data_ptr(data);
    transaction.set_data_length(static_cast<unsigned>(size));
    transaction.set_streaming_width(static_cast<unsigned>(size));
    const bool reading = command == tlm::TLM_READ_COMMAND;
    (reading ? read_ : write_)(transaction, delay);
    if (!transaction.is_response_ok()) {
        throw layer_fault(EYERISS_ERR_BUS, static_cast<std::uint32_t>(address),
                          fmt::format("DMA {} of {} bytes at {:#010x}: {}", reading ? "read" : "write", size,
                                      address, transaction.get_response_string()));
    }
    (reading ? read_bytes_ : written_bytes_) += size;
    return delay;
}

sc_core::sc_time dma::read(std::uint32_t offset, std::span<std::uint8_t> bytes) {
    return transfer(tlm::TLM_READ_COMMAND, offset, bytes.data(), bytes.size());
}

sc_core::sc_time dma::write(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    // The payload has one pointer for both directions; a write command leaves the data as it is.
    return transfer(tlm::TLM_WRITE_COMMAND, offset, const_cast<std::uint8_t*>(bytes.data()),  // NOLINT
                    bytes.size());
}

}  // namespace eyeriss::accelerator
