#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "models/dram/byte_rate.h"
#include "models/dram/latency_histogram.h"
#include "platform/bus/address_map.h"
#include "platform/bus/arbiter.h"

namespace eyeriss::platform {

/// What an initiator is allowed. Defaults: as everybody else, without limit.
struct initiator_rights {
    std::string name;
    unsigned rank = 0;          ///< arbitration::priority: lower goes first
    unsigned weight = 1;        ///< arbitration::weighted: share of the bytes
    unsigned limit_mbps = 0;    ///< bandwidth regulator, all targets together; 0: none
    unsigned limit_shares = 1;  ///< the limit is limit_mbps / limit_shares
    unsigned outstanding = 64;  ///< requests in flight by four phases
};

/// What an initiator did at a target, by b_transport and by four phases. Latency runs from the request (with
/// its delay) to the response; waiting is the part of it before the target was asked.
struct traffic_counts {
    std::uint64_t reads = 0, writes = 0, read_bytes = 0, write_bytes = 0;
    std::uint64_t errors = 0;  ///< answered with an error by the target; counted above, too
    unsigned in_flight = 0, most_in_flight = 0;
    std::uint64_t waited = 0;  ///< requests that the arbiter held back
    std::uint64_t dmi_grants = 0;
    dram::latency_histogram read_latency, write_latency;
    dram::bandwidth_windows bandwidth;
};

/// A transaction on its way to a target, as a recorder sees it; the address is the target's.
struct bus_record {
    std::uint64_t at_ps = 0, address = 0;
    std::uint32_t bytes = 0;
    bool is_write = false;
    unsigned initiator = 0;
};

/// Memory-mapped interconnect of the base protocol: any number of initiators, targets at disjoint address
/// ranges.
///
/// Four phases: each target takes one request at a time (END_REQ ends it) and gives one response at a time.
/// Initiators that wait for the same target are chosen by the arbiter, a delta after they came, so that those
/// of one time meet; an initiator at its outstanding limit, or ahead of its regulator, is passed over.
/// Responses go back as they come; one that meets an unanswered response to the same initiator waits.
/// b_transport is passed on at once: it meets others only in the target; a regulator makes it wait, too.
///
/// A target sees addresses relative to its range; the address is restored with the response. A transaction
/// that hits no target, or reaches past the end of one, is answered with TLM_ADDRESS_ERROR_RESPONSE; byte
/// enables and streaming width are the target's to honour or refuse. DMI grants and invalidations are moved
/// to bus addresses and cut to the range.
class interconnect : public sc_core::sc_module {
public:
    using target_socket = tlm::tlm_base_target_socket_b<>;

    /// Bind each initiator here.
    tlm_utils::multi_passthrough_target_socket<interconnect> initiators;

    explicit interconnect(sc_core::sc_module_name name,
                          arch::arbitration order = arch::arbitration::round_robin);

    /// Gives the initiator that is bound to `initiators` next rights of its own; returns its number. Those
    /// that are bound without it come last.
    unsigned expect(initiator_rights rights);
    /// Puts a target at a range of addresses, before elaboration ends. Errors as address_map::add.
    target_index map(const std::string& target_name, address_range range, target_socket& socket);

    [[nodiscard]] const address_map& addresses() const { return addresses_; }
    [[nodiscard]] unsigned initiator_count() const { return static_cast<unsigned>(sources_.size()); }
    [[nodiscard]] const std::string& initiator_name(unsigned initiator) const {
        return sources_[initiator].rights.name;
    }
    /// Counts of an initiator at a target that is counted.
    [[nodiscard]] const traffic_counts& counts(unsigned initiator) const {
        return sources_[initiator].counts;
    }
    /// The target whose traffic is counted; none by default.
    void count_at(target_index target) { counted_ = target; }
    /// Called for each request to the counted target, in the order in which they go there; may be empty.
    void record(std::function<void(const bus_record&)> recorder) { recorder_ = std::move(recorder); }

