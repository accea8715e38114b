#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "models/arch/machine.h"

/// The kinds of parameters that the table of arch::parameters() is made of.
namespace eyeriss::arch {

/// Whole number: `field` maps a machine to the member.
template <std::integral T>
parameter number(std::string_view key, std::string_view unit, std::type_identity_t<T> low,
                 std::type_identity_t<T> high, std::string_view sentence, T& (*field)(machine&)) {
    auto set = [=](machine& m, std::string_view text) {
        T value{};
        const auto* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (text.empty() || error != std::errc{} || stop != end || value < low || value > high) {
            throw std::invalid_argument(low == high
                                            ? fmt::format("expects {}, the only value built", low)
                                            : fmt::format("expects a whole number from {} to {}", low, high));
        }
        field(m) = value;
    };
    auto get = [=](const machine& m) {
        machine copy = m;
        return fmt::format("{}", field(copy));
    };
    return {key, unit, fmt::format("{}..{}", low, high), sentence, get, set};
}

template <typename T>
struct named {
    T value;
    std::string_view name;
};

/// Parameter with one of a few named values.
template <typename T>
parameter choice(std::string_view key, std::string_view sentence, std::vector<named<T>> values,
                 T& (*field)(machine&)) {
    std::string range;
    for (const auto& v : values) {
        range += fmt::format("{}{}", range.empty() ? "" : "|", v.name);
    }
    auto set = [=](machine& m, std::string_view text) {
        const auto found =
            std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.name == text; });
        if (found == values.end()) {
            throw std::invalid_argument(fmt::format("expects one of {}", range));
        }
        field(m) = found->value;
    };
    auto get = [=](const machine& m) {
        machine copy = m;
        const auto found =
            std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.value == field(copy); });
        return std::string(found == values.end() ? std::string_view{"?"} : found->name);
    };
    return {key, "", range, sentence, get, set};
}

inline parameter flag(std::string_view key, std::string_view sentence, bool& (*field)(machine&)) {
    return choice<bool>(key, sentence, {{true, "true"}, {false, "false"}}, field);
}

/// Parameter that is a text; `range` says what it may be, `accepts` checks it and returns what would be right
/// for one that it refuses, else an empty string.
inline parameter text(std::string_view key, std::string range, std::string_view sentence,
                      std::string& (*field)(machine&), std::string (*accepts)(std::string_view)) {
    auto set = [=](machine& m, std::string_view value) {
        if (const auto right = accepts(value); !right.empty()) {
            throw std::invalid_argument(right);
        }
        field(m) = value;
    };
    auto get = [=](const machine& m) {
        machine copy = m;
        return field(copy);
    };
    return {key, "", std::move(range), sentence, get, set};
}

}  // namespace eyeriss::arch
