#include "sims/inputs/mapping_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "firmware/compiler/emit_image.h"
#include "platform/nearest.h"
#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

using arch::mapping;

constexpr std::string_view loop_letters = "gnmecrs";
constexpr unsigned largest_factor = 65536;

/// A choice between two words; the first is what false means.
struct two_words {
    std::string_view key, no, yes;
    bool mapping::*field;
};
constexpr std::array choices{
    two_words{"weights", "compressed", "dense", &mapping::weight_dense},
    two_words{"iacts", "compressed", "dense", &mapping::iact_dense},
    two_words{"iact_buffer", "double", "single", &mapping::iact_single_buffer},
};

struct factor {
    std::string_view key;
    unsigned mapping::*field;
};
constexpr std::array factors{
    factor{"M0", &mapping::m0}, factor{"C0", &mapping::c0},
    factor{"S0", &mapping::s0}, factor{"c1", &mapping::c1},
    factor{"r1", &mapping::r1}, factor{"chain_clusters", &mapping::chain_clusters},
};

struct axis {
    std::string_view key;
    arch::split mapping::*field;
};
constexpr std::array axes{axis{"vertical", &mapping::vertical}, axis{"horizontal", &mapping::horizontal}};

struct axis_factor {
    std::string_view key;
    unsigned arch::split::*field;
};
constexpr std::array axis_factors{axis_factor{"g", &arch::split::g}, axis_factor{"n", &arch::split::n},
                                  axis_factor{"e", &arch::split::e}, axis_factor{"m", &arch::split::m}};

std::vector<std::string> mapping_keys() {
    std::vector<std::string> keys;
    keys.reserve(factors.size() + axes.size() + choices.size() + 1);
    for (const auto& f : factors) keys.emplace_back(f.key);
    for (const auto& a : axes) keys.emplace_back(a.key);
    keys.emplace_back("order");
    for (const auto& c : choices) keys.emplace_back(c.key);
    return keys;
}

std::string order_text(const mapping& map) {
    std::string text;
    for (const auto l : map.order) text += loop_letters[static_cast<std::size_t>(l)];
    return text;
}

class reader {
public:
    reader(std::string file, const arch::machine& m) : file_(std::move(file)), machine_(m) {}

    [[nodiscard]] mapping_file read(const YAML::Node& root) const {
        mapping_file out;
        for (const auto& [name, value] : entries(root, "the file expects layer names with mappings")) {
            out.places[name] = at(value.key);
            out.mappings[name] = layer(name, value.value);
        }
        return out;
    }

private:
    struct entry {
        YAML::Node key, value;
    };

    [[nodiscard]] std::string at(const YAML::Node& node) const {
        return fmt::format("{}:{}", file_, node.Mark().line + 1);
    }
    [[noreturn]] void refuse(const YAML::Node& node, const std::string& text) const {
        throw user_error(fmt::format("{}: {}", at(node), text));
    }

    /// The entries of a map, each key once.
    [[nodiscard]] std::vector<std::pair<std::string, entry>> entries(const YAML::Node& node,
                                                                     const std::string& expected) const {
        if (!node.IsMap()) refuse(node, expected);
        std::vector<std::pair<std::string, entry>> out;
        std::set<std::string> seen;
        for (const auto& e : node) {
            if (!e.first.IsScalar()) refuse(e.first, "a key must be a name");
            const auto& key = e.first.Scalar();
            if (!seen.insert(key).second) refuse(e.first, fmt::format("'{}' is given a second time", key));
            out.push_back({key, {e.first, e.second}});
        }
        return out;
    }

    [[nodiscard]] mapping layer(const std::string& name, const YAML::Node& node) const {
        mapping map;
        bool chain_given = false;
        for (const auto& [key, e] :
             entries(node, fmt::format("layer '{}' expects a mapping: keys with values", name))) {
            chain_given = chain_given || key == "chain_clusters";
            set(map, key, e);
        }
        if (!chain_given) {
            map.chain_clusters = (map.c1 * map.r1 + machine_.noc.pe_rows - 1) / machine_.noc.pe_rows;
        }
        return map;
    }

    void set(mapping& map, const std::string& key, const entry& e) const {
        for (const auto& f : factors) {
            if (key == f.key) {
                map.*f.field = number(key, e.value);
                return;
            }
        }
        for (const auto& a : axes) {
            if (key == a.key) {
                map.*a.field = split(key, e.value);
                return;
            }
        }
        for (const auto& c : choices) {
            if (key == c.key) {
                map.*c.field = choice(c, e.value);
                return;
            }
        }
        if (key == "order") {
            map.order = order(e.value);
            return;
        }
        const auto known = mapping_keys();
        refuse(e.key,
               fmt::format("unknown key '{}'; the nearest is '{}'", key, platform::nearest(key, known)));
    }

    [[nodiscard]] unsigned number(const std::string& key, const YAML::Node& node) const {
        unsigned value = 0;
        const std::string text = node.IsScalar() ? node.Scalar() : "";
        const auto* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (text.empty() || error != std::errc{} || stop != end || value == 0 || value > largest_factor) {
            refuse(node, fmt::format("{} expects a whole number from 1 to {}", key, largest_factor));
        }
        return value;
    }

