#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tlm>

namespace eyeriss::dram {

/// Zeroed bytes whose pages cost the host nothing until they are touched.
class lazy_memory {
public:
    /// Reserves `bytes` bytes; throws std::runtime_error with a sentence when the host refuses.
    explicit lazy_memory(std::size_t bytes);

    [[nodiscard]] std::span<std::uint8_t> bytes() const { return {data_.get(), size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    struct unmap {
        std::size_t size = 0;
        void operator()(std::uint8_t* data) const;
    };
    std::size_t size_;
    std::unique_ptr<std::uint8_t[], unmap> data_;
};

/// What a memory lets its initiators do.
enum class memory_rights : std::uint8_t { read_only, read_write };

/// Carries out a generic payload on a memory whose first byte has address 0, as LRM 14.9 says: byte enables
/// (repeated over the data) and a streaming width shorter than the data are honoured, TLM_IGNORE_COMMAND
/// moves nothing. Sets the response: ADDRESS_ERROR outside the memory, BURST_ERROR for a length or streaming
/// width of 0, BYTE_ENABLE_ERROR for enables of length 0, COMMAND_ERROR for a write to a read-only memory.
/// Returns true when the response is TLM_OK_RESPONSE.
bool access(tlm::tlm_generic_payload& transaction, std::span<std::uint8_t> memory, memory_rights rights);

/// Debug access, without side effects; byte enables are ignored and read-only memories may be written.
/// Returns the bytes moved, fewer than asked where the memory ends.
unsigned debug_access(tlm::tlm_generic_payload& transaction, std::span<std::uint8_t> memory);

/// Grants a whole memory by DMI, reads only where it is read-only.
bool grant(tlm::tlm_dmi& dmi, std::span<std::uint8_t> memory, memory_rights rights,
           const sc_core::sc_time& latency);

}  // namespace eyeriss::dram
