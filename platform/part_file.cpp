#include "platform/part_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "platform/nearest.h"

namespace eyeriss::platform {
namespace {

using dram::part;

/// One YAML map of a part file: hands out its keys and complains about those that nobody took.
class section {
public:
    section(std::string file, std::string name, const YAML::Node& node, int line = 1)
        : file_(std::move(file)), name_(std::move(name)), line_(line) {
        if (!node.IsMap()) {
            throw part_error(fmt::format("{}:{}: {} expects keys with values", file_, line_, name_));
        }
        for (const auto& entry : node) {
            const auto key = entry.first.as<std::string>();
            if (!nodes_.emplace(key, entry.second).second) {
                fail(entry.first.Mark().line + 1, fmt::format("{} is set a second time", key));
            }
            lines_[key] = entry.first.Mark().line + 1;
        }
    }

    [[nodiscard]] bool has(std::string_view key) const { return nodes_.count(std::string(key)) != 0; }

    YAML::Node take(std::string_view key) {
        known_.emplace_back(key);
        const auto found = nodes_.find(std::string(key));
        if (found == nodes_.end()) {
            fail(line_, fmt::format("{} lacks key '{}'", name_, key));
        }
        return found->second;
    }

    section inner(const std::string& key) {
        const auto node = take(key);
        return {file_, key, node, lines_.at(key)};
    }

    /// A bare value or the `value` of {value, source}.
    template <typename T>
    T value(std::string_view key, const char* expects) {
        YAML::Node node = take(key);
        if (node.IsMap()) {
            section inner(file_, std::string(key), node, lines_[std::string(key)]);
            if (inner.has("source")) {
                inner.take("source");
            }
            node = inner.take("value");
            inner.close();
        }
        try {
            return node.as<T>();
        } catch (const YAML::Exception&) {
            fail(lines_[std::string(key)], fmt::format("{} expects {}", key, expects));
        }
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    void allow(std::string_view key) { known_.emplace_back(key); }

    /// Call when all keys that may stand here were taken or allowed.
    void close() const {
        for (const auto& [key, line] : lines_) {
            if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
                fail(line, fmt::format("unknown key '{}' in {}; the nearest known key is '{}'", key, name_,
                                       nearest(key, known_)));
            }
        }
    }

    [[nodiscard]] const std::map<std::string, int>& lines() const { return lines_; }

private:
    [[noreturn]] void fail(int line, const std::string& what) const {
        throw part_error(fmt::format("{}:{}: {}", file_, line, what));
    }

    std::string file_, name_;
    int line_;
    std::map<std::string, YAML::Node> nodes_;
    std::map<std::string, int> lines_;
    std::vector<std::string> known_;
};

class reader {
public:
    explicit reader(std::string file) : file_(std::move(file)) {}

    part read(const YAML::Node& root) {
        section top(file_, "the part", root);
        part_.name = top.value<std::string>("name", "a name");
        part_.standard = standard(top);
        part_.tck_ps = top.value<unsigned>("tCK_ps", "whole picoseconds");
        section geometry = top.inner("geometry");
        section timings = top.inner("timings");
        section supplies = top.inner("supplies");
        top.close();
        remember(top);
        read_geometry(geometry);
        if (part_.tck_ps > 0) {
            read_timings(timings);
        }
        for (const auto& [name, line] : supplies.lines()) {
            read_supply(supplies.inner(name));
        }
        remember(supplies);
        complain();
        return part_;
    }

private:
    dram::dram_standard standard(section& top) {
        const auto name = top.value<std::string>("standard", "ddr3, ddr4 or lpddr4");
        for (const auto s :
             {dram::dram_standard::ddr3, dram::dram_standard::ddr4, dram::dram_standard::lpddr4}) {
            if (dram::to_string(s) == name) {
                return s;
            }
        }
        throw part_error(fmt::format("{}:{}: standard is '{}'; expects ddr3, ddr4 or lpddr4", file_,
                                     top.lines().at("standard"), name));
    }

