#include "sims/dram/dram_generator.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/dram/kernel_time.h"

namespace eyeriss::sims {

using dram::from_ps;
using dram::ps;

tlm::tlm_generic_payload& dram_generator::pool::take(std::uint32_t bytes) {
    if (free_.empty()) {
        free_.push_back(&entries_.emplace_back(*this).payload);
        entries_.back().data.resize(bytes);
        entries_.back().payload.set_data_ptr(entries_.back().data.data());
        entries_.back().payload.set_data_length(bytes);
    }
    tlm::tlm_generic_payload& payload = *free_.back();
    free_.pop_back();
    if (payload.get_data_length() < bytes) {
        auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const entry& e) { return &e.payload == &payload; });
        found->data.resize(bytes);
        payload.set_data_ptr(found->data.data());
    }
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.acquire();
    return payload;
}

void dram_generator::pool::free(tlm::tlm_generic_payload* transaction) {
    free_.push_back(transaction);
}

dram_generator::dram_generator(sc_core::sc_module_name name, traffic items, unsigned outstanding)
    : sc_module(name),
      socket("socket"),
      items_(std::move(items)),
      next_(items_()),
      outstanding_(outstanding),
      due_("due") {
    socket.register_nb_transport_bw(this, &dram_generator::nb_transport_bw);
    SC_HAS_PROCESS(dram_generator);
    SC_METHOD(start);
    sensitive << due_;
}

void dram_generator::start() {
    send_from(ps(sc_core::sc_time_stamp()));
}

const traffic_item* dram_generator::sendable() const {
    if (!next_ || blocked_) {
        return nullptr;
    }
    const traffic_item& item = *next_;
    return item.is_write || reads_in_flight_ < outstanding_ ? &item : nullptr;
}

/// Sends all that may go at a time.
void dram_generator::send_from(std::uint64_t from) {
    if (sending_) {
        return;  // the call that is under way goes on
    }
    sending_ = true;
    while (const traffic_item* waiting = sendable()) {
        const traffic_item item = *waiting;
        const std::uint64_t at = std::max(from, free_ps_);
        if (item.at_ps.value_or(0) > at) {
            due_.notify(from_ps(item.at_ps.value_or(0) - ps(sc_core::sc_time_stamp())));
            break;
        }
        next_ = items_();
        send(item, at);
    }
    sending_ = false;
}

void dram_generator::send(const traffic_item& item, std::uint64_t at) {
    auto& payload = pool_.take(item.bytes);
    payload.set_command(item.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(item.address);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    ++sent_;
    reads_in_flight_ += item.is_write ? 0 : 1;
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = from_ps(at - now);
    const auto answer = socket->nb_transport_fw(payload, phase, delay);
    if (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
        phase = tlm::END_RESP;
        socket->nb_transport_fw(payload, phase, delay);
        answered(payload, now + ps(delay));
    } else if (answer == tlm::TLM_COMPLETED) {
        answered(payload, now + ps(delay));
    } else if (answer == tlm::TLM_ACCEPTED) {
        blocked_ = true;
    } else {
        free_ps_ = now + ps(delay);
    }
}

void dram_generator::answered(tlm::tlm_generic_payload& transaction, std::uint64_t at) {
    if (transaction.is_response_error() && first_error_.empty()) {
        first_error_ =
            fmt::format("address {:#x}: {}", transaction.get_address(), transaction.get_response_string());
    }
    ++answered_;
    bytes_ += transaction.get_data_length();
    reads_in_flight_ -= transaction.is_write() ? 0 : 1;
    last_ps_ = std::max(last_ps_, at);
    transaction.release();
}

tlm::tlm_sync_enum dram_generator::nb_transport_bw(tlm::tlm_generic_payload& transaction,
                                                   tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const std::uint64_t at = ps(sc_core::sc_time_stamp()) + ps(delay);
    if (phase == tlm::END_REQ) {
        blocked_ = false;
        free_ps_ = at;
        send_from(at);
        return tlm::TLM_ACCEPTED;
    }
    if (phase == tlm::BEGIN_RESP) {
        answered(transaction, at);
        send_from(at);
        return tlm::TLM_COMPLETED;
    }
    return tlm::TLM_ACCEPTED;
}

}  // namespace eyeriss::sims
