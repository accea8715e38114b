#include "models/accelerator/dma.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>

#include "models/accelerator/fault.h"
#include "models/dram/kernel_time.h"

namespace eyeriss::accelerator {
namespace {

[[noreturn]] void fail(bool reading, std::size_t size, std::uint64_t address,
                       tlm::tlm_response_status status) {
    tlm::tlm_generic_payload payload;
    payload.set_response_status(status);
    const bool lost = status == tlm::TLM_GENERIC_ERROR_RESPONSE;
    throw layer_fault(lost ? EYERISS_ERR_ECC : EYERISS_ERR_BUS, static_cast<std::uint32_t>(address),
                      fmt::format("DMA {} of {} bytes at {:#010x}: {}", reading ? "read" : "write", size,
                                  address, payload.get_response_string()));
}

}  // namespace

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
    return ::libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::vector<dma_read> stretches(const strided_block& block, std::span<std::uint8_t> into, unsigned cluster) {
    std::vector<dma_read> out;
    std::size_t done = 0;
    for (std::uint32_t plane = 0; plane < block.planes; ++plane) {
        for (std::uint32_t row = 0; row < block.rows; ++row) {
            const std::uint32_t offset = block.offset + plane * block.plane_stride + row * block.row_stride;
            const bool touches = !out.empty() && out.back().offset + out.back().bytes.size() == offset;
            if (touches) {
                out.back().bytes = {out.back().bytes.data(), out.back().bytes.size() + block.row_bytes};
            } else {
                out.push_back({offset, into.subspan(done, block.row_bytes), cluster});
            }
            done += block.row_bytes;
        }
    }
    return out;
}

std::size_t dma::port(bool writes, unsigned cluster) const {
    return options_.port_per_cluster ? cluster % ports_.size() : writes ? 1 : 0;
}

void dma::observe(observe::recorder& recorder) {
    recorder_ = &recorder;
    reads_ = recorder.open("dma.read", observe::stream_kind::transfer, 0);
    writes_ = recorder.open("dma.write", observe::stream_kind::transfer, 1);
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        const auto name = options_.port_per_cluster ? fmt::format("dma.c{}", i)
                          : i == 0                  ? std::string("dma.read")
                                                    : std::string("dma.write");
        ports_[i]->observe(recorder, name + ".bursts");
    }
}

void dma::publish(tlm::tlm_command command, std::span<const stretch> list, observe::transaction_id transfer,
                  const sc_core::sc_time& begin, const sc_core::sc_time& end, const transfer_origin& origin) {
    if (!recorder_->wants(observe::stream_kind::transfer)) return;
    std::int64_t bytes = 0;
    for (const auto& s : list) bytes += static_cast<std::int64_t>(s.bytes.size());
    const std::array attributes{observe::attribute{"bytes", bytes},
                                observe::attribute{"stretches", static_cast<std::int64_t>(list.size())}};
    recorder_->record({command == tlm::TLM_READ_COMMAND ? reads_ : writes_, transfer, origin.parent,
                       dram::ps(begin), dram::ps(end), origin.what, attributes});
}

sc_core::sc_time dma::move(tlm::tlm_command command, std::span<const stretch> list,
                           const sc_core::sc_time& start, const transfer_origin& origin) {
    if (gate_) gate_();
    for (const auto& s : list) port_bytes_[s.port] += s.bytes.size();
    const auto& named = origin.what.empty() ? origin_ : origin;
    const transfer_origin told = recorder_ == nullptr ? transfer_origin{} : named;
    const observe::transaction_id transfer = recorder_ == nullptr ? 0 : recorder_->reserve();
    if (options_.four_phases) {
        if (start != sc_core::SC_ZERO_TIME) {
            sc_core::wait(start);
        }
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the stamp moves on
        const sc_core::sc_time began = sc_core::sc_time_stamp();
        move_by_phases(command, list, transfer);
        if (recorder_ != nullptr) publish(command, list, transfer, began, sc_core::sc_time_stamp(), told);
        return {};
    }
    const bool reading = command == tlm::TLM_READ_COMMAND;
    sc_core::sc_time longest = start;
    for (const auto& s : list) {
        sc_core::sc_time delay = start;
        const auto status = ports_[s.port]->transfer(command, s.address, s.bytes, delay, transfer);
        if (status != tlm::TLM_OK_RESPONSE) {
            fail(reading, s.bytes.size(), s.address, status);
        }
        (reading ? read_bytes_ : written_bytes_) += s.bytes.size();
        longest = std::max(longest, delay);
    }
    if (recorder_ != nullptr) {
        const auto& now = sc_core::sc_time_stamp();
        publish(command, list, transfer, now + start, now + longest, told);
    }
    return longest;
}

dma_job& dma::take_job() {
    if (free_jobs_.empty()) {
        free_jobs_.push_back(&jobs_.emplace_back());
    }
    dma_job& job = *free_jobs_.back();
    free_jobs_.pop_back();
    job.bytes = 0;
    job.error = tlm::TLM_OK_RESPONSE;
    return job;
}

void dma::move_by_phases(tlm::tlm_command command, std::span<const stretch> list,
                         observe::transaction_id transfer) {
    const bool reading = command == tlm::TLM_READ_COMMAND;
    dma_job& job = take_job();
    job.transfer = transfer;
    ++job.open;  // until all are added: the first may be answered in the call
    for (const auto& s : list) {
        ports_[s.port]->add(command, s.address, s.bytes, job);
    }
    --job.open;
    if (job.open > 0) {
        sc_core::wait(job.done);
    }
    (reading ? read_bytes_ : written_bytes_) += job.bytes;
    free_jobs_.push_back(&job);
    if (job.error != tlm::TLM_OK_RESPONSE) {
        fail(reading, job.bytes, job.error_address, job.error);
    }
}

sc_core::sc_time dma::read(std::span<const dma_read> list, const sc_core::sc_time& start,
                           const transfer_origin& origin) {
    std::vector<stretch> out;
    out.reserve(list.size());
    for (const auto& r : list) {
        if (!r.bytes.empty()) {
            out.push_back({std::uint64_t{base_} + r.offset, r.bytes, port(false, r.cluster)});
        }
    }
    return move(tlm::TLM_READ_COMMAND, out, start, origin);
}

sc_core::sc_time dma::read(std::uint32_t offset, std::span<std::uint8_t> bytes, const sc_core::sc_time& start,
                           const transfer_origin& origin) {
    const std::array one{dma_read{offset, bytes, 0}};
    return read(one, start, origin);
}

sc_core::sc_time dma::write(std::span<const dma_write> list, const transfer_origin& origin) {
    std::vector<stretch> out;
    out.reserve(list.size());
    for (const auto& w : list) {
        if (!w.bytes.empty()) {
            // The payload has one pointer for both directions; a write command leaves the data as it is.
            out.push_back({std::uint64_t{base_} + w.offset,
                           {const_cast<std::uint8_t*>(w.bytes.data()), w.bytes.size()},  // NOLINT
                           port(true, w.cluster)});
        }
    }
    return move(tlm::TLM_WRITE_COMMAND, out, {}, origin);
}

sc_core::sc_time dma::write(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    const std::array one{dma_write{offset, bytes, 0}};
    return write(one);
}

void dma::peek(std::uint32_t offset, std::span<std::uint8_t> bytes) {
    ports_.front()->peek(std::uint64_t{base_} + offset, bytes);
}

}  // namespace eyeriss::accelerator
