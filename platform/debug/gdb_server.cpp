#include "platform/debug/gdb_server.h"

#include <fmt/format.h>

#include <utility>

#include "platform/soc.h"

namespace eyeriss::platform {
namespace {

constexpr std::chrono::milliseconds at_once{0}, a_while{50};

}  // namespace

gdb_server::gdb_server(soc& soc, settings chosen)
    : settings_(std::move(chosen)),
      connection_(settings_.port),
      debugger_(soc, [this](unsigned hart, const hart_stop& stop) { return serve(hart, stop); }),
      session_(debugger_) {}

void gdb_server::report(const std::string& line) const {
    if (settings_.report) {
        settings_.report(line);
    }
}

bool gdb_server::wait_for_client() {
    while (!connection_.accept(a_while)) {
        if (cancelled()) {
            return false;
        }
    }
    begin();
    return true;
}

void gdb_server::begin() {
    report("gdb: a client has connected");
    reader_ = {};
    acknowledges_ = true;
    running_ = false;
    last_sent_.clear();
    debugger_.request_stop(0);
}

void gdb_server::lost() {
    report("gdb: the client has gone; the program runs on");
    connection_.close();
    running_ = false;
}

void gdb_server::turn_away() {
    if (connection_.turn_away()) {
        report("gdb: a second client was turned away; expects one at a time");
    }
}

void gdb_server::send(const std::string& payload) {
    last_sent_ = gdb::framed(payload);
    connection_.send(last_sent_);
}

std::optional<gdb::message> gdb_server::next_message() {
    while (connection_.open() && !cancelled()) {
        if (auto message = reader_.next()) {
            return message;
        }
        reader_.feed(connection_.receive(a_while));
        turn_away();
    }
    return std::nullopt;
}

debug_resume gdb_server::serve(unsigned hart, const hart_stop& stop) {
    constexpr debug_resume without_client{debug_resume::kind::detach};
    if (!connection_.open()) {
        return without_client;
    }
    session_.stopped(hart, stop);
    if (std::exchange(running_, false)) {
        send(session_.stop_reply());
    }
    while (const auto message = next_message()) {
        if (const auto resume = handle(*message)) {
            return *resume;
        }
    }
    lost();
    return without_client;
}

std::optional<debug_resume> gdb_server::handle(const gdb::message& message) {
    using kind = gdb::message::kind;
    if (message.what == kind::refused) {
        connection_.send(last_sent_);
    }
    if (message.what == kind::broken && acknowledges_) {
        connection_.send("-");
    }
    if (message.what != kind::packet) {
        return std::nullopt;
    }
    if (acknowledges_) {
        connection_.send("+");
    }
    const auto answer = session_.handle(message.payload);
    if (!answer.resume || !answer.reply.empty()) {
        send(answer.reply);
    }
    acknowledges_ = acknowledges_ && answer.acknowledges;
    running_ = answer.resume && !answer.close;
    if (answer.close) {
        lost();
    }
    return answer.resume;
}

bool gdb_server::poll() {
    if (debugger_.killed()) {
        return true;
    }
    if (!connection_.open()) {
        if (connection_.accept(at_once)) {
            begin();
        }
        return false;
    }
    reader_.feed(connection_.receive(at_once));
    while (const auto message = reader_.next()) {
        if (message->what == gdb::message::kind::interrupt) {
            debugger_.request_stop(0);
        } else if (message->what == gdb::message::kind::refused) {
            connection_.send(last_sent_);
        }
    }
    if (!connection_.open()) {
        lost();
        debugger_.request_stop(0);  // which lets go of breakpoints
    }
    turn_away();
    return false;
}

bool gdb_server::idle() {
    if (debugger_.killed() || !connection_.open()) {
        return false;
    }
    debugger_.request_stop(0);
    return true;
}

void gdb_server::finished(int exit_code) {
    if (connection_.open()) {
        send(fmt::format("W{:02x}", static_cast<unsigned>(exit_code) & 0xffU));
        connection_.close();
    }
}

}  // namespace eyeriss::platform
