#include "platform/faults/fault_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "models/faults/fault_text.h"

namespace eyeriss::platform {
namespace {

[[noreturn]] void refuse(const std::string& name, const YAML::Mark& mark, const std::string& what) {
    throw std::invalid_argument(mark.is_null() ? fmt::format("{}: {}", name, what)
                                               : fmt::format("{}:{}: {}", name, mark.line + 1, what));
}

faults::fault read_entry(const YAML::Node& entry, const std::string& name) {
    if (entry.IsScalar()) return faults::parse_fault(entry.Scalar());
    if (!entry.IsMap()) refuse(name, entry.Mark(), "expects a fault as a text or as a map");
    std::string kind;
    std::vector<faults::setting> settings;
    for (const auto& item : entry) {
        if (!item.second.IsScalar()) {
            refuse(name, item.second.Mark(), fmt::format("{}: expects one value", item.first.Scalar()));
        }
        if (item.first.Scalar() == "fault") {
            kind = item.second.Scalar();
        } else {
            settings.emplace_back(item.first.Scalar(), item.second.Scalar());
        }
    }
    if (kind.empty()) refuse(name, entry.Mark(), "expects a key 'fault' that names the kind");
    return faults::make_fault(kind, settings);
}

}  // namespace

std::vector<faults::fault> read_faults(const std::string& text, const std::string& name) {
    YAML::Node root;
    try {
        root = YAML::Load(text);
    } catch (const YAML::Exception& e) {
        refuse(name, e.mark, e.msg);
    }
    if (!root.IsMap() || root.size() != 1 || !root["faults"] || !root["faults"].IsSequence()) {
        refuse(name, root.Mark(), "expects one key, 'faults', with a list");
    }
    std::vector<faults::fault> list;
    for (const auto& entry : root["faults"]) {
        try {
            list.push_back(read_entry(entry, name));
        } catch (const std::invalid_argument& e) {
            const std::string what = e.what();
            if (what.starts_with(name + ":")) throw;
            refuse(name, entry.Mark(), what);
        }
    }
    return list;
}

std::vector<faults::fault> read_fault_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::invalid_argument(fmt::format("{}: cannot be read", path.string()));
    return read_faults({std::istreambuf_iterator<char>(file), {}}, path.string());
}

}  // namespace eyeriss::platform
