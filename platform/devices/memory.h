#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>

#include "models/dram/memory_access.h"

namespace eyeriss::platform {

/// On-chip memory without delay, with DMI; read-only for a boot ROM, where writes are answered with
/// TLM_COMMAND_ERROR_RESPONSE and only debug accesses write.
class memory : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<memory> socket;

    /// Throws std::runtime_error when the host cannot reserve the bytes.
    memory(sc_core::sc_module_name name, std::uint64_t bytes, dram::memory_rights rights);

    [[nodiscard]] std::span<std::uint8_t> bytes() const { return cells_.bytes(); }

private:
    void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& transaction);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);

    dram::lazy_memory cells_;
    dram::memory_rights rights_;
};

}  // namespace eyeriss::platform
