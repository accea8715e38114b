#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// GDB's remote serial protocol, the part below its commands: framing, checksums, escapes, numbers.
namespace eyeriss::platform::gdb {

/// What arrived on a connection.
struct message {
    enum class kind : std::uint8_t {
        packet,     ///< `payload`, unescaped
        broken,     ///< a packet whose checksum is wrong, or that is too long
        accepted,   ///< '+'
        refused,    ///< '-': send the last packet again
        interrupt,  ///< Ctrl-C
    };
    kind what = kind::packet;
    std::string payload{};
};

/// Cuts a stream of bytes into messages. What is not part of one is skipped.
class message_reader {
public:
    /// Longest payload that is taken, as qSupported says.
    static constexpr std::size_t longest_payload = 0x4000;

    void feed(std::string_view bytes) { waiting_ += bytes; }
    /// The next whole message, or nothing until more has come.
    std::optional<message> next();

private:
    std::optional<message> packet();

    std::string waiting_;
};

/// A payload as it goes over the line: "$payload#checksum", with what must be escaped escaped.
[[nodiscard]] std::string framed(std::string_view payload);

/// Two digits a byte.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string text_to_hex(std::string_view text);
/// Bytes of pairs of digits; nothing when it is no such text.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_hex(std::string_view digits);
/// A 32-bit value as a target's registers and memory hold it: little-endian.
[[nodiscard]] std::string word_to_hex(std::uint32_t value);
[[nodiscard]] std::optional<std::uint32_t> word_from_hex(std::string_view digits);
/// A number as packets spell it, at most 32 bits; nothing when `digits` is anything else.
[[nodiscard]] std::optional<std::uint32_t> number_from_hex(std::string_view digits);

/// Takes everything up to the next `separator`, and it, off the front of `text`; all when there is none.
std::string_view take_until(std::string_view& text, char separator);

}  // namespace eyeriss::platform::gdb
