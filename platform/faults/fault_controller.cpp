#include "platform/faults/fault_controller.h"

#include <fmt/format.h>

#include <stdexcept>

#include "models/faults/fault_text.h"

namespace eyeriss::platform {

using faults::kind;
using moment = faults::trigger::moment;

fault_controller::fault_controller(sc_core::sc_module_name name, const arch::machine& m,
                                   fault_targets targets)
    : sc_module(name), m_(m), targets_(std::move(targets)) {
    SC_HAS_PROCESS(fault_controller);
    SC_METHOD(strike_due);
    sensitive << due_;
    dont_initialize();
}

void fault_controller::check(const faults::fault& f) const {
    if (const auto wrong = faults::check(f, m_); !wrong.empty()) {
        throw std::invalid_argument(fmt::format("fault '{}': {}", faults::to_text(f), wrong));
    }
    const bool in_memory =
        f.what == kind::dram_flip || f.what == kind::bus_error || f.what == kind::descriptor_flip;
    if (in_memory && !targets_.memory) {
        throw std::invalid_argument(fmt::format(
            "fault '{}': the DRAM is the user's own; expects one of the platform's", faults::to_text(f)));
    }
}

void fault_controller::inject(const faults::fault& f) {
    check(f);
    if (observer_) observer_(f);
    const bool begun = sc_core::sc_get_status() >= sc_core::SC_START_OF_SIMULATION;
    const auto at = f.when.when == moment::time
                        ? sc_core::sc_time(static_cast<double>(f.when.value), sc_core::SC_PS)
                        : sc_core::SC_ZERO_TIME;
    const bool by_layer = f.when.when == moment::layer;
    if (by_layer && !follows_layers_) {
        targets_.accelerator.observe_markers([this](std::uint32_t layer, double) { marked(layer); });
        follows_layers_ = true;
    }
    if (f.what == kind::descriptor_flip) {
        if (!follows_descriptors_) {
            targets_.accelerator.before_descriptor(
                [this](std::uint32_t address) { flip_descriptor(address); });
            follows_descriptors_ = true;
        }
        descriptors_.push_back(f);
    } else if (by_layer) {
        by_layer_.push_back(f);
    } else if (begun && at <= sc_core::sc_time_stamp()) {
        strike(f);
    } else {
        timed_.emplace(at, f);
        due_.notify(timed_.begin()->first - sc_core::sc_time_stamp());
    }
}

std::string fault_controller::inject_text(std::string_view text) {
    const auto f = faults::parse_fault(text);
    inject(f);
    const bool done =
        !struck_.empty() && struck_.back().what == f && struck_.back().at == sc_core::sc_time_stamp();
    return fmt::format("{}: {}", faults::to_text(f), done ? "done" : "armed");
}

void fault_controller::strike_due() {
    while (!timed_.empty() && timed_.begin()->first <= sc_core::sc_time_stamp()) {
        const auto f = timed_.extract(timed_.begin()).mapped();
        strike(f);
    }
    if (!timed_.empty()) due_.notify(timed_.begin()->first - sc_core::sc_time_stamp());
}

void fault_controller::marked(std::uint32_t layer) {
    layer_ = layer;
    std::erase_if(by_layer_, [&](const faults::fault& f) {
        if (f.when.value != layer) return false;
        strike(f);
        return true;
    });
}

void fault_controller::flip_descriptor(std::uint32_t address) {
    std::erase_if(descriptors_, [&](const faults::fault& f) {
        if (f.when.value != layer_) return false;
        const std::uint64_t at = address + std::uint64_t{f.word} * 4 - targets_.memory_base;
        memory().flip(at, f.bit + (at % 8 == 0 ? 0 : 32));
        struck_.push_back({f, sc_core::sc_time_stamp()});
        return true;
    });
}

dram::memory_faults& fault_controller::memory() {
    auto& memory = targets_.memory();
    if (!follows_memory_) {
        memory.observe([this](std::uint64_t address, bool corrected) {
            targets_.accelerator.note_memory_error(static_cast<std::uint32_t>(targets_.memory_base + address),
                                                   corrected);
        });
        follows_memory_ = true;
    }
    return memory;
}

void fault_controller::strike(const faults::fault& f) {
    struck_.push_back({f, sc_core::sc_time_stamp()});
    const std::uint64_t access = f.when.when == moment::access ? f.when.value : 0;
    if (f.what == kind::dram_flip) {
        memory().flip(*f.address - targets_.memory_base, f.bit, access);
        targets_.code_changed();
    } else if (f.what == kind::bus_error) {
        auto address = f.address;
        if (address) *address -= targets_.memory_base;
        memory().fail(address, f.times, access);
        targets_.code_changed();
    } else {
        targets_.accelerator.inject(f);
    }
}

}  // namespace eyeriss::platform
