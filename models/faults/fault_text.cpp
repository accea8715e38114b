#include "models/faults/fault_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace eyeriss::faults {
namespace {

/// A kind with its keys; those before `optional_from` must be there.
struct form {
    kind what;
    std::string_view name;
    std::vector<std::string_view> keys;
    std::size_t optional_from;
    bool counts_accesses;
};

const std::vector<form>& forms() {
    static const std::vector<form> list{
        {kind::dram_flip, "dram-flip", {"address", "bit"}, 2, true},
        {kind::descriptor_flip, "descriptor-flip", {"word", "bit"}, 2, false},
        {kind::glb_flip, "glb-flip", {"cluster", "bank", "word", "bit", "memory"}, 4, false},
        {kind::spad_flip, "spad-flip", {"pe", "word", "bit", "spad"}, 3, false},
        {kind::bus_error, "bus-error", {"address", "times"}, 0, true},
        {kind::stuck_port, "stuck", {"cluster", "router", "port", "for"}, 2, false},
        {kind::dma_stall, "dma-stall", {"for"}, 0, true},
        {kind::clock_gate, "clock-gate", {"cluster", "for"}, 1, false},
        {kind::irq_lost, "irq-lost", {"line"}, 0, false},
        {kind::irq_spurious, "irq-spurious", {"line"}, 0, false},
        {kind::irq_late, "irq-late", {"for", "line"}, 1, false},
    };
    return list;
}

const form& form_of(kind what) {
    return *std::ranges::find(forms(), what, &form::what);
}

template <typename T, std::size_t N>
using names = std::array<std::pair<std::string_view, T>, N>;

constexpr names<network_port, 4> port_names{{{"iact", network_port::iact},
                                             {"weight", network_port::weight},
                                             {"psum-in", network_port::psum_in},
                                             {"psum-out", network_port::psum_out}}};
constexpr names<spad, 3> spad_names{{{"weight", spad::weight}, {"iact", spad::iact}, {"psum", spad::psum}}};
constexpr names<glb_bank, 2> bank_names{{{"iact", glb_bank::iact}, {"psum", glb_bank::psum}}};
constexpr names<irq_line, 3> line_names{
    {{"done", irq_line::done}, {"error", irq_line::error}, {"counter", irq_line::counter}}};

template <typename T, std::size_t N>
T value_named(const names<T, N>& list, const setting& s) {
    std::string known;
    for (const auto& [name, value] : list) {
        if (name == s.second) return value;
        known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
    }
    throw std::invalid_argument(fmt::format("{} is '{}': expects one of {}", s.first, s.second, known));
}

template <typename T, std::size_t N>
std::string_view name_of(const names<T, N>& list, T value) {
    return std::ranges::find(list, value, &std::pair<std::string_view, T>::second)->first;
}

std::uint64_t number(const setting& s, std::uint64_t most) {
    std::string_view text = s.second;
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
    if (text.empty() || error != std::errc{} || stop != end || value > most) {
        throw std::invalid_argument(
            fmt::format("{} is '{}': expects a whole number up to {}", s.first, s.second, most));
    }
    return value;
}

unsigned small_number(const setting& s) {
    return static_cast<unsigned>(number(s, UINT32_MAX));
}

constexpr names<double, 5> time_units{{{"s", 1e12}, {"ms", 1e9}, {"us", 1e6}, {"ns", 1e3}, {"ps", 1.0}}};

std::uint64_t time_ps(const setting& s) {
    constexpr double longest_ps = 1e16;
    double value = 0;
    const auto* end = s.second.data() + s.second.size();
    const auto [stop, error] = std::from_chars(s.second.data(), end, value, std::chars_format::fixed);
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    for (const auto& [name, factor] : time_units) {
        const double ps = std::round(value * factor);
        if (error == std::errc{} && unit == name && ps >= 0 && ps <= longest_ps) {
            return static_cast<std::uint64_t>(ps);
        }
    }
    throw std::invalid_argument(
        fmt::format("{} is '{}': expects a time such as 10us, with ps, ns, us, ms or s, at most 10000s",
                    s.first, s.second));
}

std::string time_text(std::uint64_t ps) {
    for (const auto& [name, factor] : time_units) {
        const auto unit = static_cast<std::uint64_t>(factor);
        if (ps % unit == 0) return fmt::format("{}{}", ps / unit, name);
    }
    return {};
}

using moment = trigger::moment;

bool set_trigger(fault& f, const form& shape, const setting& s) {
    moment when{};
    if (s.first == "at") {
        when = moment::time;
    } else if (s.first == "layer") {
        when = moment::layer;
    } else if (s.first == "access") {
        when = moment::access;
    } else {
        return false;
    }
    if (f.when.when != moment::now) {
        throw std::invalid_argument(fmt::format("{}: a fault has one trigger: at, layer or access", s.first));
    }
    if (when == moment::access && !shape.counts_accesses) {
        throw std::invalid_argument(
            fmt::format("access: suits dram-flip, bus-error and dma-stall, not {}", shape.name));
    }
    if (shape.what == kind::descriptor_flip && when != moment::layer) {
        throw std::invalid_argument(
            fmt::format("{}: a descriptor-flip strikes when a layer starts: expects layer", s.first));
    }
    f.when = {when, when == moment::time ? time_ps(s) : number(s, UINT32_MAX)};
    if (when == moment::access && f.when.value == 0) {
        throw std::invalid_argument("access is '0': expects a number from 1");
    }
    return true;
}

void set_key(fault& f, const setting& s) {
    if (s.first == "address") {
        f.address = number(s, UINT32_MAX);
    } else if (s.first == "bit") {
        f.bit = small_number(s);
    } else if (s.first == "word") {
        f.word = small_number(s);
    } else if (s.first == "cluster") {
        f.cluster = small_number(s);
    } else if (s.first == "bank" || s.first == "router") {
        f.bank = small_number(s);
    } else if (s.first == "pe") {
        f.pe = small_number(s);
    } else if (s.first == "times") {
        f.times = small_number(s);
    } else if (s.first == "port") {
        f.port = value_named(port_names, s);
    } else if (s.first == "spad") {
        f.pad = value_named(spad_names, s);
    } else if (s.first == "memory") {
        f.memory = value_named(bank_names, s);
    } else if (s.first == "line") {
        f.line = value_named(line_names, s);
    } else {
        f.duration_ps = time_ps(s);
    }
}

std::string value_text(const fault& f, std::string_view key) {
    if (key == "address") return f.address ? fmt::format("{:#x}", *f.address) : std::string();
    if (key == "bit") return std::to_string(f.bit);
    if (key == "word") return std::to_string(f.word);
    if (key == "cluster") return std::to_string(f.cluster);
    if (key == "bank" || key == "router") return std::to_string(f.bank);
    if (key == "pe") return std::to_string(f.pe);
    if (key == "times") return std::to_string(f.times);
    if (key == "port") return std::string(name_of(port_names, f.port));
    if (key == "spad") return std::string(name_of(spad_names, f.pad));
    if (key == "memory") return std::string(name_of(bank_names, f.memory));
    if (key == "line") return std::string(name_of(line_names, f.line));
    return f.duration_ps == 0 ? std::string() : time_text(f.duration_ps);
}

}  // namespace