    /// Debug access to a range that may span several targets; returns the bytes moved, from the start. Works
    /// before elaboration ends too, so that memories can be loaded, where a target's socket is a simple one.
    std::uint64_t debug_write(std::uint64_t address, std::span<const std::uint8_t> data);
    std::uint64_t debug_read(std::uint64_t address, std::span<std::uint8_t> data);

private:
    using payload = tlm::tlm_generic_payload;
    /// A transaction by four phases, from BEGIN_REQ to END_RESP.
    struct journey {
        payload* transaction = nullptr;
        unsigned initiator = 0;
        std::size_t target = 0;
        std::uint64_t address = 0;  ///< as the initiator gave it
        std::uint64_t sent_ps = 0;
        bool target_waits = false;  ///< for the END_RESP
    };
    struct source {
        initiator_rights rights;
        std::optional<dram::byte_rate> regulator;
        std::optional<journey> waiting;  ///< its BEGIN_REQ has not gone to the target yet
        unsigned in_flight = 0;
        std::uint64_t place_free_ps = 0;  ///< when the last response ended
        bool response_open = false;
        std::uint64_t response_free_ps = 0;
        std::deque<std::pair<payload*, std::uint64_t>>
            held;  ///< responses and the time from which they may go
        traffic_counts counts;
    };
    struct destination {
        arbiter chooser;
        payload* request = nullptr;  ///< BEGIN_REQ without END_REQ
        std::uint64_t free_ps = 0;   ///< when the next BEGIN_REQ may go
    };

    void end_of_elaboration() override;
    // interconnect.cpp: one call at a time
    void b_transport(int initiator, payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(int initiator, payload& transaction);
    bool get_direct_mem_ptr(int initiator, payload& transaction, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(int index, sc_dt::uint64 start, sc_dt::uint64 end);
    [[nodiscard]] const address_map::entry* decode(const payload& transaction) const;
    [[nodiscard]] tlm::tlm_fw_transport_if<>& at(target_index index) {
        return *targets_[static_cast<int>(index)];
    }
    unsigned debug_transport(target_index index, payload& transaction);
    std::uint64_t debug_access(tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                               std::uint64_t bytes);
    source& from(int initiator);
    [[nodiscard]] bool is_counted(std::size_t target) const {
        return counted_ && static_cast<std::size_t>(*counted_) == target;
    }
    void count_request(unsigned initiator, std::size_t target, const payload& transaction,
                       std::uint64_t address, std::uint64_t at_ps);
    void count_response(unsigned initiator, std::size_t target, const payload& transaction,
                        std::uint64_t sent_ps, std::uint64_t at_ps);

    // interconnect_phases.cpp
    tlm::tlm_sync_enum nb_transport_fw(int initiator, payload& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_bw(int target, payload& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    tlm::tlm_sync_enum begin(unsigned initiator, payload& transaction, const sc_core::sc_time& delay);
    void end_response(unsigned initiator, payload& transaction, sc_core::sc_time& delay);
    void arbitrate();
    [[nodiscard]] static std::uint64_t earliest(const source& s, const destination& d);
    [[nodiscard]] std::uint64_t grant(std::size_t target, std::uint64_t now_ps);
    void forward(std::size_t target, unsigned initiator, std::uint64_t now_ps);
    void request_ended(std::size_t target, payload& transaction, std::uint64_t at_ps);
    bool respond(payload& transaction, std::uint64_t at_ps, std::uint64_t& ended_ps);
    void release_held(std::uint64_t now_ps);
    void finish(payload& transaction, std::uint64_t at_ps);

    tlm_utils::multi_passthrough_initiator_socket<interconnect> targets_;
    address_map addresses_;
    std::vector<std::reference_wrapper<target_socket>> sockets_;  ///< of the targets, by index
    arch::arbitration order_;
    unsigned expected_ = 0;
    std::vector<source> sources_;
    std::vector<destination> destinations_;
    std::unordered_map<payload*, journey> journeys_;  ///< that have left for their target
    std::optional<target_index> counted_;
    std::function<void(const bus_record&)> recorder_;
    sc_core::sc_event wake_;
};

}  // namespace eyeriss::platform
