#include "tests/oracle/onnxruntime.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace eyeriss::oracle {

namespace {

namespace fs = std::filesystem;

// A folder of its own that goes with it.
class scratch_folder {
public:
    scratch_folder() {
        std::string pattern = (fs::temp_directory_path() / "eyeriss-ort-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder " + pattern);
        path_ = pattern;
    }
    ~scratch_folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    [[nodiscard]] fs::path file(const std::string& name) const { return path_ / name; }

private:
    fs::path path_;
};

void write(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::vector<std::uint8_t> read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void add_outputs(onnx::ModelProto& model, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        auto& outputs = *model.mutable_graph()->mutable_output();
        const bool there = std::any_of(outputs.begin(), outputs.end(),
                                       [&](const auto& each) { return each.name() == name; });
        if (!there) outputs.Add()->set_name(name);
    }
}

}  // namespace

std::vector<onnxruntime_result> run_onnxruntime(std::span<const onnxruntime_case> cases) {
    const scratch_folder folder;
    nlohmann::json list = nlohmann::json::array();
    const auto file = [&](std::size_t i, const std::string& what) {
        return folder.file(std::to_string(i) + "-" + what).string();
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        onnx::ModelProto model = cases[i].model;
        add_outputs(model, cases[i].outputs);
        write(file(i, "model.onnx"), model.SerializeAsString());
        write(file(i, "input"), std::string(cases[i].input.begin(), cases[i].input.end()));
        nlohmann::json outputs = nlohmann::json::array();
        for (std::size_t k = 0; k < cases[i].outputs.size(); ++k) {
            outputs.push_back({{"name", cases[i].outputs[k]}, {"file", file(i, std::to_string(k))}});
        }
        list.push_back(
            {{"model", file(i, "model.onnx")},
             {"input",
              {{"file", file(i, "input")}, {"type", cases[i].input_type}, {"dims", cases[i].input_dims}}},
             {"outputs", outputs}});
    }
    write(folder.file("cases.json"), list.dump());
    const std::string log = folder.file("log").string();
    const std::string command = std::string(EYERISS_NODE) + " '" + EYERISS_RUN_ONNX + "' '" +
                                folder.file("cases.json").string() + "' '" + EYERISS_NODE_MODULES + "' 2>'" +
                                log + "'";
    if (std::system(command.c_str()) != 0) {
        const auto said = read(log);
        throw std::runtime_error("ONNX Runtime: " + std::string(said.begin(), said.end()));
    }
    std::vector<onnxruntime_result> results(cases.size());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        for (std::size_t k = 0; k < cases[i].outputs.size(); ++k) {
            results[i][cases[i].outputs[k]] = read(file(i, std::to_string(k)));
        }
    }
    return results;
}

}  // namespace eyeriss::oracle
