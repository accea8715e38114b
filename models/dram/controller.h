#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/dram/address_mapping.h"
#include "models/dram/channel.h"
#include "models/dram/energy.h"
#include "models/dram/latency_histogram.h"
#include "models/dram/memory_access.h"
#include "models/dram/memory_faults.h"

namespace eyeriss::dram {

/// How a controller is seen from its sockets.
struct controller_options {
    unsigned ports = 1;                ///< sockets, one an initiator
    std::uint64_t capacity_bytes = 0;  ///< 0: all that the channels hold; no more than that
    bool keeps_data = true;            ///< false: timing only, reads leave the data as it is
    /// Bytes that may be reached by DMI, [first, last]; none: DMI is refused.
    std::optional<std::pair<std::uint64_t, std::uint64_t>> dmi_region;
    sc_core::sc_time dmi_latency;  ///< what a DMI user is asked to charge an access
    bool ecc = false;              ///< words carry check bits (memory_faults.h)
};

/// What an initiator did, by port. Latency runs from BEGIN_REQ (with its delay) to BEGIN_RESP.
struct port_statistics {
    std::uint64_t reads = 0, writes = 0, read_bytes = 0, write_bytes = 0;
    std::uint64_t errors = 0;  ///< answered with an error, not counted elsewhere
    std::uint64_t dmi_grants = 0, dmi_refusals = 0;
    std::uint64_t blocked = 0;  ///< requests that met a full queue
    unsigned in_flight = 0, most_in_flight = 0;
    latency_histogram read_latency, write_latency;
    bandwidth_windows bandwidth;
};

/// A request as a recorder sees it.
struct request_record {
    std::uint64_t at_ps = 0;
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
    bool is_write = false;
    unsigned port = 0;
};

/// DRAM with its controller as a TLM-2.0 target of the base protocol, timed as the part's data sheet says.
/// Addresses from 0.
///
/// Four phases: a request enters the queues of its channels burst by burst; END_REQ comes when the last burst
/// is in (at once while there is room: that is the back-pressure), BEGIN_RESP when the last read's data is at
/// the socket or the last write is accepted. Responses may come out of order. Memory is read and written in
/// the order in which requests are accepted. Requests without sense are completed at once with the response
/// that memory_access.h states; b_transport enters the same queues and answers with the time that the
/// transfer takes, without waiting: what is in the queues by then is decided ahead. Debug and DMI bypass the
/// queues.
///
/// Time: the kernel is asked for the next thing that anyone else may do, and all that falls before it is
/// decided within one process activation; responses then carry their time as annotated delay. An initiator
/// that answers in the call keeps the loop going without another kernel event. When something else happens at
/// the same time, decisions wait a delta for it.
class controller : public sc_core::sc_module {
public:
    using port_socket = tlm_utils::simple_target_socket_tagged<controller>;

    /// \throws std::invalid_argument with one line when parameters, mapping, capacity and part do not go
    /// together, std::runtime_error when the host cannot reserve the capacity.
    controller(sc_core::sc_module_name name, const part& p, const controller_parameters& parameters,
               const controller_options& options = {});

    /// Socket of an initiator.
    [[nodiscard]] port_socket& port(unsigned index) { return sockets_[index]; }
    [[nodiscard]] std::uint64_t capacity_bytes() const { return capacity_bytes_; }
    [[nodiscard]] std::span<std::uint8_t> bytes() const { return memory_.bytes(); }
    [[nodiscard]] const part& device() const { return part_; }
    [[nodiscard]] const address_mapping& mapping() const { return mapping_; }

    /// Faults on demand; made with the first call.
    [[nodiscard]] memory_faults& faults();

    [[nodiscard]] unsigned channels() const { return static_cast<unsigned>(channels_.size()); }
    [[nodiscard]] const port_statistics& port_counts(unsigned port) const { return ports_[port].counts; }
    /// Counts of a channel up to now, or up to its last decision where that lies later.
    [[nodiscard]] channel_statistics counts(unsigned channel);
    [[nodiscard]] energy_picojoules energy();

