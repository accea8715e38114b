#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Small ONNX models for tests.
namespace eyeriss::test {

using dims = std::vector<std::int64_t>;

class onnx_builder {
public:
    explicit onnx_builder(const std::string& name, int opset = 13);

    /// type: "float", "uint8", "int8" or "int32". A dimension of -1 is symbolic.
    void input(const std::string& name, const std::string& type, const dims&);
    void output(const std::string& name, const std::string& type, const dims& = {});
    /// Initialisers; each returns its name.
    std::string constant(const std::string& name, const std::vector<float>&, const dims&);
    std::string constant(const std::string& name, const std::vector<std::uint8_t>&, const dims&);
    std::string constant(const std::string& name, const std::vector<std::int8_t>&, const dims&);
    std::string constant(const std::string& name, const std::vector<std::int32_t>&, const dims&);
    std::string constant(const std::string& name, const std::vector<std::int64_t>&, const dims&);
    std::string scalar(const std::string& name, float value);
    std::string scalar(const std::string& name, std::uint8_t value);
    std::string scalar(const std::string& name, std::int8_t value);

    /// A node with one output; com.microsoft's operators get their domain. Returns it for set().
    onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                          const std::string& output);

    [[nodiscard]] onnx::ModelProto& model() { return model_; }
    void save(const std::filesystem::path&) const;

private:
    onnx::TensorProto& tensor(const std::string& name, int type, const dims&, const void* data, std::size_t);
    onnx::ModelProto model_;
};

void set(onnx::NodeProto&, const std::string& attribute, std::int64_t);
void set(onnx::NodeProto&, const std::string& attribute, const dims&);
void set(onnx::NodeProto&, const std::string& attribute, const std::string&);
void set(onnx::NodeProto&, const std::string& attribute, float);

}  // namespace eyeriss::test
