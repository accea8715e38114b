#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <systemc>
#include <tlm>

#include "platform/bus/address_map.h"

namespace eyeriss::platform {

/// Memory-mapped interconnect: any number of initiators, targets at disjoint address ranges. Loosely timed,
/// adds no delay and holds nothing back: contention is modelled where bytes are moved, in the DRAM.
///
/// A target sees addresses relative to its range; the address is restored before the call returns. A
/// transaction that hits no target, or reaches past the end of one, is answered with
/// TLM_ADDRESS_ERROR_RESPONSE. DMI grants and invalidations are moved to bus addresses and cut to the range.
class interconnect : public sc_core::sc_module {
public:
    /// Bind each initiator here.
    tlm_utils::multi_passthrough_target_socket<interconnect> initiators;

    explicit interconnect(sc_core::sc_module_name name);

    /// Puts a target at a range of addresses, before elaboration ends. Errors as address_map::add.
    void map(const std::string& target_name, address_range range, tlm::tlm_base_target_socket_b<>& socket);

    [[nodiscard]] const address_map& addresses() const { return addresses_; }

    /// Debug access to a range that may span several targets; returns the bytes moved, from the start. Works
    /// before elaboration ends too, so that memories can be loaded, where a target's socket is a simple one.
    std::uint64_t debug_write(std::uint64_t address, std::span<const std::uint8_t> data);
    std::uint64_t debug_read(std::uint64_t address, std::span<std::uint8_t> data);

private:
    using target_socket = tlm::tlm_base_target_socket_b<>;

    tlm_utils::multi_passthrough_initiator_socket<interconnect> targets_;
    address_map addresses_;
    std::vector<std::reference_wrapper<target_socket>> sockets_;  ///< of the targets, by index

    void b_transport(int initiator, tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& transaction);
    bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(int index, sc_dt::uint64 start, sc_dt::uint64 end);
    [[nodiscard]] tlm::tlm_fw_transport_if<>& at(target_index index) {
        return *targets_[static_cast<int>(index)];
    }
    unsigned debug_transport(target_index index, tlm::tlm_generic_payload& transaction);
    std::uint64_t debug_access(tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                               std::uint64_t bytes);
};

}  // namespace eyeriss::platform
