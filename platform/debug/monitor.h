#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "platform/debug/debugger.h"

namespace eyeriss::platform::gdb {

/// The commands behind GDB's `monitor`.
class monitor {
public:
    explicit monitor(debugger& target) : target_(target) {}

    /// Does a command in the context of a stopped hart; returns what to print, with newlines. What is wrong
    /// with a command is said there, too.
    std::string run(std::string_view line, unsigned hart);
    /// Adds to what `stats` prints.
    void add_statistics(std::function<std::string()> lines) { more_statistics_ = std::move(lines); }

private:
    [[nodiscard]] std::string time() const;
    [[nodiscard]] std::string statistics() const;
    std::string registers(std::string_view arguments);
    [[nodiscard]] std::string all_registers() const;
    std::string fault(std::string_view text);

    debugger& target_;
    std::function<std::string()> more_statistics_;
};

}  // namespace eyeriss::platform::gdb
