#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <map>
#include <string>
#include <systemc>
#include <tlm>

namespace eyeriss::test {

/// Stands between an initiator and a target and holds every call against the rules of the base protocol
/// (IEEE 1666, clause 15): order of phases, one request and one response at a time, times that do not run
/// backward, an address and command that stay, an answer before the response. Forwards everything unchanged.
class protocol_checker : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<protocol_checker> from_initiator{"from_initiator"};
    tlm_utils::simple_initiator_socket<protocol_checker> to_target{"to_target"};

    explicit protocol_checker(sc_core::sc_module_name name) : sc_module(name) {
        from_initiator.register_nb_transport_fw(this, &protocol_checker::forward);
        from_initiator.register_b_transport(this, &protocol_checker::blocking);
        from_initiator.register_transport_dbg(this, &protocol_checker::debug);
        from_initiator.register_get_direct_mem_ptr(this, &protocol_checker::direct);
        to_target.register_nb_transport_bw(this, &protocol_checker::backward);
        to_target.register_invalidate_direct_mem_ptr(this, &protocol_checker::invalidate);
    }

    /// The first rule that was broken; empty: none.
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::size_t in_flight() const { return states_.size(); }
    [[nodiscard]] std::uint64_t finished() const { return finished_; }

private:
    enum class stage : std::uint8_t { request, accepted, response };
    struct state {
        stage at = stage::request;
        std::uint64_t address = 0;
        tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
        sc_core::sc_time last;
    };
    using payload = tlm::tlm_generic_payload;

    void require(bool good, const std::string& rule) {
        if (!good && fault_.empty()) {
            fault_ = rule + " at " + sc_core::sc_time_stamp().to_string();
        }
    }

    void begin(payload& transaction, const sc_core::sc_time& at) {
        require(states_.count(&transaction) == 0, "BEGIN_REQ of a transaction under way");
        require(request_ == nullptr, "BEGIN_REQ before END_REQ of the last request");
        require(at >= request_end_, "BEGIN_REQ earlier than the END_REQ before it");
        require(transaction.has_mm(), "nb_transport without a memory manager");
        require(transaction.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
                "response set before the request");
        require(transaction.get_data_ptr() != nullptr && transaction.get_data_length() != 0, "no data");
        states_[&transaction] = {stage::request, transaction.get_address(), transaction.get_command(), at};
        request_ = &transaction;
    }

    void step(payload& transaction, const tlm::tlm_phase& phase, const sc_core::sc_time& at) {
        const auto found = states_.find(&transaction);
        if (found == states_.end()) {
            require(false, "a phase of an unknown transaction");
            return;
        }
        state& s = found->second;
        require(at >= s.last, "time runs backward within a transaction");
        require(transaction.get_command() == s.command, "command changed");
        s.last = at;
        if (phase == tlm::END_REQ) {
            require(s.at == stage::request, "END_REQ twice");
            end_request(at);
            s.at = stage::accepted;
        } else if (phase == tlm::BEGIN_RESP) {
            if (s.at == stage::request) {
                end_request(at);
            }
            require(s.at != stage::response, "BEGIN_RESP twice");
            require(response_ == nullptr, "BEGIN_RESP before END_RESP of the last response");
            require(at >= response_end_, "BEGIN_RESP earlier than the END_RESP before it");
            require(transaction.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
                    "response without status");
            s.at = stage::response;
            response_ = &transaction;
        } else if (phase == tlm::END_RESP) {
            require(s.at == stage::response, "END_RESP before BEGIN_RESP");
            complete(transaction, at);
        }
    }

    void end_request(const sc_core::sc_time& at) {
        request_ = nullptr;
        request_end_ = at;
    }

    void complete(payload& transaction, const sc_core::sc_time& at) {
        if (request_ == &transaction) {
            end_request(at);
        }
        if (response_ == &transaction) {
            response_ = nullptr;
            response_end_ = at;
        }
        states_.erase(&transaction);
        ++finished_;
    }

    void returned(tlm::tlm_sync_enum answer, payload& transaction, const tlm::tlm_phase& before,
                  const tlm::tlm_phase& after, const sc_core::sc_time& at) {
        if (answer == tlm::TLM_COMPLETED && before != tlm::END_RESP) {
            complete(transaction, at);
        } else if (answer == tlm::TLM_UPDATED) {
            require(before != after, "TLM_UPDATED without a new phase");
            step(transaction, after, at);
        }
    }

    tlm::tlm_sync_enum forward(payload& transaction, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        const auto before = phase;
        const sc_core::sc_time at = sc_core::sc_time_stamp() + delay;
        if (phase == tlm::BEGIN_REQ) {
            begin(transaction, at);
        } else {
            require(phase == tlm::END_RESP, "a phase that an initiator does not send");
            step(transaction, phase, at);
        }
        const auto answer = to_target->nb_transport_fw(transaction, phase, delay);
        require(sc_core::sc_time_stamp() + delay >= at, "a call shortened its delay");
        returned(answer, transaction, before, phase, sc_core::sc_time_stamp() + delay);
        return answer;
    }

    tlm::tlm_sync_enum backward(payload& transaction, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        const auto before = phase;
        const sc_core::sc_time at = sc_core::sc_time_stamp() + delay;
        require(phase == tlm::END_REQ || phase == tlm::BEGIN_RESP, "a phase that a target does not send");
        transaction.acquire();
        step(transaction, phase, at);
        const auto answer = from_initiator->nb_transport_bw(transaction, phase, delay);
        require(sc_core::sc_time_stamp() + delay >= at, "a call shortened its delay");
        returned(answer, transaction, before, phase, sc_core::sc_time_stamp() + delay);
        transaction.release();
        return answer;
    }

    void blocking(payload& transaction, sc_core::sc_time& delay) {
        const auto before = delay;
        to_target->b_transport(transaction, delay);
        require(delay >= before, "b_transport shortened its delay");
        require(transaction.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
                "b_transport without status");
    }
    unsigned debug(payload& transaction) { return to_target->transport_dbg(transaction); }
    bool direct(payload& transaction, tlm::tlm_dmi& dmi) {
        return to_target->get_direct_mem_ptr(transaction, dmi);
    }
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
        from_initiator->invalidate_direct_mem_ptr(first, last);
    }

    std::map<payload*, state> states_;
    payload* request_ = nullptr;
    payload* response_ = nullptr;
    sc_core::sc_time request_end_, response_end_;
    std::uint64_t finished_ = 0;
    std::string fault_;
};

}  // namespace eyeriss::test
