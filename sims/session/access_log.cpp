#include "sims/session/access_log.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

constexpr std::string_view all_accesses = "bus=debug";

/// The file that a --log option names, empty for standard error. \throws user_error
std::string log_file(const std::string& option) {
    if (option == all_accesses) {
        return {};
    }
    const bool with_file = option.starts_with(all_accesses) && option.size() > all_accesses.size() + 1 &&
                           option[all_accesses.size()] == ':';
    if (!with_file) {
        throw user_error(fmt::format("--log {}: expects bus=debug or bus=debug:FILE", option));
    }
    return option.substr(all_accesses.size() + 1);
}

std::string_view verb(platform::access_kind kind) {
    if (kind == platform::access_kind::execute) {
        return "fetch";
    }
    return kind == platform::access_kind::write ? "write" : "read";
}

}  // namespace

void add_access_log(CLI::App& command, std::string& option) {
    command.add_option(
        "--log", option,
        "bus=debug: a line on standard error for each access of a hart to a register, by name, "
        "value, pc and time; bus=debug:FILE: into a file");
}

nlohmann::ordered_json refused_json(const std::vector<platform::refused_access>& refused) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& r : refused) {
        const auto& access = r.first.access;
        nlohmann::ordered_json row{{"place", r.first.place},
                                   {"address", fmt::format("{:#010x}", access.address)},
                                   {"access", verb(access.kind)},
                                   {"bytes", access.bytes}};
        if (access.kind == platform::access_kind::write) {
            row["value"] = access.value;
        }
        row["hart"] = r.first.hart;
        row["pc"] = fmt::format("{:#010x}", r.first.pc);
        row["reason"] = r.reason;
        row["count"] = r.count;
        row["first_ps"] = r.first.at_ps;
        rows.push_back(std::move(row));
    }
    return rows;
}

access_log::access_log(const std::string& option, platform::soc& soc) {
    platform::access_watch::logger log;
    if (!option.empty()) {
        path_ = log_file(option);
        if (!path_.empty()) {
            file_.reset(std::fopen(path_.c_str(), "w"));  // NOLINT(*-owning-memory)
            if (!file_) {
                throw user_error(
                    fmt::format("--log {}: {} cannot be written: {}", option, path_, std::strerror(errno)));
            }
        }
        log = [this](const platform::register_access& seen) {
            fmt::print(file_ ? file_.get() : stderr, "{}\n", to_string(seen));
        };
    }
    watch_ = std::make_unique<platform::access_watch>(soc, std::move(log));
}

void access_log::print_refused() const {
    for (const auto& r : watch_->refused()) {
        fmt::print(stderr, "eyeriss-vp: {}\n", to_string(r));
    }
    if (watch_->not_kept() != 0) {
        fmt::print(stderr,
                   "eyeriss-vp: refused: {} accesses more, in other places or by other instructions\n",
                   watch_->not_kept());
    }
}

void access_log::finish() {
    if (!file_) {
        return;
    }
    const bool failed = std::ferror(file_.get()) != 0 || std::fflush(file_.get()) != 0;
    file_.reset();
    if (failed) {
        throw user_error(fmt::format("{}: cannot be written whole", path_));
    }
}

}  // namespace eyeriss::sims
