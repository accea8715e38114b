#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <memory>
#include <systemc>
#include <tlm>

#include "models/arch/machine.h"
#include "models/dram/byte_rate.h"
#include "models/dram/memory_access.h"
#include "models/dram/memory_faults.h"

namespace eyeriss::dram {

/// What a DRAM has moved by b_transport since the simulation began, in bytes and transactions. DMI and debug
/// accesses are not in it.
struct dram_statistics {
    std::uint64_t read_bytes = 0, write_bytes = 0;
    std::uint64_t reads = 0, writes = 0;
    sc_core::sc_time busy;  ///< time in which the data bus moved bytes; zero with dram_model::ideal
};

/// DRAM as a loosely timed TLM-2.0 target of the base protocol, addresses from 0. One target socket; several
/// initiators reach it through an interconnect.
///
/// Time: dram_model::ideal adds latency_ns to each access. dram_model::bandwidth has one data bus of
/// limit_mbps (10^6 bytes a second, reads and writes together) that serves accesses in the order of their
/// calls: an access starts when the bus is free, takes bytes / limit_mbps, and latency_ns comes on top
/// without holding the bus. Memory changes at the call. DMI is granted with
/// dmi_latency_ns, which is the initiator's to charge.
class dram : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<dram> socket;

    /// Throws std::invalid_argument when capacity or limit are 0, std::runtime_error when the host cannot
    /// reserve the capacity.
    dram(sc_core::sc_module_name name, const arch::dram_parameters& parameters);

    [[nodiscard]] const dram_statistics& statistics() const { return statistics_; }
    [[nodiscard]] std::uint64_t capacity_bytes() const { return memory_.size(); }
    /// The memory itself, for tests and observers.
    [[nodiscard]] std::span<std::uint8_t> bytes() const { return memory_.bytes(); }
    /// Faults on demand; made with the first call.
    [[nodiscard]] memory_faults& faults();

private:
    void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& transaction);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);
    void count(const tlm::tlm_generic_payload& transaction);
    void occupy_bus(std::uint64_t bytes, sc_core::sc_time& delay);

    arch::dram_parameters parameters_;
    sc_core::sc_time latency_;
    lazy_memory memory_;
    std::unique_ptr<memory_faults> faults_;  ///< null while nobody asked for one
    dram_statistics statistics_;
    byte_rate bus_;
};

}  // namespace eyeriss::dram
