#include "sims/dram/dram_traffic.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <fstream>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

/// Walks the rows of one bank, burst by burst.
class bank_walk {
public:
    bank_walk(const dram::address_mapping& mapping, const dram::part& part, unsigned stream,
              std::uint32_t bytes)
        : mapping_(mapping),
          geometry_(part.geometry),
          step_(std::max(1U, bytes / part.geometry.burst_bytes())) {
        place_.group = stream % geometry_.bank_groups;
        place_.bank = stream / geometry_.bank_groups % geometry_.banks_per_group;
    }

    std::uint64_t next() {
        const std::uint64_t address = mapping_.encode(place_);
        place_.column += step_;
        if (place_.column >= geometry_.bursts_per_row()) {
            place_.column = 0;
            place_.row = (place_.row + 1) % geometry_.rows;
        }
        return address;
    }

private:
    dram::address_mapping mapping_;
    dram::part_geometry geometry_;
    unsigned step_;
    dram::location place_;
};

traffic make_streams(std::uint64_t requests, std::uint32_t bytes, const dram::address_mapping& mapping,
                     const dram::part& part) {
    constexpr unsigned streams = 4;
    std::vector<bank_walk> walks;
    for (unsigned s = 0; s < streams; ++s) {
        walks.emplace_back(mapping, part, s, bytes);
    }
    return [=, sent = std::uint64_t{0}]() mutable -> std::optional<traffic_item> {
        if (sent == requests) {
            return std::nullopt;
        }
        return traffic_item{walks[sent++ % streams].next(), bytes, false, std::nullopt};
    };
}

/// Takes the words of a trace line apart.
class trace_line_reader {
public:
    trace_line_reader(std::string_view line, std::string place)
        : rest_(line.substr(0, line.find('#'))), place_(std::move(place)) {
        skip();
    }

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    std::string_view word(std::string_view what) {
        if (rest_.empty()) {
            fail(fmt::format("lacks {}", what));
        }
        const auto end = std::min(rest_.find_first_of(blanks), rest_.size());
        const auto out = rest_.substr(0, end);
        rest_.remove_prefix(end);
        skip();
        return out;
    }

    std::uint64_t number(std::string_view what) {
        auto text = word(what);
        const auto all = text;
        const bool hex = text.starts_with("0x");
        text.remove_prefix(hex ? 2 : 0);
        std::uint64_t value = 0;
        const auto [stop, error] =
            std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
        if (error != std::errc{} || stop != text.data() + text.size()) {
            fail(fmt::format("{} is '{}'; expects a whole number", what, all));
        }
        return value;
    }

    std::uint64_t time_ps() {
        constexpr double longest_ns = 1e15;
        const auto text = word("time");
        double ns = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
        if (error != std::errc{} || stop != text.data() + text.size() || !(ns >= 0 && ns < longest_ns)) {
            fail(fmt::format("time is '{}'; expects ns", text));
        }
        return static_cast<std::uint64_t>(std::llround(ns * 1000));
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw user_error(fmt::format("{}: {} (a line is: time in ns, R or W, address, bytes)", place_, what));
    }

private:
    static constexpr std::string_view blanks = " \t\r,";
    void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

    std::string_view rest_;
    std::string place_;
};

traffic_item read_item(trace_line_reader& line) {
    constexpr std::uint64_t most_bytes = 1U << 20U;
    traffic_item item;
    item.at_ps = line.time_ps();
    const auto direction = line.word("R or W");
    if (direction != "R" && direction != "W") {
        line.fail(fmt::format("direction is '{}'; expects R or W", direction));
    }
    item.is_write = direction == "W";
    item.address = line.number("address");
    const auto bytes = line.number("bytes");
    if (bytes == 0 || bytes > most_bytes) {
        line.fail(fmt::format("bytes is {}; expects 1 to {}", bytes, most_bytes));
    }
    item.bytes = static_cast<std::uint32_t>(bytes);
    if (!line.empty()) {
        line.fail("has more than four words");
    }
    return item;
}

}  // namespace

traffic make_traffic(traffic_pattern pattern, std::uint64_t requests, std::uint32_t bytes,
                     const dram::address_mapping& mapping, const dram::part& part, std::uint64_t seed) {
    if (pattern == traffic_pattern::streams) {
        return make_streams(requests, bytes, mapping, part);
    }
    const std::uint64_t places = mapping.capacity_bytes() / bytes;
    const bool random = pattern == traffic_pattern::rand || pattern == traffic_pattern::mix_rand;
    const bool mixed = pattern == traffic_pattern::mix_seq || pattern == traffic_pattern::mix_rand;
    return
        [=, sent = std::uint64_t{0}, draw = std::mt19937_64(seed)]() mutable -> std::optional<traffic_item> {
            if (sent == requests) {
                return std::nullopt;
            }
            const std::uint64_t place = (random ? draw() : sent) % places;
            const bool is_write = mixed && sent % 3 == 2;
            ++sent;
            return traffic_item{place * bytes, bytes, is_write, std::nullopt};
        };
}

std::vector<traffic_item> read_trace(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::error_code error;
    if (!in || std::filesystem::is_directory(file, error)) {
        throw user_error(fmt::format("{}: cannot be read; expects a trace file", file.string()));
    }
    std::vector<traffic_item> out;
    std::string text;
    std::uint64_t last_ps = 0;
    for (std::size_t number = 1; std::getline(in, text); ++number) {
        trace_line_reader line(text, fmt::format("{}:{}", file.string(), number));
        if (line.empty()) {
            continue;
        }
        const traffic_item item = read_item(line);
        const std::uint64_t at_ps = item.at_ps.value_or(0);
        if (at_ps < last_ps) {
            line.fail("time is before the last line's");
        }
        last_ps = at_ps;
        out.push_back(item);
    }
    return out;
}

std::string trace_line(std::uint64_t at_ps, bool is_write, std::uint64_t address, std::uint32_t bytes) {
    return fmt::format("{}.{:03}, {}, {:#x}, {}\n", at_ps / 1000, at_ps % 1000, is_write ? 'W' : 'R', address,
                       bytes);
}

}  // namespace eyeriss::sims
