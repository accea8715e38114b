#include "sims/inputs/energy_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "platform/nearest.h"
#include "sims/inputs/places.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

using energy::action;
using energy::action_cost;

class table_reader {
public:
    explicit table_reader(std::string file) : file_(std::move(file)) {}

    energy::cost_table read(const YAML::Node& root) const {
        energy::cost_table table;
        check_keys(root, "the table", {"name", "mac16_pj", "actions"});
        table.name = text(need(root, "name", "the table"), "name");
        const auto scale = need(root, "mac16_pj", "the table");
        check_keys(scale, "mac16_pj", {"value", "standing", "source"});
        table.mac16_picojoules = number(need(scale, "value", "mac16_pj"), "mac16_pj");
        table.scale_source = text(need(scale, "source", "mac16_pj"), "source");
        read_actions(need(root, "actions", "the table"), table);
        return table;
    }

private:
    [[noreturn]] void fail(const YAML::Node& where, const std::string& what) const {
        throw user_error(fmt::format("{}:{}: {}", file_, where.Mark().line + 1, what));
    }

    YAML::Node need(const YAML::Node& map, const char* key, std::string_view name) const {
        auto node = map[key];
        if (!node) {
            fail(map, fmt::format("{} lacks key '{}'", name, key));
        }
        return node;
    }

    std::string text(const YAML::Node& node, std::string_view key) const {
        if (!node.IsScalar()) {
            fail(node, fmt::format("{} expects a text", key));
        }
        return node.Scalar();
    }

    double number(const YAML::Node& node, std::string_view key) const {
        double value = 0;
        if (!node.IsScalar() || !YAML::convert<double>::decode(node, value) || !std::isfinite(value)) {
            fail(node, fmt::format("{} expects a number", key));
        }
        if (value < 0) {
            fail(node, fmt::format("{} is {}; expects 0 or more", key, node.Scalar()));
        }
        return value;
    }

    /// Every key of a map is one of `known`, and stands once.
    void check_keys(const YAML::Node& map, std::string_view name, const std::vector<std::string>& known,
                    std::string_view kind = "key") const {
        if (!map.IsMap()) {
            fail(map, fmt::format("{} expects keys with values", name));
        }
        std::set<std::string> seen;
        for (const auto& entry : map) {
            const auto key = text(entry.first, "a key");
            if (std::find(known.begin(), known.end(), key) == known.end()) {
                fail(entry.first, fmt::format("unknown {} '{}' in {}; the nearest known one is '{}'", kind,
                                              key, name, platform::nearest(key, known)));
            }
            if (!seen.insert(key).second) {
                fail(entry.first, fmt::format("{} '{}' stands a second time", kind, key));
            }
        }
    }

    void read_actions(const YAML::Node& actions, energy::cost_table& table) const {
        std::vector<std::string> known;
        energy::for_each_action([&](action a) { known.emplace_back(energy::info(a).key); });
        check_keys(actions, "actions", known, "action");
        for (const auto& key : known) {
            const auto node = actions[key];
            if (!node) {
                fail(actions,
                     fmt::format("action '{}' is missing; expects pj or relative for each action", key));
            }
            // find_action knows the keys that it was asked for.
            table.costs[*energy::find_action(key)] = read_cost(node, key);
        }
    }

    action_cost read_cost(const YAML::Node& node, const std::string& key) const {
        check_keys(node, key, {"pj", "relative", "scaling", "bits", "bytes", "standing", "source"});
        action_cost cost;
        cost.standing = text(need(node, "standing", key), "standing");
        cost.source = text(need(node, "source", key), "source");
        if (node["pj"]) {
            if (node["relative"]) {
                fail(node, fmt::format("{} has pj and relative; expects one of them", key));
            }
            cost.picojoules = number(node["pj"], fmt::format("{}: pj", key));
            return cost;
        }
        cost.relative = number(need(node, "relative", key), fmt::format("{}: relative", key));
        cost.grows = read_scaling(need(node, "scaling", key), key);
        if (cost.grows != energy::scaling::fixed) {
            cost.bits = positive(need(node, "bits", key), fmt::format("{}: bits", key));
        }
        if (cost.grows == energy::scaling::storage) {
            cost.bytes = positive(need(node, "bytes", key), fmt::format("{}: bytes", key));
        }
        return cost;
    }

    double positive(const YAML::Node& node, std::string_view key) const {
        const double value = number(node, key);
        if (value == 0) {
            fail(node, fmt::format("{} is 0; expects more", key));
        }
        return value;
    }

    energy::scaling read_scaling(const YAML::Node& node, const std::string& key) const {
        const auto name = text(node, "scaling");
        const auto& names = energy::scaling_names;
        const auto* found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            fail(node,
                 fmt::format("{}: scaling is '{}'; expects one of {}", key, name, fmt::join(names, ", ")));
        }
        return static_cast<energy::scaling>(found - names.begin());
    }

    std::string file_;
};

}  // namespace

energy::cost_table read_energy_table(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) {
        throw user_error(fmt::format("{}: cannot be read; expects an energy table in YAML", file.string()));
    }
    std::ostringstream text;
    text << in.rdbuf();
    try {
        return table_reader(file.string()).read(YAML::Load(text.str()));
    } catch (const YAML::Exception& wrong) {
        throw user_error(fmt::format("{}:{}: is no YAML: {}", file.string(), wrong.mark.line + 1, wrong.msg));
    }
}

energy::energy_table energy_table_for(const std::filesystem::path& file, const arch::machine& m) {
    return energy::resolve(read_energy_table(file.empty() ? default_energy_file() : file), m);
}

}  // namespace eyeriss::sims
