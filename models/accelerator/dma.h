#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

namespace eyeriss::accelerator {

/// The accelerator's DMA: reads and writes of any length as TLM-2.0 LT transactions.
///
/// A call returns at once with the time that the transfer takes from now; who needs the bytes waits for it. A
/// failed access ends the layer (layer_fault with EYERISS_ERR_BUS and the address).
class dma {
public:
    using transport = std::function<void(tlm::tlm_generic_payload&, sc_core::sc_time&)>;

    dma(transport read, transport write) : read_(std::move(read)), write_(std::move(write)) {}

    /// All addresses are offsets from here.
    void set_base(std::uint32_t base) { base_ = base; }

    sc_core::sc_time read(std::uint32_t offset, std::span<std::uint8_t> bytes);
    sc_core::sc_time write(std::uint32_t offset, std::span<const std::uint8_t> bytes);

    void clear_counts() { read_bytes_ = written_bytes_ = 0; }
    [[nodiscard]] std::uint64_t read_bytes() const { return read_bytes_; }
    [[nodiscard]] std::uint64_t written_bytes() const { return written_bytes_; }

private:
    sc_core::sc_time transfer(tlm::tlm_command command, std::uint32_t offset, std::uint8_t* data,
                              std::size_t size);

    transport read_;
    transport write_;
    std::uint32_t base_ = 0;
    std::uint64_t read_bytes_ = 0, written_bytes_ = 0;
};

/// zlib's CRC-32, as segments carry it.
[[nodiscard]] std::uint32_t crc32_of(std::span<const std::uint8_t> bytes);

}  // namespace eyeriss::accelerator
