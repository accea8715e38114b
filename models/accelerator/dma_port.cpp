#include "models/accelerator/dma_port.h"

#include <fmt/format.h>
#include <array>

#include <algorithm>

#include "models/dram/kernel_time.h"

namespace eyeriss::accelerator {

using dram::from_ps;
using dram::ps;

namespace {

void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
          std::span<std::uint8_t> data) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace

void dma_port::observe(observe::recorder& recorder, const std::string& stream) {
    recorder_ = &recorder;
    stream_ = recorder.open(stream, observe::stream_kind::burst);
}

void dma_port::publish(const tlm::tlm_generic_payload& transaction, observe::transaction_id id,
                       observe::transaction_id parent, std::uint64_t begin, std::uint64_t end) {
    if (!recorder_->wants(observe::stream_kind::burst)) return;
    const std::array attributes{
        observe::attribute{"address", static_cast<std::int64_t>(transaction.get_address())},
        observe::attribute{"bytes", transaction.get_data_length()}};
    recorder_->record(
        {stream_, id, parent, begin, end, transaction.is_read() ? "read" : "write", attributes});
}

std::uint64_t burst_end(std::uint64_t address, std::uint64_t end, const dma_options& options) {
    constexpr std::uint64_t most_common_boundary = 4096;
    for (const std::uint64_t block :
         {std::uint64_t{options.burst_bytes}, std::uint64_t{options.page_bytes}, most_common_boundary}) {
        end = std::min(end, (address / block + 1) * block);
    }
    return end;
}

tlm::tlm_response_status dma_port::transfer(tlm::tlm_command command, std::uint64_t address,
                                            std::span<std::uint8_t> data, sc_core::sc_time& delay,
                                            observe::transaction_id parent) {
    dram::burst_origin origin;
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data);
    if (recorder_ == nullptr) {
        socket_.b_transport(payload, delay);
        return payload.get_response_status();
    }
    origin.transaction = recorder_->reserve();
    payload.set_extension(&origin);
    const std::uint64_t now = ps(sc_core::sc_time_stamp()), begin = now + ps(delay);
    socket_.b_transport(payload, delay);
    publish(payload, origin.transaction, parent, begin, now + ps(delay));
    return payload.get_response_status();
}

unsigned dma_port::peek(std::uint64_t address, std::span<std::uint8_t> data) {
    tlm::tlm_generic_payload payload;
    fill(payload, tlm::TLM_READ_COMMAND, address, data);
    return socket_.transport_dbg(payload);
}

void dma_port::add(tlm::tlm_command command, std::uint64_t address, std::span<std::uint8_t> data,
                   dma_job& job) {
    const std::uint64_t end = address + data.size();
    for (std::uint64_t at = address; at < end;) {
        const std::uint64_t stop = burst_end(at, end, options_);
        queue_.push_back({command, at, data.subspan(at - address, stop - at), &job});
        ++job.open;
        at = stop;
    }
    job.bytes += data.size();
    send_from(ps(sc_core::sc_time_stamp()));
}

void dma_port::free(tlm::tlm_generic_payload* transaction) {
    const auto found =
        std::find_if(slots_.begin(), slots_.end(), [&](const slot& s) { return &s.payload == transaction; });
    free_.push_back(&*found);
}

dma_port::slot& dma_port::take(const burst& b) {
    if (free_.empty()) {
        free_.push_back(&slots_.emplace_back(static_cast<tlm::tlm_mm_interface&>(*this)));
    }
    slot& s = *free_.back();
    free_.pop_back();
    fill(s.payload, b.command, b.address, b.data);
    s.payload.acquire();
    s.job = b.job;
    s.origin.transaction = recorder_ == nullptr ? 0 : recorder_->reserve();
    in_flight_.push_back(&s);
    return s;
}

/// Sends all that may go, each at `from` or when the request before it has ended.
void dma_port::send_from(std::uint64_t from) {
    if (sending_) {
        return;  // the call under way goes on
    }
    sending_ = true;
    while (!queue_.empty() && request_ == nullptr && in_flight_.size() < options_.outstanding) {
        const burst b = queue_.front();
        queue_.pop_front();
        send(b, std::max(from, request_free_ps_));
    }
    sending_ = false;
}

void dma_port::send(const burst& b, std::uint64_t at) {
    slot& taken = take(b);
    taken.sent_ps = at;
    auto& payload = taken.payload;
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = from_ps(at - now);
    request_ = &payload;
    const auto answer = socket_.nb_transport_fw(payload, phase, delay);
    const std::uint64_t then = now + ps(delay);
    if (answer == tlm::TLM_COMPLETED) {
        finish(payload, then);
    } else if (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
        phase = tlm::END_RESP;
        socket_.nb_transport_fw(payload, phase, delay);
        finish(payload, then);
    } else if (answer == tlm::TLM_UPDATED) {
        request_ = nullptr;
        request_free_ps_ = then;
    }
}

void dma_port::finish(tlm::tlm_generic_payload& transaction, std::uint64_t at) {
    const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                    [&](const slot* s) { return &s->payload == &transaction; });
    dma_job& job = *(*found)->job;
    if (recorder_ != nullptr)
        publish(transaction, (*found)->origin.transaction, job.transfer, (*found)->sent_ps, at);
    in_flight_.erase(found);
    if (request_ == &transaction) {
        request_ = nullptr;
        request_free_ps_ = std::max(request_free_ps_, at);
    }
    if (transaction.is_response_error() && job.error == tlm::TLM_OK_RESPONSE) {
        job.error = transaction.get_response_status();
        job.error_address = transaction.get_address();
    }
    if (--job.open == 0) {
        job.done.notify(from_ps(at - ps(sc_core::sc_time_stamp())));
    }
    transaction.release();
}

tlm::tlm_sync_enum dma_port::nb_transport_bw(tlm::tlm_generic_payload& transaction, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
    const std::uint64_t at = ps(sc_core::sc_time_stamp()) + ps(delay);
    if (phase == tlm::END_REQ) {
        request_ = nullptr;
        request_free_ps_ = at;
        send_from(at);
        return tlm::TLM_ACCEPTED;
    }
    if (phase == tlm::BEGIN_RESP) {
        finish(transaction, at);
        send_from(at);
        return tlm::TLM_COMPLETED;
    }
    return tlm::TLM_ACCEPTED;  // phases of other protocols are ignorable
}

}  // namespace eyeriss::accelerator
