#pragma once

#include <filesystem>
#include <stdexcept>

#include "firmware/compiler/graph.h"

namespace onnx {
class ModelProto;
}

/// Reads quantised ONNX networks (opset 10..17) into a graph.
///
/// Both conventions, also mixed: quantised operators (QLinearConv, QLinearMatMul, ConvInteger, MatMulInteger,
/// and com.microsoft's QGemm, QLinearAdd, QLinearConcat, QLinearAveragePool, QLinearGlobalAveragePool,
/// QLinearSoftmax), and QDQ: DequantizeLinear, a floating-point operator, QuantizeLinear (Conv, Gemm, MatMul,
/// Add, Concat, Relu, Clip, MaxPool, AveragePool, GlobalAveragePool, ReduceMean over both image axes,
/// Softmax). Flatten, Reshape, Squeeze, Unsqueeze, Identity and Dropout are looked through.
///
/// What becomes of things:
///   activations   u8 or i8, any zero point, one scale a tensor
///   weights       i8 with zero point 0, or u8 with zero point 128 (moved by 128); scale per tensor or per
///                 output channel
///   requantiser   scale[m] = float32(float32(xs * ws[m]) / ys), ONNX Runtime's order
///   zero point    a conv's input zero point zx is folded: bias[m] - zx * (sum of m's weights); padding
///   counts
///                 as zx; graph.notes says so, since stored zeros are then not the real zero
///   bias          int32 in units of xs * ws[m]; a floating-point bias is rounded to them, half to even
///   Flatten + FC  becomes a conv whose window is the whole map (R = H, S = W), no reshape
///   Relu, Clip    become the clip interval of the layer before, or a table
///   boundary      a leading QuantizeLinear and a trailing DequantizeLinear are left outside: input and
///   output
///                 of the graph are the quantised tensors; a Softmax that nothing quantises gets 1/256, u8
///   batch         a symbolic batch becomes 1
namespace eyeriss::compiler {

/// One line: the node (name and operator) or tensor, what was found, what is supported.
class import_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws import_error, also where the file cannot be read or is not a whole ONNX model.
[[nodiscard]] graph import_onnx(const std::filesystem::path&);
[[nodiscard]] graph import_onnx(const onnx::ModelProto&);

}  // namespace eyeriss::compiler
