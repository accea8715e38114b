#include "platform/bus/interconnect.h"

#include <algorithm>
#include <string>

#include "models/dram/kernel_time.h"

namespace eyeriss::platform {

using dram::from_ps;
using dram::ps;

interconnect::interconnect(sc_core::sc_module_name name, arch::arbitration order)
    : sc_module(name), initiators("initiators"), targets_("targets"), order_(order), wake_("wake") {
    initiators.register_nb_transport_fw(this, &interconnect::nb_transport_fw);
    initiators.register_b_transport(this, &interconnect::b_transport);
    initiators.register_transport_dbg(this, &interconnect::transport_dbg);
    initiators.register_get_direct_mem_ptr(this, &interconnect::get_direct_mem_ptr);
    targets_.register_nb_transport_bw(this, &interconnect::nb_transport_bw);
    targets_.register_invalidate_direct_mem_ptr(this, &interconnect::invalidate_direct_mem_ptr);
    SC_HAS_PROCESS(interconnect);
    SC_METHOD(arbitrate);
    sensitive << wake_;
    dont_initialize();
}

unsigned interconnect::expect(initiator_rights rights) {
    const unsigned number = expected_++;
    source& s = from(static_cast<int>(number));
    if (rights.limit_mbps != 0) {
        s.regulator.emplace(rights.limit_mbps, rights.limit_shares);
    }
    s.rights = std::move(rights);
    for (auto& d : destinations_) {
        d.chooser.set(number, s.rights.rank, s.rights.weight);
    }
    return number;
}

void interconnect::end_of_elaboration() {
    if (initiators.size() > 0) {
        from(static_cast<int>(initiators.size()) - 1);
    }
}

target_index interconnect::map(const std::string& target_name, address_range range, target_socket& socket) {
    const target_index index{sockets_.size()};
    addresses_.add(target_name, range, index);
    sockets_.emplace_back(socket);
    targets_.bind(socket);
    destinations_.push_back({arbiter(order_), nullptr, 0});
    for (unsigned i = 0; i < sources_.size(); ++i) {
        destinations_.back().chooser.set(i, sources_[i].rights.rank, sources_[i].rights.weight);
    }
    return index;
}

/// Initiators that were bound without a word have the defaults.
interconnect::source& interconnect::from(int initiator) {
    const auto number = static_cast<std::size_t>(initiator);
    while (sources_.size() <= number) {
        const auto next = sources_.size();
        sources_.emplace_back().rights.name = "initiator" + std::to_string(next);
    }
    return sources_[number];
}

/// The target that holds all bytes of a transaction, or null.
const address_map::entry* interconnect::decode(const payload& transaction) const {
    const auto* place = addresses_.find(transaction.get_address());
    const std::uint64_t reach =
        std::min<std::uint64_t>(transaction.get_data_length(), transaction.get_streaming_width());
    return place != nullptr && place->range.contains(transaction.get_address(), reach) ? place : nullptr;
}

void interconnect::count_request(unsigned initiator, std::size_t target, const payload& transaction,
                                 std::uint64_t address, std::uint64_t at_ps) {
    if (!is_counted(target)) {
        return;
    }
    traffic_counts& counts = sources_[initiator].counts;
    const bool is_write = transaction.is_write();
    ++(is_write ? counts.writes : counts.reads);
    (is_write ? counts.write_bytes : counts.read_bytes) += transaction.get_data_length();
    counts.most_in_flight = std::max(counts.most_in_flight, ++counts.in_flight);
    if (recorder_) {
        recorder_({at_ps, address, transaction.get_data_length(), is_write, initiator});
    }
}

void interconnect::count_response(unsigned initiator, std::size_t target, const payload& transaction,
                                  std::uint64_t sent_ps, std::uint64_t at_ps) {
    if (!is_counted(target)) {
        return;
    }
    traffic_counts& counts = sources_[initiator].counts;
    --counts.in_flight;
    counts.errors += transaction.is_response_error() ? 1 : 0;
    (transaction.is_write() ? counts.write_latency : counts.read_latency).add(at_ps - sent_ps);
    counts.bandwidth.add(at_ps, transaction.get_data_length());
}

void interconnect::b_transport(int initiator, payload& transaction, sc_core::sc_time& delay) {
    const auto* place = decode(transaction);
    if (place == nullptr) {
        transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    source& s = from(initiator);
    const std::uint64_t address = transaction.get_address();
    const auto number = static_cast<unsigned>(initiator);
    const auto target = static_cast<std::size_t>(place->target);
    const std::uint64_t now = ps(sc_core::sc_time_stamp()), sent = now + ps(delay);
    count_request(number, target, transaction, address - place->range.base, sent);
    if (s.regulator) {
        delay = from_ps(s.regulator->send(sent, transaction.get_data_length()) - now);
    }
    transaction.set_address(address - place->range.base);
    at(place->target).b_transport(transaction, delay);
    transaction.set_address(address);
    count_response(number, target, transaction, sent, ps(sc_core::sc_time_stamp()) + ps(delay));
}

unsigned interconnect::transport_dbg(int, payload& transaction) {
    const std::uint64_t address = transaction.get_address();
    const auto* place = addresses_.find(address);
    if (place == nullptr) {
        return 0;
    }
    const unsigned asked = transaction.get_data_length();
    const std::uint64_t rest = place->range.last() - address + 1;
    transaction.set_data_length(static_cast<unsigned>(std::min<std::uint64_t>(asked, rest)));
    transaction.set_address(address - place->range.base);
    const unsigned moved = debug_transport(place->target, transaction);
    transaction.set_address(address);
    transaction.set_data_length(asked);
    return moved;
}

// A port has its interface only after elaboration, an export from the moment it is bound.
unsigned interconnect::debug_transport(target_index index, payload& transaction) {
    if (sc_core::sc_get_status() >= sc_core::SC_END_OF_ELABORATION) {
        return at(index).transport_dbg(transaction);
    }
    target_socket& socket = sockets_.at(static_cast<std::size_t>(index));
    auto* exported = dynamic_cast<sc_core::sc_export<tlm::tlm_fw_transport_if<>>*>(&socket);
    auto* transport =
        exported == nullptr ? nullptr : dynamic_cast<tlm::tlm_fw_transport_if<>*>(exported->get_interface());
    return transport == nullptr ? 0 : transport->transport_dbg(transaction);
}

bool interconnect::get_direct_mem_ptr(int initiator, payload& transaction, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = transaction.get_address();
    const auto* place = addresses_.find(address);
    if (place == nullptr) {
        return false;
    }
    const std::uint64_t base = place->range.base;
    transaction.set_address(address - base);
    const bool granted = at(place->target).get_direct_mem_ptr(transaction, dmi);
    transaction.set_address(address);
    const std::uint64_t end = std::min<std::uint64_t>(dmi.get_end_address(), place->range.bytes - 1);
    dmi.set_start_address(base + std::min<std::uint64_t>(dmi.get_start_address(), end));
    dmi.set_end_address(base + end);
    if (granted && is_counted(static_cast<std::size_t>(place->target))) {
        ++from(initiator).counts.dmi_grants;
    }
    return granted;
}

void interconnect::invalidate_direct_mem_ptr(int index, sc_dt::uint64 start, sc_dt::uint64 end) {
    for (const auto& place : addresses_.entries()) {
        if (static_cast<int>(place.target) != index || start >= place.range.bytes) {
            continue;
        }
        const std::uint64_t last = std::min<std::uint64_t>(end, place.range.bytes - 1);
        for (unsigned i = 0; i < initiators.size(); ++i) {
            initiators[static_cast<int>(i)]->invalidate_direct_mem_ptr(place.range.base + start,
                                                                       place.range.base + last);
        }
    }
}

std::uint64_t interconnect::debug_access(tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                                         std::uint64_t bytes) {
    constexpr std::uint64_t piece_bytes = 1U << 30;
    std::uint64_t done = 0;
    while (done < bytes) {
        tlm::tlm_generic_payload transaction;
        const auto length = static_cast<unsigned>(std::min(bytes - done, piece_bytes));
        transaction.set_command(command);
        transaction.set_address(address + done);
        transaction.set_data_ptr(data + done);
        transaction.set_data_length(length);
        transaction.set_streaming_width(length);
        const unsigned moved = transport_dbg(0, transaction);
        if (moved == 0) {
            break;
        }
        done += moved;
    }
    return done;
}

std::uint64_t interconnect::debug_write(std::uint64_t address, std::span<const std::uint8_t> data) {
    // The payload's pointer is not const; a write command only reads through it.
    return debug_access(tlm::TLM_WRITE_COMMAND, address, const_cast<unsigned char*>(data.data()),
                        data.size());
}

std::uint64_t interconnect::debug_read(std::uint64_t address, std::span<std::uint8_t> data) {
    return debug_access(tlm::TLM_READ_COMMAND, address, data.data(), data.size());
}

}  // namespace eyeriss::platform
