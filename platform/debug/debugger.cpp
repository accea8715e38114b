#include "platform/debug/debugger.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "platform/soc.h"

namespace eyeriss::platform {
namespace {

std::uint64_t units_per_ps() {
    return sc_core::sc_time(1, sc_core::SC_PS).value();
}

}  // namespace

debugger::debugger(soc& soc, stop_handler handler) : soc_(soc), handler_(std::move(handler)) {
    for (unsigned id = 0; id < harts(); ++id) {
        soc_.cpu(id).attach(this);
    }
}

debugger::~debugger() {
    for (unsigned id = 0; id < harts(); ++id) {
        soc_.cpu(id).attach(nullptr);
    }
}

unsigned debugger::harts() const {
    return soc_.harts();
}

std::optional<std::uint32_t> debugger::register_value(unsigned hart, std::uint32_t number) const {
    const auto& cpu = soc_.cpu(hart);
    if (number < pc_number) {
        return cpu.reg(number);
    }
    if (number == pc_number) {
        return cpu.instruction_address();
    }
    if (number == privilege_number) {
        return static_cast<std::uint32_t>(cpu.mode());
    }
    return number >= first_csr_number && number < privilege_number ? cpu.csr(number - first_csr_number)
                                                                   : std::nullopt;
}

bool debugger::set_register(unsigned hart, std::uint32_t number, std::uint32_t value) {
    auto& cpu = soc_.cpu(hart);
    if (cpu.within_instruction()) {
        return false;
    }
    if (number < pc_number) {
        cpu.set_reg(number, value);
    } else if (number == pc_number) {
        cpu.set_pc(value & ~1U);
    } else if (number < first_csr_number || number >= privilege_number ||
               !cpu.set_csr(number - first_csr_number, value)) {
        return false;
    }
    debug_action action;
    action.hart = hart;
    action.number = number;
    action.value = value;
    note(std::move(action));
    return true;
}

std::size_t debugger::read(std::uint32_t address, std::span<std::uint8_t> data) const {
    return soc_.bus().debug_read(address, data);
}

bool debugger::write(std::uint32_t address, std::span<const std::uint8_t> data) {
    const std::uint64_t moved = soc_.bus().debug_write(address, data);
    soc_.flush_code();
    debug_action action;
    action.what = debug_action::kind::set_memory;
    action.address = address;
    action.bytes.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(moved));
    note(std::move(action));
    return moved == data.size();
}

bool debugger::write_device(std::uint32_t address, std::uint32_t value) {
    std::array<unsigned char, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    tlm::tlm_generic_payload transaction;
    transaction.set_command(tlm::TLM_WRITE_COMMAND);
    transaction.set_address(address);
    transaction.set_data_ptr(bytes.data());
    transaction.set_data_length(bytes.size());
    transaction.set_streaming_width(bytes.size());
    sc_core::sc_time delay;
    soc_.cpu(stopped_hart_).bus->b_transport(transaction, delay);
    debug_action action;
    action.what = debug_action::kind::write_device;
    action.address = address;
    action.value = value;
    note(std::move(action));
    return transaction.is_response_ok();
}

void debugger::reset() {
    soc_.reset();
    debug_action action;
    action.what = debug_action::kind::reset;
    note(std::move(action));
}

std::string debugger::inject(const std::string& text) {
    if (!injector_) {
        throw std::invalid_argument("fault: this run has no faults to inject");
    }
    std::string told = injector_(text);
    debug_action action;
    action.what = debug_action::kind::fault;
    action.text = text;
    note(std::move(action));
    return told;
}

bool debugger::set_point(point_kind kind, std::uint32_t address, std::uint32_t bytes) {
    if (bytes == 0) {
        return false;
    }
    points_.emplace(kind, address, bytes);
    return true;
}

void debugger::remove_point(point_kind kind, std::uint32_t address, std::uint32_t bytes) {
    points_.erase({kind, address, bytes});
}

std::optional<point_kind> debugger::breakpoint_at(std::uint32_t address) const {
    const auto found = std::ranges::find_if(points_, [=](const point& p) {
        return std::get<0>(p) <= point_kind::hardware && std::get<1>(p) == address;
    });
    return found == points_.end() ? std::nullopt : std::optional(std::get<0>(*found));
}

// A client may remove all points at each stop and set them again: harts are told only of what differs.
void debugger::apply_points() {
    if (points_ == applied_) {
        return;
    }
    applied_ = points_;
    std::vector<std::uint32_t> breaks;
    std::vector<watchpoint> watched;
    for (const auto& [kind, address, bytes] : points_) {
        if (kind <= point_kind::hardware) {
            breaks.push_back(address);
        } else {
            watched.push_back({address, bytes,
                               kind == point_kind::write  ? watch_kind::write
                               : kind == point_kind::read ? watch_kind::read
                                                          : watch_kind::access});
        }
    }
    for (unsigned id = 0; id < harts(); ++id) {
        soc_.cpu(id).set_breakpoints(breaks);
        soc_.cpu(id).set_watchpoints(watched);
    }
}

void debugger::request_stop(unsigned hart) {
    soc_.cpu(hart).request_stop();
}

void debugger::stop_at(unsigned hart, std::uint64_t at_ps) {
    soc_.cpu(hart).stop_at(sc_core::sc_time::from_value(at_ps * units_per_ps()));
}

debug_stop debugger::place(unsigned hart) const {
    const auto& cpu = soc_.cpu(hart);
    debug_stop out;
    out.hart = hart;
    out.at_ps = sc_core::sc_time_stamp().value() / units_per_ps();
    out.instructions = cpu.statistics().instructions;
    out.pc = cpu.instruction_address();
    out.asleep = cpu.asleep();
    return out;
}

void debugger::note(debug_action action) {
    actions_.push_back(std::move(action));
}

void debugger::stopped(hart& at, const hart_stop& stop) {
    stopped_hart_ = at.id();
    if (std::exchange(others_held_, false)) {
        for (unsigned id = 0; id < harts(); ++id) {
            soc_.cpu(id).hold(false);
        }
    }
    debug_stop record = place(at.id());
    actions_.clear();
    record.resume = handler_(at.id(), stop);
    record.actions = std::exchange(actions_, {});
    for (const auto& observer : observers_) {
        observer(record);
    }
    resume(record.resume);
}

void debugger::resume(const debug_resume& how) {
    switch (how.how) {
        case debug_resume::kind::detach:
            points_.clear();
            break;
        case debug_resume::kind::kill:
            killed_ = true;
            break;
        case debug_resume::kind::step:
        case debug_resume::kind::step_alone:
            soc_.cpu(how.hart).step();
            break;
        case debug_resume::kind::run:
        case debug_resume::kind::run_alone:
            break;
    }
    const bool alone = how.how == debug_resume::kind::step_alone || how.how == debug_resume::kind::run_alone;
    others_held_ = alone && harts() > 1;
    if (others_held_ || killed_) {
        for (unsigned id = 0; id < harts(); ++id) {
            soc_.cpu(id).hold(killed_ || id != how.hart);
        }
    }
    apply_points();
}

}  // namespace eyeriss::platform