std::string_view to_string(kind k) {
    return form_of(k).name;
}

fault make_fault(std::string_view name, std::span<const setting> settings) {
    const auto shape = std::ranges::find(forms(), name, &form::name);
    if (shape == forms().end()) {
        std::string known;
        for (const auto& s : forms()) known += fmt::format("{}{}", known.empty() ? "" : ", ", s.name);
        throw std::invalid_argument(fmt::format("'{}' is no fault: expects one of {}", name, known));
    }
    fault f;
    f.what = shape->what;
    std::vector<std::string_view> seen;
    for (const auto& s : settings) {
        if (std::ranges::find(seen, s.first) != seen.end()) {
            throw std::invalid_argument(fmt::format("{}: {} is given twice", name, s.first));
        }
        seen.push_back(s.first);
        if (set_trigger(f, *shape, s)) continue;
        if (std::ranges::find(shape->keys, s.first) == shape->keys.end()) {
            throw std::invalid_argument(fmt::format("{} has no key '{}': expects {}, at, layer or access",
                                                    name, s.first, fmt::join(shape->keys, ", ")));
        }
        set_key(f, s);
    }
    for (std::size_t i = 0; i < shape->optional_from; ++i) {
        if (std::ranges::find(seen, shape->keys[i]) == seen.end()) {
            throw std::invalid_argument(fmt::format("{} expects {}", name, shape->keys[i]));
        }
    }
    if (f.what == kind::descriptor_flip && f.when.when != moment::layer) {
        throw std::invalid_argument("descriptor-flip expects layer");
    }
    if (f.what == kind::irq_late && f.duration_ps == 0) {
        throw std::invalid_argument("irq-late expects for above 0");
    }
    return f;
}

fault parse_fault(std::string_view text) {
    std::string_view name;
    std::vector<setting> settings;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto piece = text.substr(begin, end - begin);
        begin = end + 1;
        if (name.data() == nullptr) {
            name = piece;
            continue;
        }
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos) {
            throw std::invalid_argument(fmt::format("'{}' in fault '{}': expects key=value", piece, text));
        }
        settings.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
    }
    return make_fault(name, settings);
}

std::string to_text(const fault& f) {
    std::string text(to_string(f.what));
    for (const auto key : form_of(f.what).keys) {
        if (const auto value = value_text(f, key); !value.empty()) text += fmt::format(",{}={}", key, value);
    }
    switch (f.when.when) {
        case moment::now:
            break;
        case moment::time:
            text += ",at=" + time_text(f.when.value);
            break;
        case moment::layer:
            text += fmt::format(",layer={}", f.when.value);
            break;
        case moment::access:
            text += fmt::format(",access={}", f.when.value);
            break;
    }
    return text;
}

}  // namespace eyeriss::faults
