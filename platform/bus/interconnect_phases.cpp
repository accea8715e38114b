// The four phases of the interconnect: who waits, who goes, and the way back.
#include <algorithm>
#include <limits>

#include "models/dram/kernel_time.h"
#include "platform/bus/interconnect.h"

namespace eyeriss::platform {

using dram::from_ps;
using dram::ps;

namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

}  // namespace

tlm::tlm_sync_enum interconnect::nb_transport_fw(int initiator, payload& transaction, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) {
        return begin(static_cast<unsigned>(initiator), transaction, delay);
    }
    if (phase == tlm::END_RESP) {
        end_response(static_cast<unsigned>(initiator), transaction, delay);
        return tlm::TLM_COMPLETED;
    }
    return tlm::TLM_ACCEPTED;  // phases of other protocols are ignorable
}

tlm::tlm_sync_enum interconnect::begin(unsigned initiator, payload& transaction,
                                       const sc_core::sc_time& delay) {
    source& s = sources_[initiator];
    const auto* place = decode(transaction);
    const bool out_of_turn = s.waiting || !transaction.has_mm();  // its last request has no END_REQ yet
    if (place == nullptr || out_of_turn) {
        transaction.set_response_status(place == nullptr ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                                         : tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    transaction.acquire();
    s.waiting = journey{&transaction, initiator, static_cast<std::size_t>(place->target),
                        transaction.get_address(), ps(sc_core::sc_time_stamp() + delay)};
    transaction.set_address(transaction.get_address() - place->range.base);
    wake_.notify(delay);
    return tlm::TLM_ACCEPTED;
}

/// Decides what may go now, and wakes again for what may go later.
void interconnect::arbitrate() {
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    release_held(now);
    std::uint64_t next = never;
    for (std::size_t t = 0; t < destinations_.size(); ++t) {
        next = std::min(next, grant(t, now));
    }
    for (const auto& s : sources_) {
        if (!s.held.empty() && !s.response_open) {
            next = std::min(next, std::max(s.held.front().second, s.response_free_ps));
        }
    }
    if (next != never) {
        wake_.notify(from_ps(next > now ? next - now : 0));
    }
}

/// When the request of an initiator may go to a target, apart from others.
std::uint64_t interconnect::earliest(const source& s, const destination& d) {
    std::uint64_t at = std::max(s.waiting->sent_ps, d.free_ps);
    if (s.regulator) {
        at = std::max(at, s.regulator->ready_ps());
    }
    return s.in_flight + 1 == s.rights.outstanding ? std::max(at, s.place_free_ps) : at;
}

/// Lets the request go that is first at a target, if one may; returns when to look again.
std::uint64_t interconnect::grant(std::size_t target, std::uint64_t now) {
    destination& d = destinations_[target];
    std::vector<bus_request> ready;
    std::uint64_t next = never;
    for (unsigned i = 0; i < sources_.size(); ++i) {
        const source& s = sources_[i];
        if (!s.waiting || s.waiting->target != target || s.in_flight >= s.rights.outstanding) {
            continue;
        }
        const std::uint64_t may_ps = earliest(s, d);
        if (may_ps > now) {
            next = std::min(next, may_ps);
        } else {
            ready.push_back({i, s.waiting->transaction->get_data_length()});
        }
    }
    if (d.request != nullptr) {
        return never;  // its END_REQ wakes us
    }
    const auto chosen = d.chooser.choose(ready);
    if (!chosen) {
        return next;
    }
    d.chooser.went(ready[*chosen]);
    forward(target, ready[*chosen].initiator, now);
    return now;  // others, or the next of the same
}

void interconnect::forward(std::size_t target, unsigned initiator, std::uint64_t now) {
    source& s = sources_[initiator];
    destination& d = destinations_[target];
    payload& transaction = *s.waiting->transaction;
    const journey& j = journeys_[&transaction] = *s.waiting;
    s.waiting.reset();
    ++s.in_flight;
    s.counts.waited += now > j.sent_ps ? 1 : 0;
    count_request(initiator, target, transaction, transaction.get_address(), j.sent_ps);
    if (s.regulator) {
        s.regulator->send(now, transaction.get_data_length());
    }
    d.request = &transaction;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const auto answer = at(target_index{target}).nb_transport_fw(transaction, phase, delay);
    const std::uint64_t then = now + ps(delay);
    std::uint64_t ended = then;
    if (answer == tlm::TLM_COMPLETED) {
        d.request = nullptr;
        d.free_ps = then;
        if (respond(transaction, then, ended)) {
            finish(transaction, ended);
        }
    } else if (answer == tlm::TLM_UPDATED && phase == tlm::END_REQ) {
        request_ended(target, transaction, then);
    } else if (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
        nb_transport_bw(static_cast<int>(target), transaction, phase, delay);
        if (phase == tlm::END_RESP) {
            at(target_index{target}).nb_transport_fw(transaction, phase, delay);
        }
    }
}

/// A target has taken its request: the way to it is free, and the initiator may send the next.
void interconnect::request_ended(std::size_t target, payload& transaction, std::uint64_t at_ps) {
    destination& d = destinations_[target];
    if (d.request != &transaction) {
        return;
    }
    d.request = nullptr;
    d.free_ps = at_ps;
    const journey& j = journeys_.at(&transaction);
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = from_ps(at_ps - now);
    initiators[static_cast<int>(j.initiator)]->nb_transport_bw(transaction, phase, delay);
    wake_.notify(from_ps(at_ps - now));
}

tlm::tlm_sync_enum interconnect::nb_transport_bw(int target, payload& transaction, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
    const auto found = journeys_.find(&transaction);
    if (found == journeys_.end()) {
        return tlm::TLM_ACCEPTED;
    }
    const std::uint64_t now = ps(sc_core::sc_time_stamp()), at_ps = now + ps(delay);
    destination& d = destinations_[static_cast<std::size_t>(target)];
    if (phase == tlm::END_REQ) {
        request_ended(static_cast<std::size_t>(target), transaction, at_ps);
        return tlm::TLM_ACCEPTED;
    }
    if (phase != tlm::BEGIN_RESP) {
        return tlm::TLM_ACCEPTED;
    }
    if (d.request == &transaction) {  // BEGIN_RESP ends the request as well
        d.request = nullptr;
        d.free_ps = at_ps;
        wake_.notify(delay);
    }
    found->second.target_waits = true;
    std::uint64_t ended = at_ps;
    if (!respond(transaction, at_ps, ended)) {
        return tlm::TLM_ACCEPTED;
    }
    finish(transaction, ended);
    phase = tlm::END_RESP;
    delay = from_ps(ended - now);
    return tlm::TLM_COMPLETED;
}

/// Hands a response to its initiator, or keeps it while another is open there. True when the initiator has
/// ended it, at `ended_ps`.
bool interconnect::respond(payload& transaction, std::uint64_t at_ps, std::uint64_t& ended_ps) {
    const journey j = journeys_.at(&transaction);
    source& s = sources_[j.initiator];
    if (s.response_open || (!s.held.empty() && s.held.front().first != &transaction)) {
        s.held.emplace_back(&transaction, at_ps);
        return false;
    }
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    const std::uint64_t from = std::max({at_ps, s.response_free_ps, now});
    transaction.set_address(j.address);
    s.response_open = true;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = from_ps(from - now);
    const auto answer = initiators[static_cast<int>(j.initiator)]->nb_transport_bw(transaction, phase, delay);
    if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP)) {
        ended_ps = now + ps(delay);
        return true;
    }
    return false;
}

