#include "models/dram/address_mapping.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace eyeriss::dram {
namespace {

enum field : std::size_t { channel, rank, group, bank, row, column };
constexpr std::array<std::string_view, 6> names{"channel", "rank", "group", "bank", "row", "column"};
constexpr unsigned nowhere = ~0U;

unsigned log2_of(std::uint64_t value) {
    return static_cast<unsigned>(std::countr_zero(value));
}

struct bit_name {
    std::size_t field;
    unsigned bit;
};

[[noreturn]] void wrong(std::string_view text, std::string_view expects) {
    throw std::invalid_argument(fmt::format("mapping: '{}' expects {}", text, expects));
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

/// "field", "field[n]" or "field[high:low]".
struct range_name {
    std::size_t field;
    unsigned high, low;
};

range_name parse_range(std::string_view text, const std::array<unsigned, 6>& bits) {
    const auto open = text.find('[');
    const auto name = text.substr(0, open);
    std::size_t f = 0;
    while (f < names.size() && names.at(f) != name) {
        ++f;
    }
    if (f == names.size()) {
        wrong(text, "channel, rank, group, bank, row or column, with [bit] or [high:low]");
    }
    if (open == std::string_view::npos) {
        return {f, bits.at(f), 0};  // high is one past the end, so that a field may have no bits
    }
    const auto inside = text.substr(open + 1);
    if (!inside.ends_with(']')) {
        wrong(text, "a closing ]");
    }
    const auto colon = inside.find(':');
    const auto high = number(inside.substr(0, colon == std::string_view::npos ? inside.size() - 1 : colon));
    const auto low =
        colon == std::string_view::npos ? high : number(inside.substr(colon + 1, inside.size() - colon - 2));
    if (!high || !low || *low > *high || *high >= bits.at(f)) {
        wrong(text,
              fmt::format("bits of {} from {} down to 0", names.at(f), static_cast<int>(bits.at(f)) - 1));
    }
    return {f, *high + 1, *low};
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    while (true) {
        const auto end = text.find(at);
        auto piece = text.substr(0, end);
        while (!piece.empty() && piece.front() == ' ') piece.remove_prefix(1);
        while (!piece.empty() && piece.back() == ' ') piece.remove_suffix(1);
        out.push_back(piece);
        if (end == std::string_view::npos) {
            return out;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace

/// One entry of the list, taken apart.
struct address_mapping::item {
    std::size_t field;
    unsigned high, low;  ///< bits [low, high)
    std::vector<bit_name> flips;
};

address_mapping::address_mapping(std::string_view text, const part& p, unsigned channels, unsigned ranks) {
    const auto& g = p.geometry;
    if (!std::has_single_bit(channels) || !std::has_single_bit(ranks)) {
        throw std::invalid_argument(
            fmt::format("channels and ranks are {} and {}; expects powers of two", channels, ranks));
    }
    burst_bits_ = log2_of(g.burst_bytes());
    bits_ = {log2_of(channels),          log2_of(ranks),  log2_of(g.bank_groups),
             log2_of(g.banks_per_group), log2_of(g.rows), log2_of(g.bursts_per_row())};
    capacity_bytes_ = g.rank_bytes() * ranks * channels;
    text_ = text == "roba" || text == "roco" ? preset(text, g.burst_bytes()) : std::string(text);
    parse(text_);
}

std::string address_mapping::preset(std::string_view name, unsigned burst_bytes) const {
    constexpr unsigned together_bytes = 64, channel_bytes = 256;
    const unsigned columns = bits_[column];
    const auto low_of = [&](unsigned bytes) {
        return std::min(columns, bytes > burst_bytes ? log2_of(bytes / burst_bytes) : 0U);
    };
    const auto columns_from = [](unsigned high, unsigned low) {
        return high > low ? fmt::format(",column[{}:{}]", high - 1, low) : std::string{};
    };
    const unsigned together = low_of(together_bytes);
    if (name == "roba") {
        const unsigned apart = bits_[channel] > 0 ? low_of(channel_bytes) : 0;
        return "row,rank,bank,group" + columns_from(columns, apart) + ",channel" + columns_from(apart, 0);
    }
    return "row" + columns_from(columns, together) + ",rank,bank,group,channel" + columns_from(together, 0);
}

address_mapping::item address_mapping::parse_item(std::string_view text) const {
    const auto pieces = split(text, '^');
    const auto [f, high, low] = parse_range(pieces.front(), bits_);
    item out{f, high, low, {}};
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        const auto source = parse_range(pieces[i], bits_);
        if (high != low + 1 || source.high != source.low + 1) {
            wrong(text, "single bits around ^, as in bank[0]^row[0]");
        }
        out.flips.push_back({source.field, source.low});
    }
    return out;
}

void address_mapping::parse(std::string_view text) {
    std::vector<item> items;
    for (const auto piece : split(text, ',')) {
        items.push_back(parse_item(piece));
    }
    place(items);
    add_flips(items);
}

void address_mapping::place(const std::vector<item>& items) {
    for (std::size_t f = 0; f < field_count; ++f) {
        position_[f].assign(bits_[f], nowhere);
    }
    unsigned at = burst_bits_;
    for (auto i = items.rbegin(); i != items.rend(); ++i) {
        for (unsigned b = i->low; b < i->high; ++b) {
            auto& position = position_[i->field][b];
            if (position != nowhere) {
                throw std::invalid_argument(
                    fmt::format("mapping: {}[{}] appears twice; expects each bit once", names[i->field], b));
            }
            position = at + b - i->low;
        }
        const unsigned width = i->high - i->low;
        if (width > 0) {
            runs_[i->field].push_back({at, i->low, (std::uint64_t{1} << width) - 1});
        }
        at += width;
    }
    for (std::size_t f = 0; f < field_count; ++f) {
        for (unsigned b = 0; b < bits_[f]; ++b) {
            if (position_[f][b] == nowhere) {
                throw std::invalid_argument(
                    fmt::format("mapping: {}[{}] is missing; expects each bit once", names[f], b));
            }
        }
    }
}

void address_mapping::add_flips(const std::vector<item>& items) {
    std::uint64_t flipped = 0;
    for (const auto& i : items) {
        if (i.flips.empty()) {
            continue;
        }
        flip f{i.field, i.low, 0};
        for (const auto& source : i.flips) {
            f.address_bits ^= std::uint64_t{1} << position_[source.field][source.bit];
        }
        flipped |= std::uint64_t{1} << position_[i.field][i.low];
        flips_.push_back(f);
    }
    for (const auto& f : flips_) {
        if ((f.address_bits & flipped) != 0) {
            throw std::invalid_argument(fmt::format(
                "mapping: {}[{}] is XORed with a bit that is XORed itself; expects plain bits after ^",
                names[f.field], f.bit));
        }
    }
}

location address_mapping::decode(std::uint64_t address) const {
    std::array<std::uint64_t, field_count> value{};
    for (std::size_t f = 0; f < field_count; ++f) {
        for (const auto& r : runs_[f]) {
            value[f] |= (address >> r.from & r.mask) << r.to;
        }
    }
    for (const auto& f : flips_) {
        value[f.field] ^= static_cast<std::uint64_t>(std::popcount(address & f.address_bits) & 1) << f.bit;
    }
    return {static_cast<unsigned>(value[channel]),  static_cast<unsigned>(value[rank]),
            static_cast<unsigned>(value[group]),    static_cast<unsigned>(value[bank]),
            static_cast<std::uint32_t>(value[row]), static_cast<std::uint32_t>(value[column])};
}

std::uint64_t address_mapping::encode(const location& place) const {
    const std::array<std::uint64_t, field_count> value{place.channel, place.rank, place.group,
                                                       place.bank,    place.row,  place.column};
    std::uint64_t address = 0;
    for (std::size_t f = 0; f < field_count; ++f) {
        for (const auto& r : runs_[f]) {
            address |= (value[f] >> r.to & r.mask) << r.from;
        }
    }
    std::uint64_t out = address;
    for (const auto& f : flips_) {
        out ^= static_cast<std::uint64_t>(std::popcount(address & f.address_bits) & 1)
               << position_[f.field][f.bit];
    }
    return out;
}

}  // namespace eyeriss::dram
