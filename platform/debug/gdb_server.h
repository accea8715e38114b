#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "platform/debug/connection.h"
#include "platform/debug/debugger.h"
#include "platform/debug/gdb_session.h"
#include "platform/debug/packet.h"

namespace eyeriss::platform {

/// A GDB remote stub for a SoC on the host's loopback interface, one client at a time; a second one is turned
/// away.
///
/// The first client finds hart 0 before its first instruction. Simulated time stands still while a client has
/// the harts stopped. When a client goes away the program runs on without breakpoints, and the next one stops
/// it where it is.
class gdb_server {
public:
    struct settings {
        std::uint16_t port = 0;  ///< 0: a free one
        /// Asked while it waits for the client; true gives up, and the program runs on. May be null.
        std::function<bool()> cancelled = nullptr;
        /// Takes a line for people when a client comes or goes. May be null.
        std::function<void(const std::string&)> report = nullptr;
    };

    /// Listens, and takes hold of the harts; `soc` outlives this. Throws std::invalid_argument with one line
    /// when the port cannot be had.
    gdb_server(soc& soc, settings chosen);

    [[nodiscard]] std::uint16_t port() const { return connection_.port(); }
    [[nodiscard]] debugger& target() { return debugger_; }
    [[nodiscard]] gdb::monitor& commands() { return session_.commands(); }

    /// Waits for the first client; false when cancelled before. To be called before the run.
    bool wait_for_client();
    /// Looks for Ctrl-C and new clients; to be called between slices of the run. True when the client has
    /// killed the program, so that the run shall end.
    bool poll();
    /// The run has nothing left to do: true when a client is there, which then finds the program stopped.
    bool idle();
    /// Tells a client the run's exit code, and closes.
    void finished(int exit_code);

private:
    debug_resume serve(unsigned hart, const hart_stop& stop);
    std::optional<debug_resume> handle(const gdb::message& message);
    std::optional<gdb::message> next_message();
    void send(const std::string& payload);
    void begin();
    void lost();
    void turn_away();
    [[nodiscard]] bool cancelled() const { return settings_.cancelled && settings_.cancelled(); }
    void report(const std::string& line) const;

    settings settings_;
    connection connection_;
    debugger debugger_;
    gdb::session session_;
    gdb::message_reader reader_;
    std::string last_sent_;
    bool acknowledges_ = true;
    bool running_ = false;  ///< a resumption waits for its stop reply
};

}  // namespace eyeriss::platform
