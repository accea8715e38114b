#include "platform/debug/packet.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

namespace eyeriss::platform::gdb {
namespace {

constexpr char escape = '}';
constexpr unsigned escape_bit = 0x20;

unsigned checksum(std::string_view text) {
    unsigned sum = 0;
    for (const char c : text) {
        sum += static_cast<unsigned char>(c);
    }
    return sum & 0xffU;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == escape && i + 1 < text.size();
        out += escaped ? static_cast<char>(static_cast<unsigned char>(text[++i]) ^ escape_bit) : text[i];
    }
    return out;
}

}  // namespace

std::optional<message> message_reader::next() {
    while (!waiting_.empty()) {
        const char first = waiting_.front();
        if (first == '$') {
            return packet();
        }
        waiting_.erase(0, 1);
        switch (first) {
            case '+':
                return message{message::kind::accepted};
            case '-':
                return message{message::kind::refused};
            case '\x03':
                return message{message::kind::interrupt};
            default:
                break;
        }
    }
    return std::nullopt;
}

std::optional<message> message_reader::packet() {
    constexpr std::size_t longest_raw = 2 * longest_payload;
    const auto end = waiting_.find('#');
    if (end == std::string::npos && waiting_.size() > longest_raw) {
        waiting_.clear();
        return message{message::kind::broken};
    }
    if (end == std::string::npos || end + 3 > waiting_.size()) {
        return std::nullopt;
    }
    const std::string raw = waiting_.substr(1, end - 1);
    const auto sum = from_hex(std::string_view(waiting_).substr(end + 1, 2));
    waiting_.erase(0, end + 3);
    if (!sum || sum->front() != checksum(raw) || raw.size() > longest_raw) {
        return message{message::kind::broken};
    }
    return message{message::kind::packet, unescaped(raw)};
}

std::string framed(std::string_view payload) {
    std::string out;
    for (const char c : payload) {
        if (c == '$' || c == '#' || c == escape || c == '*') {
            out += escape;
            out += static_cast<char>(static_cast<unsigned char>(c) ^ escape_bit);
        } else {
            out += c;
        }
    }
    return fmt::format("${}#{:02x}", out, checksum(out));
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) {
        out += fmt::format("{:02x}", byte);
    }
    return out;
}

std::string text_to_hex(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    return out;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view digits) {
    std::vector<std::uint8_t> out;
    if (digits.size() % 2 != 0) {
        return std::nullopt;
    }
    for (; !digits.empty(); digits.remove_prefix(2)) {
        const auto byte = number_from_hex(digits.substr(0, 2));
        if (!byte) {
            return std::nullopt;
        }
        out.push_back(static_cast<std::uint8_t>(*byte));
    }
    return out;
}

std::string word_to_hex(std::uint32_t value) {
    std::array<std::uint8_t, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    return to_hex(bytes);
}

std::optional<std::uint32_t> word_from_hex(std::string_view digits) {
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != sizeof(std::uint32_t)) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    std::memcpy(&value, bytes->data(), sizeof value);
    return value;
}

std::optional<std::uint32_t> number_from_hex(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole ? std::optional(value) : std::nullopt;
}

std::string_view take_until(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const auto head = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return head;
}

}  // namespace eyeriss::platform::gdb
