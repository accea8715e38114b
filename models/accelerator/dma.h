#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <systemc>
#include <vector>

#include "models/accelerator/dma_port.h"
#include "models/observe/recorder.h"

namespace eyeriss::accelerator {

/// What a transfer is for, for listeners: a literal, and the transaction that it is part of.
struct transfer_origin {
    std::string_view what;
    observe::transaction_id parent = 0;
};

/// A stretch of memory, relative to the DMA's base, and where its bytes go or come from.
struct dma_read {
    std::uint32_t offset = 0;
    std::span<std::uint8_t> bytes;
    unsigned cluster = 0;  ///< GLB cluster that needs it first, for a port per cluster
};
struct dma_write {
    std::uint32_t offset = 0;
    std::span<const std::uint8_t> bytes;
    unsigned cluster = 0;
};

/// A block of rows with equal distances, in up to three dimensions.
struct strided_block {
    std::uint32_t offset = 0;
    std::uint32_t row_bytes = 0;
    std::uint32_t rows = 1, row_stride = 0;
    std::uint32_t planes = 1, plane_stride = 0;

    [[nodiscard]] std::size_t bytes() const { return std::size_t{row_bytes} * rows * planes; }
};

/// The rows of a block in order, packed without gaps into `into`, which has block.bytes() bytes; rows that
/// touch become one stretch.
[[nodiscard]] std::vector<dma_read> stretches(const strided_block& block, std::span<std::uint8_t> into,
                                              unsigned cluster = 0);

/// The accelerator's DMA: lists of stretches (gather, scatter, strided blocks) between memory and buffers.
///
/// With b_transport a call returns at once with the time from now until the last byte; who needs the bytes
/// waits for it. With four phases a call must come from an SC_THREAD, returns when the last response has
/// come, and hands back zero. A failed access ends the layer: layer_fault with the address and
/// EYERISS_ERR_ECC for TLM_GENERIC_ERROR_RESPONSE, by which a memory says that it has lost the data, else
/// EYERISS_ERR_BUS.
class dma {
public:
    /// Ports: [0] reads and [1] writes or, with dma_options::port_per_cluster, one a GLB cluster for both.
    dma(std::vector<dma_port*> ports, const dma_options& options)
        : ports_(std::move(ports)), options_(options), port_bytes_(ports_.size()) {}

    /// Called before each list is moved, in the process that asks for it: may wait, or end the layer by an
    /// exception. May be empty.
    void set_gate(std::function<void()> gate) { gate_ = std::move(gate); }
    /// Tells a recorder, which outlives this, of transfers and bursts from now on.
    void observe(observe::recorder& recorder);
    /// Of transfers whose caller names none.
    void set_origin(const transfer_origin& origin) { origin_ = origin; }
    /// All addresses are offsets from here.
    void set_base(std::uint32_t base) { base_ = base; }

    /// `start`: when the first request may leave, from now.
    sc_core::sc_time read(std::span<const dma_read> list, const sc_core::sc_time& start = {},
                          const transfer_origin& origin = {});
    sc_core::sc_time read(std::uint32_t offset, std::span<std::uint8_t> bytes,
                          const sc_core::sc_time& start = {}, const transfer_origin& origin = {});
    sc_core::sc_time write(std::span<const dma_write> list, const transfer_origin& origin = {});
    sc_core::sc_time write(std::uint32_t offset, std::span<const std::uint8_t> bytes);
    /// Looks at memory without time, traffic or fault; what cannot be read stays as it is.
    void peek(std::uint32_t offset, std::span<std::uint8_t> bytes);

    [[nodiscard]] bool port_per_cluster() const { return options_.port_per_cluster; }

    void clear_counts() {
        read_bytes_ = written_bytes_ = 0;
        port_bytes_.assign(ports_.size(), 0);
    }
    [[nodiscard]] std::uint64_t read_bytes() const { return read_bytes_; }
    [[nodiscard]] std::uint64_t written_bytes() const { return written_bytes_; }
    /// Through each port, reads and writes together.
    [[nodiscard]] const std::vector<std::uint64_t>& port_bytes() const { return port_bytes_; }

private:
    struct stretch {
        std::uint64_t address;
        std::span<std::uint8_t> bytes;
        std::size_t port;
    };

    [[nodiscard]] std::size_t port(bool writes, unsigned cluster) const;
    sc_core::sc_time move(tlm::tlm_command command, std::span<const stretch> list,
                          const sc_core::sc_time& start, const transfer_origin& origin);
    void move_by_phases(tlm::tlm_command command, std::span<const stretch> list,
                        observe::transaction_id transfer);
    void publish(tlm::tlm_command command, std::span<const stretch> list, observe::transaction_id transfer,
                 const sc_core::sc_time& begin, const sc_core::sc_time& end, const transfer_origin& origin);
    dma_job& take_job();

    std::vector<dma_port*> ports_;
    dma_options options_;
    std::function<void()> gate_;
    observe::recorder* recorder_ = nullptr;
    observe::stream_id reads_ = 0, writes_ = 0;
    transfer_origin origin_;
    std::uint32_t base_ = 0;
    std::uint64_t read_bytes_ = 0, written_bytes_ = 0;
    std::vector<std::uint64_t> port_bytes_;
    std::deque<dma_job> jobs_;
    std::vector<dma_job*> free_jobs_;
};

/// zlib's CRC-32, as segments carry it.
[[nodiscard]] std::uint32_t crc32_of(std::span<const std::uint8_t> bytes);

}  // namespace eyeriss::accelerator