    void read_geometry(section& s) {
        for (const char* key : {"channel_bits", "device_bits", "bank_groups", "banks_per_group", "rows",
                                "columns", "burst_length"}) {
            s.allow(key);
        }
        s.close();
        auto& g = part_.geometry;
        const auto number = [&](std::string_view key) { return s.value<unsigned>(key, "a whole number"); };
        g.channel_bits = number("channel_bits");
        g.device_bits = number("device_bits");
        g.bank_groups = number("bank_groups");
        g.banks_per_group = number("banks_per_group");
        g.rows = number("rows");
        g.columns = number("columns");
        g.burst_length = number("burst_length");
        remember(s);
    }

    void read_timings(section& s) {
        // A misspelt key is unknown before it is missing.
        for (const auto& key : dram::timing_keys()) {
            s.allow(key.name);
        }
        s.close();
        for (const auto& key : dram::timing_keys()) {
            const bool needed = (key.standards & dram::standard_bit(part_.standard)) != 0;
            if (needed || s.has(key.name)) {
                part_.timings.*key.value = clocks(key, s);
            } else if (!key.fallback.empty()) {
                part_.timings.*key.value = part_.timings.*fallback(key);
            }
        }
        remember(s);
    }

    static dram::clock_count dram::part_timings::*fallback(const dram::timing_key& key) {
        const auto all = dram::timing_keys();
        return std::find_if(all.begin(), all.end(), [&](const auto& k) { return k.name == key.fallback; })
            ->value;
    }

    [[nodiscard]] dram::clock_count clocks(const dram::timing_key& key, section& s) const {
        if (key.kind == dram::timing_key::unit::clocks) {
            return s.value<unsigned>(key.name, "whole clocks");
        }
        constexpr double longest_ns = 1e9;
        const double ns = s.value<double>(key.name, "a time in ns");
        if (!(ns >= 0 && ns <= longest_ns)) {
            throw part_error(fmt::format("{}:{}: {} is {}; expects 0 to {:g} ns", file_,
                                         s.lines().at(std::string(key.name)), key.name, ns, longest_ns));
        }
        const double exact = ns * 1000.0 / static_cast<double>(part_.tck_ps);
        constexpr double sliver = 1e-9;  // a quotient that is whole but for rounding
        return static_cast<dram::clock_count>(key.kind == dram::timing_key::unit::ns_rounded_up
                                                  ? std::ceil(exact - sliver)
                                                  : std::floor(exact + sliver));
    }

    void read_supply(section s) {
        const auto number = [&](std::string_view key) { return s.value<double>(key, "a number"); };
        part_.supplies.push_back({s.name(), number("volts"), number("IDD0_mA"), number("IDD2N_mA"),
                                  number("IDD3N_mA"), number("IDD4R_mA"), number("IDD4W_mA"),
                                  number("IDD5_mA")});
        s.allow("source");
        s.close();
    }

    void remember(const section& s) { lines_.insert(s.lines().begin(), s.lines().end()); }

    void complain() const {
        for (const auto& fault : dram::check(part_)) {
            const auto line = lines_.find(fault.key);
            throw part_error(
                fmt::format("{}:{}: {}", file_, line == lines_.end() ? 1 : line->second, fault.sentence));
        }
    }

    std::string file_;
    part part_;
    std::map<std::string, int> lines_;
};

}  // namespace

dram::part read_part(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) {
        throw part_error(fmt::format("{}: cannot be read; expects a part file in YAML", file.string()));
    }
    std::ostringstream text;
    text << in.rdbuf();
    try {
        return reader(file.string()).read(YAML::Load(text.str()));
    } catch (const YAML::Exception& wrong) {
        throw part_error(fmt::format("{}:{}: is no YAML: {}", file.string(), wrong.mark.line + 1, wrong.msg));
    }
}

std::filesystem::path find_part(const std::string& name, const std::filesystem::path& folder) {
    if (name.find('/') != std::string::npos || name.ends_with(".yaml")) {
        return name;
    }
    auto file = folder / (name + ".yaml");
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        return file;
    }
    std::set<std::string> known;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        known.insert(entry.path().stem().string());
    }
    throw part_error(fmt::format("part '{}' is not known; expects a part file or one of {}", name,
                                 fmt::join(known, ", ")));
}

}  // namespace eyeriss::platform
