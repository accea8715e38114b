#include "platform/debug/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "models/abi/register_table.h"
#include "platform/soc.h"

namespace eyeriss::platform::gdb {
namespace {

constexpr std::string_view help_text =
    "time             simulated time, cycles and instructions of each hart\n"
    "stats            what harts, memory and accelerator did\n"
    "reg              the accelerator's registers\n"
    "reg NAME         one of them, with its fields\n"
    "reg NAME VALUE   writes one, as the hart would\n"
    "reset            harts and accelerator; memory and simulated time stay\n"
    "fault SPEC       injects a fault, as --fault SPEC\n"
    "help             this list\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    const auto last = text.find_last_not_of(' ');
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, last - first + 1);
}

std::string_view next_word(std::string_view& text) {
    text = trimmed(text);
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

/// A number in C's spelling, decimal or hexadecimal.
std::optional<std::uint32_t> number(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    text.remove_prefix(hex ? 2 : 0);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

std::optional<register_map::register_info> named(std::string_view name) {
    const auto* found =
        std::ranges::find_if(register_map::registers, [&](const auto& r) { return same_name(r.name, name); });
    return found == register_map::registers.end() ? std::nullopt : std::optional(*found);
}

constexpr std::uint32_t address_of(const register_map::register_info& r) {
    return EYERISS_REG_BASE + r.offset;
}

std::string value_line(const debugger& target, const register_map::register_info& r) {
    std::uint32_t value = 0;
    std::array<std::uint8_t, sizeof value> bytes{};
    if (target.read(address_of(r), bytes) < bytes.size()) {
        return fmt::format("{:<16} {:#010x}  cannot be read\n", r.name, address_of(r));
    }
    std::memcpy(&value, bytes.data(), sizeof value);
    return fmt::format("{:<16} {:#010x}  {:#010x}\n", r.name, address_of(r), value);
}

std::string field_lines(const debugger& target, const register_map::register_info& r) {
    std::uint32_t value = 0;
    std::array<std::uint8_t, sizeof value> bytes{};
    target.read(address_of(r), bytes);
    std::memcpy(&value, bytes.data(), sizeof value);
    std::string out;
    for (const auto& f : register_map::fields) {
        if (f.offset == r.offset) {
            out += fmt::format("  {:<14} {:<10} {}\n", f.name, (value & f.mask()) >> f.lsb, f.meaning);
        }
    }
    return out;
}

}  // namespace

std::string monitor::run(std::string_view line, unsigned hart) {
    static_cast<void>(hart);
    const auto command = next_word(line);
    if (command == "time") {
        return time();
    }
    if (command == "stats") {
        return statistics();
    }
    if (command == "reg") {
        return registers(line);
    }
    if (command == "reset") {
        target_.reset();
        return "harts and accelerator are reset\n";
    }
    if (command == "fault") {
        return fault(line);
    }
    if (command == "help" || command.empty()) {
        return std::string(help_text);
    }
    return fmt::format("'{}': no such command; `monitor help` lists them\n", command);
}

std::string monitor::time() const {
    std::string out = fmt::format("{} ps\n", target_.place(0).at_ps);
    for (unsigned id = 0; id < target_.harts(); ++id) {
        const auto s = target_.machine().cpu(id).statistics();
        out += fmt::format("hart {}: cycle {}, {} instructions\n", id, s.cycles, s.instructions);
    }
    return out;
}

std::string monitor::statistics() const {
    auto& soc = target_.machine();
    std::string out;
    for (unsigned id = 0; id < target_.harts(); ++id) {
        const auto s = soc.cpu(id).statistics();
        out += fmt::format("hart {}: {} cycles, {} awake, {} instructions, {} bus accesses\n", id, s.cycles,
                           s.active_cycles, s.instructions, s.transactions);
    }
    const auto memory = soc.dram_statistics();
    out += fmt::format("dram: {} reads of {} bytes, {} writes of {} bytes\n", memory.reads, memory.read_bytes,
                       memory.writes, memory.write_bytes);
    if (const auto& error = soc.accelerator_block().last_error(); !error.empty()) {
        out += fmt::format("accelerator: {}\n", error);
    }
    return out + (more_statistics_ ? more_statistics_() : std::string{});
}

std::string monitor::all_registers() const {
    std::string out;
    for (const auto& r : register_map::registers) {
        out += value_line(target_, r);
    }
    return out;
}

std::string monitor::registers(std::string_view arguments) {
    const auto name = next_word(arguments);
    if (name.empty()) {
        return all_registers();
    }
    const auto r = named(name);
    if (!r) {
        return fmt::format("'{}': no register of the accelerator; `monitor reg` lists them\n", name);
    }
    if (arguments.empty()) {
        return value_line(target_, *r) + field_lines(target_, *r);
    }
    const auto value = number(arguments);
    if (!value) {
        return fmt::format("'{}': expects a number of 32 bits, e.g. 0x1\n", arguments);
    }
    return target_.write_device(address_of(*r), *value) ? value_line(target_, *r)
                                                        : fmt::format("{}: the write is refused\n", r->name);
}

std::string monitor::fault(std::string_view text) {
    try {
        return target_.inject(std::string(text)) + "\n";
    } catch (const std::invalid_argument& wrong) {
        return std::string(wrong.what()) + "\n";
    }
}

}  // namespace eyeriss::platform::gdb
