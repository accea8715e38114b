#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "sims/dram/dram_traffic.h"

namespace eyeriss::sims {

/// Drives a memory by the four phases of the base protocol: at most `outstanding` reads in flight, writes
/// posted, each answer sends what comes next at once, in the call that brings the answer.
class dram_generator : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<dram_generator> socket;

    dram_generator(sc_core::sc_module_name name, traffic items, unsigned outstanding);

    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] std::uint64_t answered() const { return answered_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Time of the last response, in ps.
    [[nodiscard]] std::uint64_t last_ps() const { return last_ps_; }
    /// The first error: address and the response that it got; none is empty.
    [[nodiscard]] const std::string& first_error() const { return first_error_; }

private:
    /// Payloads with their data, used again and again.
    class pool : public tlm::tlm_mm_interface {
    public:
        tlm::tlm_generic_payload& take(std::uint32_t bytes);
        void free(tlm::tlm_generic_payload* transaction) override;

    private:
        struct entry {
            explicit entry(pool& owner) : payload(&owner) {}
            tlm::tlm_generic_payload payload;
            std::vector<unsigned char> data;
        };
        std::deque<entry> entries_;
        std::vector<tlm::tlm_generic_payload*> free_;
    };

    void start();
    void send_from(std::uint64_t from_ps);
    /// What may be sent next, or null.
    [[nodiscard]] const traffic_item* sendable() const;
    void send(const traffic_item& item, std::uint64_t at_ps);
    void answered(tlm::tlm_generic_payload& transaction, std::uint64_t at_ps);
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

    pool pool_;  // before all that may still hold payloads
    traffic items_;
    std::optional<traffic_item> next_;
    unsigned outstanding_;
    unsigned reads_in_flight_ = 0;
    bool blocked_ = false, sending_ = false;
    std::uint64_t sent_ = 0, answered_ = 0, bytes_ = 0, last_ps_ = 0, free_ps_ = 0;
    std::string first_error_;
    sc_core::sc_event due_;
};

}  // namespace eyeriss::sims
