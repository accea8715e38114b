#include "platform/access_watch.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace eyeriss::platform {

namespace {

std::string_view verb(access_kind kind) {
    switch (kind) {
        case access_kind::read:
            return "read";
        case access_kind::write:
            return "write";
        case access_kind::execute:
            break;
    }
    return "fetch";
}

std::string time_text(std::uint64_t at_ps) {
    constexpr std::uint64_t ps_a_us = 1'000'000;
    return fmt::format("{}.{:06} us", at_ps / ps_a_us, at_ps % ps_a_us);
}

std::string size_text(std::uint32_t bytes) {
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
}

/// True when a name ends in a register, not in an offset or an address.
bool names_register(std::string_view place) {
    return place.find('.') != std::string_view::npos;
}

std::string reason_of(const register_access& seen) {
    const auto& access = seen.access;
    switch (access.status) {
        case tlm::TLM_ADDRESS_ERROR_RESPONSE:
            if (access.bytes != 0 && access.address % access.bytes != 0) {
                return "misaligned";
            }
            return seen.place.starts_with("0x") ? "nothing is mapped there" : "there is no such register";
        case tlm::TLM_BURST_ERROR_RESPONSE:
            return fmt::format("the register takes no access of {}", size_text(access.bytes));
        case tlm::TLM_COMMAND_ERROR_RESPONSE:
            return access.kind == access_kind::write ? "the register is read-only"
                                                     : "the register is write-only";
        case tlm::TLM_GENERIC_ERROR_RESPONSE:
            return names_register(seen.place) && access.kind == access_kind::write
                       ? fmt::format("the register does not take {:#x}", access.value)
                       : "answered with an error";
        default:
            return "answered with an error";
    }
}

}  // namespace

std::string to_string(const register_access& seen) {
    const auto& access = seen.access;
    const bool refused = access.status != tlm::TLM_OK_RESPONSE;
    const bool is_write = access.kind == access_kind::write;
    std::string text = fmt::format("[{}] hart {}, pc {:#010x}: {} ", time_text(seen.at_ps), seen.hart,
                                   seen.pc, verb(access.kind));
    if (is_write || !refused) {
        text += fmt::format("{:#0{}x} {} ", access.value, 2 + 2 * access.bytes, is_write ? "to" : "from");
    } else {
        text += "from ";
    }
    text += seen.place;
    return refused ? fmt::format("{}: refused, {}", text, reason_of(seen)) : text;
}

std::string to_string(const refused_access& refused) {
    const auto& seen = refused.first;
    return fmt::format("refused: {} of {} {} {} at pc {:#010x}: {}; {} time{}, first at {}",
                       verb(seen.access.kind), size_text(seen.access.bytes),
                       seen.access.kind == access_kind::write ? "to" : "from", seen.place, seen.pc,
                       refused.reason, refused.count, refused.count == 1 ? "" : "s", time_text(seen.at_ps));
}

access_watch::access_watch(soc& watched, logger log) : soc_(watched), log_(std::move(log)) {
    for (unsigned id = 0; id < soc_.harts(); ++id) {
        hart& from = soc_.cpu(id);
        from.observe_accesses([this, &from](const bus_access& access) { see(from, access); });
    }
}

access_watch::~access_watch() {
    for (unsigned id = 0; id < soc_.harts(); ++id) {
        soc_.cpu(id).observe_accesses(nullptr);
    }
}

void access_watch::see(hart& from, const bus_access& access) {
    const bool refused = access.status != tlm::TLM_OK_RESPONSE;
    if (!refused && !log_) {
        return;
    }
    register_access seen;
    seen.at_ps = sc_core::sc_time_stamp().value() / sc_core::sc_time(1, sc_core::SC_PS).value();
    seen.hart = from.id();
    seen.pc = from.instruction_address();
    seen.place = soc_.place_name(access.address);
    if (seen.place.empty()) {
        seen.place = fmt::format("{:#010x}", access.address);
    }
    seen.access = access;
    if (log_) {
        log_(seen);
    }
    if (refused) {
        refuse(seen);
    }
}

void access_watch::refuse(const register_access& seen) {
    const auto& access = seen.access;
    const identity same{seen.hart,    seen.pc,     access.address,
                        access.bytes, access.kind, static_cast<int>(access.status)};
    const auto known = known_.find(same);
    if (known != known_.end()) {
        ++refused_[known->second].count;
    } else if (refused_.size() == most_kept) {
        ++not_kept_;
    } else {
        known_.emplace(same, refused_.size());
        refused_.push_back({seen, reason_of(seen), 1});
    }
}

}  // namespace eyeriss::platform
