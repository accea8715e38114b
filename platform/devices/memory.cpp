#include "platform/devices/memory.h"

namespace eyeriss::platform {

memory::memory(sc_core::sc_module_name name, std::uint64_t bytes, dram::memory_rights rights)
    : sc_module(name), socket("socket"), cells_(bytes), rights_(rights) {
    socket.register_b_transport(this, &memory::b_transport);
    socket.register_transport_dbg(this, &memory::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &memory::get_direct_mem_ptr);
}

void memory::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time&) {
    dram::access(transaction, cells_.bytes(), rights_);
}

unsigned memory::transport_dbg(tlm::tlm_generic_payload& transaction) {
    return dram::debug_access(transaction, cells_.bytes());
}

bool memory::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    return dram::grant(dmi, cells_.bytes(), rights_, sc_core::SC_ZERO_TIME);
}

}  // namespace eyeriss::platform
