#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "models/dram/burst_origin.h"
#include "models/observe/recorder.h"

namespace eyeriss::accelerator {

/// How the DMA speaks on its sockets.
struct dma_options {
    /// true: bursts by the four phases of the base protocol, several in flight; false: one b_transport a
    /// transfer, whose annotated delay is the time that it takes.
    bool four_phases = false;
    unsigned outstanding = 32;      ///< bursts in flight a port
    unsigned burst_bytes = 64;      ///< largest burst, a power of two; bursts end at its multiples
    unsigned page_bytes = 4096;     ///< a burst stays within a page of the DRAM, and within 4 KiB
    bool port_per_cluster = false;  ///< as in the paper; else one port that reads and one that writes
};

/// First byte behind the burst that begins at `address` of a transfer that ends at `end`.
[[nodiscard]] std::uint64_t burst_end(std::uint64_t address, std::uint64_t end, const dma_options& options);

/// Transfers that someone waits for together.
struct dma_job {
    unsigned open = 0;                     ///< bursts queued or in flight
    observe::transaction_id transfer = 0;  ///< that its bursts are part of
    std::uint64_t bytes = 0;
    /// Of the first burst that failed, else TLM_OK_RESPONSE.
    tlm::tlm_response_status error = tlm::TLM_OK_RESPONSE;
    std::uint64_t error_address = 0;
    sc_core::sc_event done;  ///< at the time of the last response
};

/// One of the DMA's ways to memory: a queue of bursts before an initiator socket of the base protocol.
///
/// Bursts leave in the order in which they were added, as many in flight as `outstanding` allows; responses
/// may come in any order and are ended in the call that brings them. The next burst leaves in the same call.
class dma_port : private tlm::tlm_mm_interface {
public:
    /// The calls of the socket.
    struct calls {
        std::function<void(tlm::tlm_generic_payload&, sc_core::sc_time&)> b_transport;
        std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>
            nb_transport_fw;
        std::function<unsigned(tlm::tlm_generic_payload&)> transport_dbg;
    };

    dma_port(calls socket, const dma_options& options) : socket_(std::move(socket)), options_(options) {}
    ~dma_port() override = default;

    /// Tells a recorder, which outlives this, of bursts from now on.
    void observe(observe::recorder& recorder, const std::string& stream);

    /// One transfer by b_transport; `delay` grows by its time. `parent`: what it is part of.
    tlm::tlm_response_status transfer(tlm::tlm_command command, std::uint64_t address,
                                      std::span<std::uint8_t> data, sc_core::sc_time& delay,
                                      observe::transaction_id parent = 0);
    /// Adds a transfer to the queue, cut into bursts. `data` and `job` must live until the job is done.
    void add(tlm::tlm_command command, std::uint64_t address, std::span<std::uint8_t> data, dma_job& job);
    /// Debug read without time; returns the bytes read.
    unsigned peek(std::uint64_t address, std::span<std::uint8_t> data);

    /// The socket's backward path.
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

private:
    struct burst {
        tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
        std::uint64_t address = 0;
        std::span<std::uint8_t> data;
        dma_job* job = nullptr;
    };
    struct slot {
        explicit slot(tlm::tlm_mm_interface& owner) : payload(&owner) { payload.set_extension(&origin); }
        dram::burst_origin origin;  ///< before the payload, which tells it of its end
        tlm::tlm_generic_payload payload;
        dma_job* job = nullptr;
        std::uint64_t sent_ps = 0;
    };

    void free(tlm::tlm_generic_payload* transaction) override;
    slot& take(const burst& b);
    void send_from(std::uint64_t from_ps);
    void send(const burst& b, std::uint64_t at_ps);
    void finish(tlm::tlm_generic_payload& transaction, std::uint64_t at_ps);
    void publish(const tlm::tlm_generic_payload& transaction, observe::transaction_id id,
                 observe::transaction_id parent, std::uint64_t begin_ps, std::uint64_t end_ps);

    calls socket_;
    dma_options options_;
    std::deque<burst> queue_;
    std::deque<slot> slots_;
    std::vector<slot*> free_;
    std::vector<slot*> in_flight_;
    tlm::tlm_generic_payload* request_ = nullptr;  ///< waits for its END_REQ
    std::uint64_t request_free_ps_ = 0;
    bool sending_ = false;
    observe::recorder* recorder_ = nullptr;
    observe::stream_id stream_ = 0;
};

}  // namespace eyeriss::accelerator
