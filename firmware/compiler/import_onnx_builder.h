#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "firmware/compiler/graph.h"
#include "firmware/compiler/quantise.h"

/// The half of the importer that knows no ONNX: it grows a graph from quantised maps and from real-valued
/// results that wait to be quantised.
namespace eyeriss::compiler {

/// Dimensions as the file sees a map; a matrix [n, c] has h = w = 1.
struct map_dims {
    unsigned n = 1, c = 1, h = 1, w = 1;
    bool matrix = false;
    [[nodiscard]] std::size_t elements() const { return std::size_t{n} * c * h * w; }
    [[nodiscard]] bool same_map(const map_dims& b) const {
        return n == b.n && c == b.c && h == b.h && w == b.w;
    }
    /// "1x3x8x8", "1x10".
    [[nodiscard]] std::string text() const;
};
[[nodiscard]] map_dims dims_of(const tensor&);

/// Elements that a feature map may have; a larger one could not lie in the platform's DRAM.
inline constexpr std::int64_t largest_tensor = std::int64_t{1} << 28;

/// A quantised map under the file's dimensions, which a Flatten or Reshape may have made other than the
/// tensor's own.
struct map_view {
    tensor_id id = 0;
    map_dims dims;
};

/// A quantised map with the numbers that its reader takes it to stand for.
struct dequantised_view {
    map_view map;
    quantisation as;
};

struct conv_spec {
    map_view map;
    quantisation as;
    arch::layer_shape shape;
    std::vector<std::int8_t> weights;
    std::vector<float> weight_scale;  ///< per output channel
    std::vector<std::int32_t> bias;   ///< per output channel, in units of input scale * weight scale
};
struct pool_spec {
    dequantised_view from;
    pool_op op;  ///< factor not set yet
};
struct add_spec {
    dequantised_view a, b;
};
struct concat_spec {
    std::vector<dequantised_view> from;
};
struct softmax_spec {
    dequantised_view from;
};

/// A real-valued result: what is computed, then clamped, then waits for QuantizeLinear.
struct real_value {
    std::string name;  ///< of the layer that it will be
    std::variant<dequantised_view, std::shared_ptr<const conv_spec>, pool_spec, add_spec, concat_spec,
                 softmax_spec>
        what;
    map_dims made;  ///< dimensions that the operator makes
    map_dims dims;  ///< as the file sees them by now
    real_interval clamp;
};

class network_builder {
public:
    explicit network_builder(std::string name) { net_.name = std::move(name); }

    /// A graph input that carries bytes whose quantisation its first reader names.
    map_view add_input(const std::string& name, const map_dims&, dtype);
    map_view add_input(const std::string& name, const map_dims&, const quantisation&);

    [[nodiscard]] const tensor& of(const map_view& view) const { return net_.tensors[view.id]; }
    /// The tensor's quantisation, whether or not it is known yet.
    [[nodiscard]] quantisation quantisation_in(const map_view& view) const {
        return quantisation_of(of(view));
    }
    /// Takes the map to be quantised so; false where its zero point or type is known to be another.
    [[nodiscard]] bool agree(const map_view&, const quantisation&);

    /// Makes the layers that compute a real value and quantise it. Throws std::domain_error (a factor out of
    /// range) or std::invalid_argument (a folded bias that does not fit 32 bits).
    map_view quantise(const real_value&, const std::string& output, const quantisation&);
    /// A conv whose output is its 32-bit sums. Errors as above.
    map_view accumulate(const conv_spec&, const std::string& layer, const std::string& output);
    /// Pooling or concatenation of stored bytes that keeps their quantisation.
    map_view max_pool(const std::string& layer, const std::string& output, const map_view&, const pool_op&,
                      const map_dims& made);
    map_view concat(const std::string& layer, const std::string& output, const std::vector<map_view>&,
                    const map_dims& made);

    /// Ends the graph at this map; layers and tensors that do not lead there are dropped, with a note.
    [[nodiscard]] graph finish(const map_view& output);

private:
    tensor_id add_tensor(const std::string& name, const map_dims&, const quantisation&, bool known);
    void add_layer(const std::string& name, std::vector<tensor_id> inputs, tensor_id output, operation op);
    // The map as a tensor of exactly these dimensions: itself, or through a reshape layer.
    tensor_id plain(const map_view&);
    // As plain(), but a flattened map that the conv's window takes whole stays as it is.
    tensor_id conv_input(const conv_spec&);
    conv_op folded(const conv_spec&, const std::string& layer);

    tensor_id emit(const dequantised_view&, const real_value&, const std::string& output,
                   const quantisation&);
    tensor_id emit(const std::shared_ptr<const conv_spec>&, const real_value&, const std::string& output,
                   const quantisation&);
    tensor_id emit(const pool_spec&, const real_value&, const std::string& output, const quantisation&);
    tensor_id emit(const add_spec&, const real_value&, const std::string& output, const quantisation&);
    tensor_id emit(const concat_spec&, const real_value&, const std::string& output, const quantisation&);
    tensor_id emit(const softmax_spec&, const real_value&, const std::string& output, const quantisation&);
    // A table layer after a layer that cannot clamp or rescale itself.
    tensor_id emit_table(tensor_id from, const quantisation& as, const real_value&, const std::string& output,
                         const quantisation&);

    graph net_;
    std::vector<bool> known_;
};

}  // namespace eyeriss::compiler
