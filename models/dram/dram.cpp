#include "models/dram/dram.h"

#include <algorithm>
#include <stdexcept>

namespace eyeriss::dram {

namespace {

constexpr std::uint64_t bytes_per_mib = 1024 * 1024;
constexpr std::uint64_t ps_per_byte_at_1_mbps = 1'000'000;

const arch::dram_parameters& checked(const arch::dram_parameters& parameters) {
    if (parameters.capacity_mib == 0) {
        throw std::invalid_argument("dram.capacity_mib: expects at least 1");
    }
    if (parameters.limit_mbps == 0) {
        throw std::invalid_argument("dram.limit_mbps: expects at least 1");
    }
    return parameters;
}

}  // namespace

dram::dram(sc_core::sc_module_name name, const arch::dram_parameters& parameters)
    : sc_module(name),
      socket("socket"),
      parameters_(checked(parameters)),
      latency_(sc_core::sc_time(parameters.latency_ns, sc_core::SC_NS)),
      memory_(parameters.capacity_mib * bytes_per_mib) {
    socket.register_b_transport(this, &dram::b_transport);
    socket.register_transport_dbg(this, &dram::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &dram::get_direct_mem_ptr);
}

void dram::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    if (!access(transaction, memory_.bytes(), memory_rights::read_write) ||
        transaction.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return;
    }
    count(transaction);
    if (parameters_.model == arch::dram_model::bandwidth) {
        occupy_bus(transaction.get_data_length(), delay);
    }
    delay += latency_;
}

void dram::count(const tlm::tlm_generic_payload& transaction) {
    const std::uint64_t length = transaction.get_data_length();
    if (transaction.is_write()) {
        statistics_.write_bytes += length;
        ++statistics_.writes;
    } else {
        statistics_.read_bytes += length;
        ++statistics_.reads;
    }
}

// Whole picoseconds go to bus_free_, the rest is kept, so that a stream of small accesses runs at exactly
// the limit.
void dram::occupy_bus(std::uint64_t bytes, sc_core::sc_time& delay) {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    const sc_core::sc_time arrival = now + delay;
    if (arrival > bus_free_) {
        bus_free_ = arrival;
        bus_remainder_ = 0;
    }
    const std::uint64_t work = bytes * ps_per_byte_at_1_mbps + bus_remainder_;
    const std::uint64_t whole_ps = work / parameters_.limit_mbps;
    const sc_core::sc_time whole(static_cast<double>(whole_ps), sc_core::SC_PS);
    bus_remainder_ = work % parameters_.limit_mbps;
    bus_free_ += whole;
    statistics_.busy += whole;
    const bool fraction = bus_remainder_ != 0;
    delay = bus_free_ - now + (fraction ? sc_core::sc_time(1, sc_core::SC_PS) : sc_core::SC_ZERO_TIME);
}

unsigned dram::transport_dbg(tlm::tlm_generic_payload& transaction) {
    return debug_access(transaction, memory_.bytes());
}

bool dram::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    return grant(dmi, memory_.bytes(), memory_rights::read_write, latency_);
}

}  // namespace eyeriss::dram
