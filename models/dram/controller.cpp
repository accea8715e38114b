#include "models/dram/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/dram/burst_origin.h"
#include "models/dram/kernel_time.h"

namespace eyeriss::dram {
namespace {

std::uint64_t checked_capacity(const controller_options& options, const address_mapping& mapping) {
    if (options.capacity_bytes > mapping.capacity_bytes()) {
        throw std::invalid_argument(
            fmt::format("capacity is {} bytes; expects at most the {} bytes of the channels",
                        options.capacity_bytes, mapping.capacity_bytes()));
    }
    if (options.ports == 0) {
        throw std::invalid_argument("ports is 0; expects at least 1");
    }
    return options.capacity_bytes == 0 ? mapping.capacity_bytes() : options.capacity_bytes;
}

}  // namespace

controller::controller(sc_core::sc_module_name name, const part& p, const controller_parameters& parameters,
                       const controller_options& options)
    : sc_module(name),
      part_(p),
      parameters_(parameters),
      options_(options),
      mapping_(parameters.mapping, p, parameters.channels, parameters.ranks),
      capacity_bytes_(checked_capacity(options, mapping_)),
      memory_(options.keeps_data ? capacity_bytes_ : 1),
      sockets_("ports", options.ports),
      ports_(options.ports),
      wake_("wake") {
    for (unsigned i = 0; i < parameters.channels; ++i) {
        channels_.emplace_back(p, parameters);
    }
    for (unsigned i = 0; i < options.ports; ++i) {
        const int tag = static_cast<int>(i);
        sockets_[i].register_nb_transport_fw(this, &controller::nb_transport_fw, tag);
        sockets_[i].register_b_transport(this, &controller::b_transport, tag);
        sockets_[i].register_transport_dbg(this, &controller::transport_dbg, tag);
        sockets_[i].register_get_direct_mem_ptr(this, &controller::get_direct_mem_ptr, tag);
    }
    SC_HAS_PROCESS(controller);
    SC_METHOD(run);
    sensitive << wake_;
    dont_initialize();
}

channel_statistics controller::counts(unsigned index) {
    channel& c = channels_[index];
    return c.statistics(std::max(c.time(), clock_at(ps(sc_core::sc_time_stamp()))));
}

energy_picojoules controller::energy() {
    energy_picojoules out;
    for (unsigned i = 0; i < channels(); ++i) {
        out += channel_energy(part_, counts(i));
    }
    return out;
}

bool controller::accept(payload& transaction, port_statistics& counts) {
    bool good = true;
    if (options_.keeps_data) {
        good = (!faults_ || faults_->admit(transaction)) &&
               access(transaction, memory_.bytes(), memory_rights::read_write);
    } else {
        const std::uint64_t length = transaction.get_data_length();
        good = length != 0 && transaction.get_streaming_width() != 0 &&
               transaction.get_address() < capacity_bytes_ &&
               length <= capacity_bytes_ - transaction.get_address();
        transaction.set_response_status(good ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    const auto& region = options_.dmi_region;
    transaction.set_dmi_allowed(region && transaction.get_address() >= region->first &&
                                transaction.get_address() <= region->second);
    counts.errors += good ? 0 : 1;
    return good && transaction.get_command() != tlm::TLM_IGNORE_COMMAND;
}

std::uint32_t controller::open(payload& transaction, unsigned port, const sc_core::sc_time& delay) {
    if (free_requests_.empty()) {
        free_requests_.push_back(static_cast<std::uint32_t>(requests_.size()));
        requests_.emplace_back();
    }
    const std::uint32_t index = free_requests_.back();
    free_requests_.pop_back();
    const std::uint64_t length = transaction.get_data_length();
    const std::uint64_t width = std::min<std::uint64_t>(length, transaction.get_streaming_width());
    request& r = requests_[index];
    r = {};
    r.transaction = &transaction;
    r.port = port;
    r.is_write = transaction.is_write();
    r.masked = transaction.get_byte_enable_ptr() != nullptr;
    r.first = transaction.get_address();
    r.last = r.first + width;
    r.next = r.first;
    r.end = r.last;
    r.repeats = static_cast<unsigned>((length + width - 1) / width) - 1;
    r.sent_ps = ps(sc_core::sc_time_stamp() + delay);
    if (const auto* told = transaction.get_extension<burst_origin>(); told != nullptr)
        r.origin = told->transaction;
    if (transaction.has_mm()) {
        transaction.acquire();
    }
    ++open_requests_;
    port_statistics& counts = ports_[port].counts;
    ++(r.is_write ? counts.writes : counts.reads);
    (r.is_write ? counts.write_bytes : counts.read_bytes) += length;
    counts.most_in_flight = std::max(counts.most_in_flight, ++counts.in_flight);
    if (recorder_) {
        recorder_({r.sent_ps, r.first, static_cast<std::uint32_t>(length), r.is_write, port});
    }
    return index;
}

void controller::close(std::uint32_t index) {
    request& r = requests_[index];
    --open_requests_;
    --ports_[r.port].counts.in_flight;
    free_requests_.push_back(index);
    if (r.transaction->has_mm()) {
        r.transaction->release();
    }
}

/// Queues the next burst of a request; returns the channel when it has no room.
channel* controller::enqueue_burst(std::uint32_t index, clock_count at) {
    request& r = requests_[index];
    const auto& g = part_.geometry;
    const std::uint64_t burst_bytes = g.burst_bytes();
    const location place = mapping_.decode(r.next);
    channel& c = channels_[place.channel];
    if (!c.has_room(r.is_write)) {
        return &c;
    }
    const std::uint64_t begin = r.next / burst_bytes * burst_bytes, end = begin + burst_bytes;
    burst b;
    b.owner = index;
    b.origin = r.origin;
    b.bank = static_cast<std::uint8_t>((place.rank * g.bank_groups + place.group) * g.banks_per_group +
                                       place.bank);
    b.row = place.row;
    b.column = place.column;
    b.arrival = at + parameters_.frontend;
    b.is_write = r.is_write;
    b.masked = r.is_write && (r.masked || r.next != begin || r.end < end);
    ++r.bursts_under_way;
    r.next = end;
    if (r.next >= r.end && r.repeats > 0) {
        --r.repeats;
        r.next = r.first;
    }
    c.push(b);
    collect(c);
    return nullptr;
}

/// Queues what there is room for; true when nothing is left.
bool controller::enqueue(std::uint32_t index, clock_count at) {
    while (!requests_[index].queued()) {
        if (enqueue_burst(index, at) != nullptr) {
            return false;
        }
    }
    return true;
}

void controller::collect(channel& c) {
    while (c.next_completion() != never) {
        const completion done = c.take_completion();
        request& r = requests_[done.owner];
        --r.bursts_under_way;
        r.done = std::max(r.done, done.at);
        if (r.bursts_under_way == 0 && r.queued()) {
            finished(done.owner);
        }
    }
}

void controller::finished(std::uint32_t index) {
    const request& r = requests_[index];
    if (r.blocking) {
        return;
    }
    auto place = ready_.end();
    while (place != ready_.begin() && std::prev(place)->at > r.done) {
        --place;
    }
    ready_.insert(place, {r.done, index});
}

void controller::b_transport(int port, payload& transaction, sc_core::sc_time& delay) {
    auto& counts = ports_[static_cast<std::size_t>(port)].counts;
    if (!accept(transaction, counts)) {
        return;
    }
    const std::uint32_t index = open(transaction, static_cast<unsigned>(port), delay);
    requests_[index].blocking = true;
    clock_count at = clock_at(requests_[index].sent_ps);
    while (!requests_[index].queued()) {
        if (channel* full = enqueue_burst(index, at)) {
            full->step(never - 1);
            at = std::max(at, full->time());
            collect(*full);
        }
    }
    step_for(index);
    const request& r = requests_[index];
    const std::uint64_t now = ps(sc_core::sc_time_stamp()), done = std::max(time_of(r.done), r.sent_ps);
    (r.is_write ? counts.write_latency : counts.read_latency).add(done - r.sent_ps);
    counts.bandwidth.add(done, transaction.get_data_length());
    delay = from_ps(done - now);
    close(index);
    if (!blocked_ports_.empty() && !running_) {
        wake_.notify(sc_core::SC_ZERO_TIME);  // there may be room by now
    }
}

/// Decides ahead until a request is done.
void controller::step_for(std::uint32_t index) {
    while (requests_[index].bursts_under_way > 0) {
        for (auto& c : channels_) {
            if (c.busy() && requests_[index].bursts_under_way > 0) {
                c.step(never - 1);
                collect(c);
            }
        }
    }
}

unsigned controller::transport_dbg(int, payload& transaction) {
    const unsigned moved = options_.keeps_data ? debug_access(transaction, memory_.bytes()) : 0;
    if (faults_ && transaction.is_write()) {
        faults_->overwritten(transaction.get_address(), moved);
    }
    return moved;
}

bool controller::get_direct_mem_ptr(int port, payload& transaction, tlm::tlm_dmi& dmi) {
    auto& counts = ports_[static_cast<std::size_t>(port)].counts;
    const auto& region = options_.dmi_region;
    const std::uint64_t address = transaction.get_address();
    if (!options_.keeps_data || !region || address < region->first || address > region->second) {
        ++counts.dmi_refusals;
        dmi.init();
        dmi.set_start_address(region && address > region->second ? region->second + 1 : 0);
        dmi.set_end_address(region && address < region->first ? region->first - 1 : capacity_bytes_ - 1);
        return false;
    }
    ++counts.dmi_grants;
    grant(dmi, memory_.bytes(), memory_rights::read_write, options_.dmi_latency);
    dmi.set_dmi_ptr(memory_.bytes().data() + region->first);
    dmi.set_start_address(region->first);
    dmi.set_end_address(std::min(region->second, capacity_bytes_ - 1));
    return !faults_ || faults_->limit(dmi, address);
}

memory_faults& controller::faults() {
    if (!faults_) {
        faults_ = std::make_unique<memory_faults>(memory_.bytes(), options_.ecc);
        faults_->on_withdrawal([this](std::uint64_t first, std::uint64_t last) {
            for (auto& socket : sockets_) {
                socket->invalidate_direct_mem_ptr(first, last);
            }
        });
    }
    return *faults_;
}

void controller::set_dmi_region(std::optional<std::pair<std::uint64_t, std::uint64_t>> region) {
    options_.dmi_region = region;
    for (auto& socket : sockets_) {
        socket->invalidate_direct_mem_ptr(0, capacity_bytes_ - 1);
    }
}

}  // namespace eyeriss::dram
