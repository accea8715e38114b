// The four phases of a controller, and when it asks the kernel.
#include <algorithm>
#include <limits>

#include "models/dram/controller.h"
#include "models/dram/kernel_time.h"

namespace eyeriss::dram {
namespace {

/// The farthest that a controller runs ahead of the kernel in one activation.
constexpr std::uint64_t batch_ps = 2'000'000;

}  // namespace

tlm::tlm_sync_enum controller::nb_transport_fw(int port, payload& transaction, tlm::tlm_phase& phase,
                                               sc_core::sc_time& delay) {
    const auto index = static_cast<unsigned>(port);
    if (phase == tlm::BEGIN_REQ) {
        return begin(index, transaction, phase, delay);
    }
    if (phase == tlm::END_RESP) {
        ports_[index].response_open = false;
        ports_[index].response_free_ps = ps(sc_core::sc_time_stamp() + delay);
        if (!running_ && !ports_[index].held.empty()) {
            wake_.notify(sc_core::SC_ZERO_TIME);
        }
        return tlm::TLM_COMPLETED;
    }
    return tlm::TLM_ACCEPTED;  // phases of other protocols are ignorable
}

tlm::tlm_sync_enum controller::begin(unsigned port, payload& transaction, tlm::tlm_phase& phase,
                                     const sc_core::sc_time& delay) {
    port_state& state = ports_[port];
    if (state.blocked != burst_queue::none) {  // the last request has not got its END_REQ yet
        transaction.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        ++state.counts.errors;
        return tlm::TLM_COMPLETED;
    }
    if (!accept(transaction, state.counts)) {
        return tlm::TLM_COMPLETED;
    }
    const std::uint32_t index = open(transaction, port, delay);
    const bool queued = blocked_ports_.empty() && enqueue(index, clock_at(requests_[index].sent_ps));
    if (!running_) {
        wake_.notify(sc_core::SC_ZERO_TIME);
    }
    if (queued) {
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    }
    ++state.counts.blocked;
    state.blocked = index;
    blocked_ports_.push_back(port);
    return tlm::TLM_ACCEPTED;
}

/// All times below this one are known: nobody else can act before it.
std::uint64_t controller::decidable_ps() const {
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    const std::uint64_t quiet = ps(sc_core::sc_time_to_pending_activity());
    return std::max(now + std::min(quiet, batch_ps), settled_ ? now + 1 : now);
}

void controller::run() {
    running_ = true;
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    for (auto& port : ports_) {  // held back by an END_RESP that has come since
        while (!port.response_open && !port.held.empty()) {
            const ready_response next = port.held.front();
            port.held.pop_front();
            respond(next);
        }
    }
    unblock(clock_at(now));
    std::uint64_t bound = decidable_ps();
    while (open_requests_ > 0) {
        const clock_count known = bound == 0 ? -1 : static_cast<clock_count>((bound - 1) / part_.tck_ps);
        const clock_count answer = ready_.empty() ? never : ready_.front().at;
        if (decide(std::min(known, answer == never ? never : answer - 1) + parameters_.frontend)) {
            continue;
        }
        if (answer == never || std::max(time_of(answer), now) >= bound) {
            break;
        }
        const ready_response next = ready_.front();
        ready_.pop_front();
        deliver(next);
        bound = decidable_ps();
    }
    running_ = false;
    sleep(now);
}

/// One more command, in the channel whose turn it is; false when none falls before the limit. Channels go in
/// the order of their times: none gets ahead of an answer that another has yet to give.
bool controller::decide(clock_count limit) {
    while (true) {
        channel* first = nullptr;
        clock_count others = never;
        for (auto& c : channels_) {
            if (first == nullptr || c.next() < first->next()) {
                others = first == nullptr ? never : first->next();
                first = &c;
            } else {
                others = std::min(others, c.next());
            }
        }
        if (first->next() > limit) {
            return false;
        }
        if (first->step(std::min(limit, others))) {
            collect(*first);
            if (!blocked_ports_.empty()) {
                unblock(first->time());
            }
            return true;
        }
    }
}

/// Lets the ports that wait for room try again, in the order in which they were blocked.
void controller::unblock(clock_count at) {
    while (!blocked_ports_.empty()) {
        const unsigned port = blocked_ports_.front();
        const std::uint32_t index = ports_[port].blocked;
        const clock_count from = std::max(at, clock_at(requests_[index].sent_ps));
        if (!enqueue(index, from)) {
            return;
        }
        blocked_ports_.pop_front();
        ports_[port].blocked = burst_queue::none;
        tlm::tlm_phase phase = tlm::END_REQ;
        const std::uint64_t now = ps(sc_core::sc_time_stamp());
        sc_core::sc_time delay = from_ps(std::max(time_of(from), now) - now);
        sockets_[port]->nb_transport_bw(*requests_[index].transaction, phase, delay);
    }
}

void controller::deliver(const ready_response& r) {
    port_state& port = ports_[requests_[r.request].port];
    if (port.response_open || !port.held.empty()) {
        port.held.push_back(r);
        return;
    }
    respond(r);
}

void controller::respond(const ready_response& ready) {
    const std::uint32_t index = ready.request;
    const request r = requests_[index];
    port_state& port = ports_[r.port];
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    const std::uint64_t at_ps = std::max({time_of(ready.at), port.response_free_ps, now});
    (r.is_write ? port.counts.write_latency : port.counts.read_latency).add(at_ps - r.sent_ps);
    port.counts.bandwidth.add(at_ps, r.transaction->get_data_length());
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = from_ps(at_ps - now);
    port.response_open = true;
    const auto answer = sockets_[r.port]->nb_transport_bw(*r.transaction, phase, delay);
    if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP)) {
        ports_[r.port].response_open = false;
        ports_[r.port].response_free_ps = now + ps(delay);
    }
    close(index);
}

/// Asks the kernel for the next time at which something may be due.
void controller::sleep(std::uint64_t now) {
    if (open_requests_ == 0) {
        settled_ = false;
        return;
    }
    std::uint64_t next = std::numeric_limits<std::uint64_t>::max();
    if (!ready_.empty()) {
        next = time_of(ready_.front().at);
    }
    for (const auto& c : channels_) {
        if (c.busy()) {
            next = std::min(next, time_of(c.next() - parameters_.frontend));
        }
    }
    for (const auto& port : ports_) {
        if (!port.held.empty() && !port.response_open) {
            next = now;
        }
    }
    if (next == std::numeric_limits<std::uint64_t>::max()) {
        settled_ = false;  // only responses that wait for an END_RESP are left
        return;
    }
    if (next <= now) {
        settled_ = true;
        wake_.notify(sc_core::SC_ZERO_TIME);
    } else {
        settled_ = false;
        wake_.notify(from_ps(next - now));
    }
}

}  // namespace eyeriss::dram