    [[nodiscard]] arch::split split(const std::string& axis_key, const YAML::Node& node) const {
        arch::split out;
        std::vector<std::string> known;
        known.reserve(axis_factors.size());
        for (const auto& f : axis_factors) known.emplace_back(f.key);
        for (const auto& [key, e] :
             entries(node, fmt::format("{} expects factors, as in {{e: 2, m: 4}}", axis_key))) {
            bool found = false;
            for (const auto& f : axis_factors) {
                if (key != f.key) continue;
                out.*f.field = number(fmt::format("{}.{}", axis_key, key), e.value);
                found = true;
            }
            if (!found && (key == "c" || key == "r")) {
                refuse(e.key,
                       fmt::format("{} takes no '{}': reductions climb the vertical axis only, as c1 and r1",
                                   axis_key, key));
            }
            if (!found) {
                refuse(e.key, fmt::format("unknown factor '{}' of {}; the nearest is '{}'", key, axis_key,
                                          platform::nearest(key, known)));
            }
        }
        return out;
    }

    [[nodiscard]] bool choice(const two_words& words, const YAML::Node& node) const {
        const std::string text = node.IsScalar() ? node.Scalar() : "";
        if (text != words.no && text != words.yes) {
            refuse(node, fmt::format("{} is '{}': expects {} or {}", words.key, text, words.no, words.yes));
        }
        return text == words.yes;
    }

    [[nodiscard]] std::array<arch::loop, arch::loop_count> order(const YAML::Node& node) const {
        const std::string text = node.IsScalar() ? node.Scalar() : "";
        std::array<arch::loop, arch::loop_count> out{};
        std::set<char> seen(text.begin(), text.end());
        if (text.size() != out.size() || seen != std::set<char>(loop_letters.begin(), loop_letters.end())) {
            refuse(node,
                   fmt::format("order is '{}': expects each of the loops g n m e c r s once, as in gnemcrs",
                               text));
        }
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = static_cast<arch::loop>(loop_letters.find(text[i]));
        }
        return out;
    }

    std::string file_;
    const arch::machine& machine_;
};

std::string read_text(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) {
        throw user_error(fmt::format("--mapping {}: cannot be read; expects a YAML file", file.string()));
    }
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write(YAML::Emitter& out, const mapping& map) {
    out << YAML::BeginMap;
    for (const auto& f : factors) out << YAML::Key << std::string(f.key) << YAML::Value << map.*f.field;
    for (const auto& a : axes) {
        out << YAML::Key << std::string(a.key) << YAML::Value << YAML::Flow << YAML::BeginMap;
        for (const auto& f : axis_factors) {
            out << YAML::Key << std::string(f.key) << YAML::Value << map.*a.field.*f.field;
        }
        out << YAML::EndMap;
    }
    out << YAML::Key << "order" << YAML::Value << order_text(map);
    for (const auto& c : choices) {
        out << YAML::Key << std::string(c.key) << YAML::Value << std::string(map.*c.field ? c.yes : c.no);
    }
    out << YAML::EndMap;
}

}  // namespace

mapping_file read_mapping_file(const std::filesystem::path& file, const arch::machine& m) {
    YAML::Node root;
    try {
        root = YAML::Load(read_text(file));
    } catch (const YAML::Exception& error) {
        throw user_error(fmt::format("{}:{}: is no YAML: {}", file.string(), error.mark.line + 1, error.msg));
    }
    if (root.IsNull()) return {};
    return reader(file.string(), m).read(root);
}

void check_layer_names(const mapping_file& file, std::span<const std::string> layers) {
    for (const auto& [name, place] : file.places) {
        if (std::find(layers.begin(), layers.end(), name) != layers.end()) continue;
        throw user_error(fmt::format(
            "{}: the network has no CONV, depthwise or FC layer '{}'{}", place, name,
            layers.empty() ? "" : fmt::format("; the nearest is '{}'", platform::nearest(name, layers))));
    }
}

std::string mapping_text(const arch::mapping& map) {
    YAML::Emitter out;
    write(out, map);
    return std::string(out.c_str(), out.size()) + "\n";
}

std::map<std::string, arch::mapping> mappings_of(std::span<const std::uint8_t> image) {
    std::map<std::string, arch::mapping> out;
    const auto header = compiler::image_header(image);
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto layer = compiler::image_layer(image, i);
        if (layer.op != EYERISS_OP_ACCELERATOR) continue;
        out.emplace(compiler::image_name(image, layer.name_offset),
                    compiler::descriptor_mapping(compiler::image_descriptor(image, layer.descriptor_offset)));
    }
    return out;
}

std::string mappings_text(std::span<const std::uint8_t> image, std::string_view cost) {
    YAML::Emitter out;
    out << YAML::Comment(fmt::format("cost: {}", cost)) << YAML::Newline;
    out << YAML::BeginMap;
    const auto header = compiler::image_header(image);
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto layer = compiler::image_layer(image, i);
        if (layer.op != EYERISS_OP_ACCELERATOR) continue;
        out << YAML::Key << compiler::image_name(image, layer.name_offset) << YAML::Value;
        write(out, compiler::descriptor_mapping(compiler::image_descriptor(image, layer.descriptor_offset)));
    }
    out << YAML::EndMap;
    return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace eyeriss::sims