void interconnect::end_response(unsigned initiator, payload& transaction, sc_core::sc_time& delay) {
    const auto found = journeys_.find(&transaction);
    if (found == journeys_.end() || found->second.initiator != initiator) {
        return;
    }
    const journey j = found->second;
    if (j.target_waits) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time onward = delay;
        at(target_index{j.target}).nb_transport_fw(transaction, phase, onward);
    }
    finish(transaction, ps(sc_core::sc_time_stamp() + delay));
}

/// Responses that an open one has held back.
void interconnect::release_held(std::uint64_t now) {
    for (auto& s : sources_) {
        while (!s.held.empty() && !s.response_open &&
               std::max(s.held.front().second, s.response_free_ps) <= now) {
            payload& transaction = *s.held.front().first;
            std::uint64_t ended = now;
            const bool done = respond(transaction, s.held.front().second, ended);
            s.held.pop_front();
            if (!done) {
                break;
            }
            const journey j = journeys_.at(&transaction);
            if (j.target_waits) {
                tlm::tlm_phase phase = tlm::END_RESP;
                sc_core::sc_time delay = from_ps(ended - now);
                at(target_index{j.target}).nb_transport_fw(transaction, phase, delay);
            }
            finish(transaction, ended);
        }
    }
}

/// A response is over: the initiator has a place free.
void interconnect::finish(payload& transaction, std::uint64_t at_ps) {
    const auto found = journeys_.find(&transaction);
    const journey j = found->second;
    journeys_.erase(found);
    source& s = sources_[j.initiator];
    s.response_open = false;
    s.response_free_ps = s.place_free_ps = at_ps;
    --s.in_flight;
    count_response(j.initiator, j.target, transaction, j.sent_ps, at_ps);
    transaction.release();
    if (s.waiting || !s.held.empty()) {
        const std::uint64_t now = ps(sc_core::sc_time_stamp());
        wake_.notify(from_ps(at_ps > now ? at_ps - now : 0));
    }
}

}  // namespace eyeriss::platform
