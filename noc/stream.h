#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <memory>
#include <tlm>
#include <vector>

#include "noc/parameters.h"

/// The stream protocol of the on-chip networks; doc/stream_protocol.md is its page.
///
/// A burst is what one source sends to one set of PEs over circuits that stay as they are for a layer.
/// b_transport carries a burst from its source along the configured multiplexers to every sink; the delay
/// argument grows by the latency of each mesh link. A sink that takes the burst adds itself to `arrivals`.
/// What the sinks have in common, the rate at which words can flow, follows from their readies (a source's
/// ready is the AND over its destinations) and is worked out where a pass is timed (models/arch/timing). The
/// protocol has no phases, no debug transport, no DMI; nb_transport is refused by the sockets.
namespace eyeriss::noc {

/// What a burst carries; blocks derive from it and know what to expect on their sockets.
class burst_content {
public:
    burst_content() = default;
    burst_content(const burst_content&) = default;
    burst_content(burst_content&&) = default;
    burst_content& operator=(const burst_content&) = default;
    burst_content& operator=(burst_content&&) = default;
    virtual ~burst_content() = default;
};

/// A sink that took a burst.
struct arrival {
    std::uint32_t sink = 0;  ///< the sink's own number: a linear PE index, or a bank
    sc_core::sc_time latency;
};

struct burst {
    std::shared_ptr<burst_content> content;  ///< sinks of a multicast share it and leave it as it is
    std::uint64_t words = 0;                 ///< of the network's port width
    std::uint32_t pes = 0;  ///< which PEs of a cluster take it: bit pe_row * pe_cols + pe_col
    std::vector<arrival> arrivals;
};

struct stream_protocol {
    using tlm_payload_type = burst;
    using tlm_phase_type = tlm::tlm_phase;
};

/// What carries a burst on behind a bound socket; modules that see many bursts keep it, since a socket looks
/// it up each time.
using stream_target = tlm::tlm_blocking_transport_if<burst>;

/// Takes bursts and hands them to a member function of a module with the number of the port. Does what
/// tlm_utils::passthrough_target_socket_tagged does, in one line of a cache: in a large array every burst
/// finds its next socket in memory only.
template <typename Module>
class alignas(64) stream_receiver final : public tlm::tlm_fw_transport_if<stream_protocol> {
public:
    using callback = void (Module::*)(int, burst&, sc_core::sc_time&);

    void call(Module* module, callback function, int number) {
        module_ = module;
        function_ = function;
        number_ = number;
    }
    void b_transport(burst& b, sc_core::sc_time& delay) override { (module_->*function_)(number_, b, delay); }
    tlm::tlm_sync_enum nb_transport_fw(burst&, tlm::tlm_phase&, sc_core::sc_time&) override {
        SC_REPORT_ERROR("noc/stream", "the stream protocol has no phases");
        return tlm::TLM_COMPLETED;
    }
    bool get_direct_mem_ptr(burst&, tlm::tlm_dmi&) override { return false; }
    unsigned transport_dbg(burst&) override { return 0; }

private:
    Module* module_ = nullptr;
    callback function_ = nullptr;
    int number_ = 0;
};

/// A target socket of the stream protocol; its module registers the function that takes bursts.
template <typename Module>
class stream_in : public tlm::tlm_target_socket<32, stream_protocol> {
public:
    explicit stream_in(const char* name) : tlm_target_socket(name) {
        tlm_target_socket::bind(static_cast<tlm::tlm_fw_transport_if<stream_protocol>&>(receiver_));
    }
    void register_b_transport(Module* module, typename stream_receiver<Module>::callback function,
                              int number) {
        receiver_.call(module, function, number);
    }
    /// Has the caches fetch what the next burst finds here.
    void expect() const { __builtin_prefetch(&receiver_); }

private:
    stream_receiver<Module> receiver_;
};

template <typename Module>
using stream_out = tlm_utils::simple_initiator_socket<Module, 32, stream_protocol>;

}  // namespace eyeriss::noc
