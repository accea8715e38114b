#include "platform/machine_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "platform/nearest.h"

namespace eyeriss::platform {
namespace {

std::optional<std::size_t> find_key(std::string_view key) {
    const auto& all = arch::parameters();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.key == key; });
    if (found == all.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - all.begin());
}

/// Where a parameter is one of a few names, the one that is nearest to what was given.
std::string nearest_name(const arch::parameter& parameter, std::string_view value) {
    if (parameter.range.find('|') == std::string::npos || value.empty()) return {};
    std::vector<std::string> names;
    for (std::string_view rest = parameter.range;;) {
        const auto bar = rest.find('|');
        names.emplace_back(rest.substr(0, bar));
        if (bar == std::string_view::npos) break;
        rest.remove_prefix(bar + 1);
    }
    return fmt::format("; the nearest is '{}'", nearest(value, names));
}

/// Sets one key; `place` is FILE:LINE or --set.
void assign(configuration& config, std::string_view key, std::string_view value, const std::string& place) {
    const auto index = find_key(key);
    if (!index) {
        throw machine_error(
            fmt::format("{}: unknown key '{}'; the nearest known key is '{}'", place, key, nearest_key(key)));
    }
    const auto& parameter = arch::parameters()[*index];
    try {
        parameter.set(config.machine, value);
    } catch (const std::invalid_argument& error) {
        throw machine_error(fmt::format("{}: {} is '{}': {}{}{}{}", place, key, value, error.what(),
                                        parameter.unit.empty() ? "" : ", in ", parameter.unit,
                                        nearest_name(parameter, value)));
    }
    config.origins[*index] = place;
}

/// Walks a YAML document into keys of the table.
class reader {
public:
    reader(configuration& config, std::string file) : config_(config), file_(std::move(file)) {}

    void read(const YAML::Node& node, const std::string& prefix) {
        for (const auto& entry : node) {
            const std::string place = at(entry.first);
            if (!entry.first.IsScalar()) {
                throw machine_error(fmt::format("{}: a key must be a name", place));
            }
            const std::string key = prefix + entry.first.Scalar();
            if (entry.second.IsMap() && !find_key(key)) {
                known_group(key, place);
                read(entry.second, key + ".");
                continue;
            }
            leaf(key, entry.second, place);
        }
    }

private:
    [[nodiscard]] std::string at(const YAML::Node& node) const {
        return fmt::format("{}:{}", file_, node.Mark().line + 1);
    }

    static void known_group(const std::string& group, const std::string& place) {
        const auto& all = arch::parameters();
        const bool known = std::any_of(all.begin(), all.end(),
                                       [&](const auto& p) { return p.key.starts_with(group + "."); });
        if (!known) {
            throw machine_error(fmt::format("{}: unknown key '{}'; the nearest known key is '{}'", place,
                                            group, nearest_key(group)));
        }
    }

    void leaf(const std::string& key, const YAML::Node& value, const std::string& place) {
        if (find_key(key) && !value.IsScalar()) {
            throw machine_error(fmt::format("{}: {} expects one value", place, key));
        }
        if (!seen_.insert(key).second) {
            throw machine_error(
                fmt::format("{}: {} is set a second time (first at {})", place, key, config_.origin(key)));
        }
        assign(config_, key, value.IsScalar() ? value.Scalar() : std::string{}, place);
    }

    configuration& config_;
    std::string file_;
    std::set<std::string> seen_;
};

std::string read_text(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) {
        throw machine_error(fmt::format("{}: cannot be read; expects a machine file in YAML", file.string()));
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void read_file(configuration& config, const std::filesystem::path& file) {
    YAML::Node root;
    try {
        root = YAML::Load(read_text(file));
    } catch (const YAML::Exception& error) {
        throw machine_error(
            fmt::format("{}:{}: is no YAML: {}", file.string(), error.mark.line + 1, error.msg));
    }
    if (root.IsNull()) {
        return;
    }
    if (!root.IsMap()) {
        throw machine_error(
            fmt::format("{}:{}: expects keys with values", file.string(), root.Mark().line + 1));
    }
    reader(config, file.string()).read(root, "");
}

/// Where the keys that a check's sentence names were set, for the ones that are not defaults.
std::string places(const configuration& config, std::string_view sentence) {
    std::string out;
    for (std::size_t i = 0; i < config.origins.size(); ++i) {
        const auto key = arch::parameters()[i].key;
        if (config.origins[i] != "default" && sentence.find(key) != std::string_view::npos &&
            out.find(config.origins[i]) == std::string::npos) {
            out += (out.empty() ? "" : ", ") + config.origins[i];
        }
    }
    return out.empty() ? "machine" : out;
}

}  // namespace

configuration::configuration() : origins(arch::parameters().size(), "default") {}

const std::string& configuration::origin(std::string_view key) const {
    const auto index = find_key(key);
    if (!index) {
        throw machine_error(
            fmt::format("unknown key '{}'; the nearest known key is '{}'", key, nearest_key(key)));
    }
    return origins[*index];
}

std::string_view nearest_key(std::string_view key) {
    const auto& all = arch::parameters();
    // A bare last part ("psum_bits") is as near as its dotted key.
    const auto distance = [&](const arch::parameter& p) {
        const auto dot = p.key.rfind('.');
        const auto tail = dot == std::string_view::npos ? p.key : p.key.substr(dot + 1);
        return std::min(edit_distance(key, p.key), edit_distance(key, tail));
    };
    return std::min_element(all.begin(), all.end(),
                            [&](const auto& a, const auto& b) { return distance(a) < distance(b); })
        ->key;
}

configuration read_machine(const std::optional<std::filesystem::path>& file,
                           std::span<const std::string> settings) {
    configuration config;
    if (file) {
        read_file(config, *file);
    }
    for (const auto& setting : settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos) {
            throw machine_error(fmt::format("--set: '{}' expects key=value", setting));
        }
        assign(config, setting.substr(0, equals), setting.substr(equals + 1), "--set");
    }
    if (const auto wrong = arch::check(config.machine); !wrong.empty()) {
        throw machine_error(fmt::format("{}: {}", places(config, wrong), wrong));
    }
    return config;
}

}  // namespace eyeriss::platform