    /// Takes DMI back from everybody and grants it in another region from now on.
    void set_dmi_region(std::optional<std::pair<std::uint64_t, std::uint64_t>> region);
    /// Called for each accepted request; may be empty.
    void record(std::function<void(const request_record&)> recorder) { recorder_ = std::move(recorder); }
    /// Called for each command of a channel.
    void observe(unsigned channel, std::function<void(const command_record&)> observer) {
        channels_[channel].observe(std::move(observer));
    }

private:
    using payload = tlm::tlm_generic_payload;
    /// A transaction under way.
    struct request {
        payload* transaction = nullptr;
        unsigned port = 0;
        bool is_write = false, masked = false, blocking = false;
        std::uint64_t next = 0, end = 0;  ///< bytes that are still to be queued
        std::uint64_t first = 0, last = 0;
        unsigned repeats = 0;  ///< further rounds of a streaming access
        unsigned bursts_under_way = 0;
        std::uint64_t sent_ps = 0;
        std::uint64_t origin = 0;
        clock_count done = 0;
        [[nodiscard]] bool queued() const { return next >= end && repeats == 0; }
    };
    struct ready_response {
        clock_count at;
        std::uint32_t request;
    };
    struct port_state {
        std::uint32_t blocked = burst_queue::none;  ///< request that waits for its END_REQ
        bool response_open = false;                 ///< BEGIN_RESP without END_RESP
        std::uint64_t response_free_ps = 0;
        std::deque<ready_response> held;  ///< responses behind an open one
        port_statistics counts;
    };

    tlm::tlm_sync_enum nb_transport_fw(int port, payload& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    void b_transport(int port, payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(int port, payload& transaction);
    bool get_direct_mem_ptr(int port, payload& transaction, tlm::tlm_dmi& dmi);

    bool accept(payload& transaction, port_statistics& counts);
    std::uint32_t open(payload& transaction, unsigned port, const sc_core::sc_time& delay);
    void close(std::uint32_t index);
    tlm::tlm_sync_enum begin(unsigned port, payload& transaction, tlm::tlm_phase& phase,
                             const sc_core::sc_time& delay);
    bool enqueue(std::uint32_t index, clock_count at);
    channel* enqueue_burst(std::uint32_t index, clock_count at);
    void collect(channel& c);
    void finished(std::uint32_t index);
    void step_for(std::uint32_t index);

    void run();
    [[nodiscard]] std::uint64_t decidable_ps() const;
    bool decide(clock_count limit);
    void unblock(clock_count at);
    void respond(const ready_response& r);
    void deliver(const ready_response& r);
    void sleep(std::uint64_t now_ps);
    [[nodiscard]] std::uint64_t time_of(clock_count c) const {
        return c < 0 ? 0 : static_cast<std::uint64_t>(c) * part_.tck_ps;
    }
    [[nodiscard]] clock_count clock_at(std::uint64_t ps) const {
        return static_cast<clock_count>((ps + part_.tck_ps - 1) / part_.tck_ps);
    }

    part part_;
    controller_parameters parameters_;
    controller_options options_;
    address_mapping mapping_;
    std::uint64_t capacity_bytes_;
    lazy_memory memory_;
    std::unique_ptr<memory_faults> faults_;  ///< null while nobody asked for one
    std::vector<channel> channels_;
    sc_core::sc_vector<port_socket> sockets_;
    std::vector<port_state> ports_;
    std::vector<request> requests_;
    std::vector<std::uint32_t> free_requests_;
    std::deque<ready_response> ready_;  ///< by time
    std::deque<unsigned> blocked_ports_;
    unsigned open_requests_ = 0;
    sc_core::sc_event wake_;
    bool running_ = false;
    bool settled_ = false;  ///< others at this time have had their delta
    std::function<void(const request_record&)> recorder_;
};

}  // namespace eyeriss::dram
