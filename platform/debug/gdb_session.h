#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "platform/debug/debugger.h"
#include "platform/debug/monitor.h"

namespace eyeriss::platform::gdb {

/// What a packet asks for: a reply, or that harts go on, which is answered when one stops.
struct answer {
    std::string reply;
    std::optional<debug_resume> resume = std::nullopt;
    bool close = false;        ///< the connection, once the reply is sent
    bool acknowledges = true;  ///< false once packets are no longer acknowledged
};

/// The commands of GDB's remote serial protocol in all-stop mode for one client, from packet to reply. A
/// command that is not known has the empty reply, as the protocol says; one that is malformed an error.
class session {
public:
    explicit session(debugger& target) : target_(target), monitor_(target) {}

    /// Called when a hart has stopped: from now on it is the one that commands speak of.
    void stopped(unsigned hart, const hart_stop& stop);
    /// Why the harts stand still, as '?' and a resumption are answered.
    [[nodiscard]] std::string stop_reply() const { return stop_reply_; }
    answer handle(std::string_view packet);
    [[nodiscard]] monitor& commands() { return monitor_; }

private:
    answer query(std::string_view packet);
    answer set_value(std::string_view packet);
    answer resume_threads(std::string_view actions);
    answer resume_one(bool step);
    [[nodiscard]] std::string read_registers() const;
    std::string write_registers(std::string_view digits);
    [[nodiscard]] std::string read_register(std::string_view number) const;
    std::string write_register(std::string_view assignment);
    [[nodiscard]] std::string read_memory(std::string_view place) const;
    std::string write_memory(std::string_view packet, bool binary);
    std::string change_point(std::string_view packet, bool set);
    std::string choose_thread(std::string_view choice);
    [[nodiscard]] std::string threads() const;
    [[nodiscard]] std::string thread_text(std::string_view id) const;
    [[nodiscard]] std::optional<unsigned> hart_of(std::string_view id) const;

    debugger& target_;
    monitor monitor_;
    unsigned stopped_hart_ = 0, general_hart_ = 0, resumed_hart_ = 0;
    std::string stop_reply_ = "S05";
};

}  // namespace eyeriss::platform::gdb
