#include "sims/support/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "sims/support/error.h"

namespace eyeriss::sims {

std::uint64_t parse_duration_ps(std::string_view text, std::string_view option) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"ps", 1.0}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}}};
    constexpr double longest_ps = 1e16;
    double number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    while (unit.starts_with(' ')) {
        unit.remove_prefix(1);
    }
    for (const auto& [name, factor] : units) {
        const double ps = std::round(number * factor);
        if (error == std::errc{} && unit == name && ps >= 1.0 && ps <= longest_ps) {
            return static_cast<std::uint64_t>(ps);
        }
    }
    throw user_error(
        fmt::format("{}: '{}' is no time: expects a number above 0 with ps, ns, us, ms or s, at most 10000s",
                    option, text));
}

}  // namespace eyeriss::sims
