#include "models/dram/dram.h"

#include <stdexcept>

#include "models/dram/kernel_time.h"

namespace eyeriss::dram {

namespace {

constexpr std::uint64_t bytes_per_mib = 1024 * 1024;

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
      memory_(parameters.capacity_mib * bytes_per_mib),
      bus_(parameters.limit_mbps) {
    socket.register_b_transport(this, &dram::b_transport);
    socket.register_transport_dbg(this, &dram::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &dram::get_direct_mem_ptr);
}

void dram::b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    if (faults_ && !faults_->admit(transaction)) {
        return;
    }
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

void dram::occupy_bus(std::uint64_t bytes, sc_core::sc_time& delay) {
    const std::uint64_t now = ps(sc_core::sc_time_stamp());
    delay = from_ps(bus_.send(now + ps(delay), bytes) - now);
    statistics_.busy = from_ps(bus_.busy_ps());
}

unsigned dram::transport_dbg(tlm::tlm_generic_payload& transaction) {
    const unsigned moved = debug_access(transaction, memory_.bytes());
    if (faults_ && transaction.is_write()) {
        faults_->overwritten(transaction.get_address(), moved);
    }
    return moved;
}

bool dram::get_direct_mem_ptr(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi) {
    const bool granted = grant(dmi, memory_.bytes(), memory_rights::read_write,
                               sc_core::sc_time(parameters_.dmi_latency_ns, sc_core::SC_NS));
    return granted && (!faults_ || faults_->limit(dmi, transaction.get_address()));
}

memory_faults& dram::faults() {
    if (!faults_) {
        faults_ = std::make_unique<memory_faults>(memory_.bytes(), parameters_.ecc);
        faults_->on_withdrawal([this](std::uint64_t first, std::uint64_t last) {
            socket->invalidate_direct_mem_ptr(first, last);
        });
    }
    return *faults_;
}

}  // namespace eyeriss::dram
