#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "firmware/compiler/compile_error.h"
#include "firmware/compiler/graph.h"
#include "firmware/compiler/noc_routes.h"
#include "models/abi/descriptor.h"
#include "models/abi/image.h"
#include "models/arch/layer_descriptor.h"
#include "models/arch/mapping.h"
#include "models/csc/feature_map.h"

/// Image files: writing them, checking them, and putting feature maps into and out of their memory. The
/// layout is that of models/abi/image.h. All offsets count from the start of the image.
namespace eyeriss::compiler {

/// How accumulators become bytes: ONNX Runtime's float32 rule, or a Q31 multiplier and a shift.
enum class requant_rule : std::uint8_t { float32, fixed };

/// A layer of the graph with what was decided about it; only accelerator layers have a mapping.
struct mapped_layer {
    std::size_t layer = 0;  ///< index in graph::layers
    std::string name;
    arch::mapping map;
    noc_routes routes;
};

/// Writes the image of a graph whose conv layers all have an entry in `mapped`, in order.
///
/// Weight tiles lie as tiling::segment_tiles orders them; a tile is m_count x (c_count*s_count) with column
/// s*c_count + c, so a tile at the layer's edge is not padded, and a tile outside the layer is two zero
/// bytes. Throws compile_error when the graph is not consistent, a scale does not fit the rule, or the image
/// exceeds the machine's DRAM.
[[nodiscard]] std::vector<std::uint8_t> emit_image(const graph& g, const arch::machine& m,
                                                   std::span<const mapped_layer> mapped, requant_rule rule);

/// Layout of a layer's input that no other layer writes or reads: what plan_layouts gives such a tensor.
[[nodiscard]] csc::map_layout input_layout(const arch::layer_shape& shape, const arch::mapping& map,
                                           const arch::machine& m);

/// Layouts of all tensors of a graph: formats from dtype and machine; blocks so that every pass of the
/// producer writes whole units and those of the consumers read little that they do not need.
[[nodiscard]] std::vector<csc::map_layout> plan_layouts(const graph& g, const arch::machine& m,
                                                        std::span<const mapped_layer> mapped);

/// Structural check of an image file: magic, version, sizes, every offset and index, every CRC, and nothing
/// but zeros between the parts, so that any flipped bit is found. Returns an empty string, or one line that
/// names the part and what is wrong with it.
[[nodiscard]] std::string verify_image(std::span<const std::uint8_t> image);

/// Read access to the parts of an image that verify_image accepted. Index errors throw std::out_of_range.
[[nodiscard]] eyeriss_image_header image_header(std::span<const std::uint8_t> image);
[[nodiscard]] eyeriss_image_tensor image_tensor(std::span<const std::uint8_t> image, unsigned index);
[[nodiscard]] eyeriss_image_layer image_layer(std::span<const std::uint8_t> image, unsigned index);
[[nodiscard]] eyeriss_descriptor image_descriptor(std::span<const std::uint8_t> image, std::uint32_t offset);
/// Entry of a descriptor's table of weight segments.
[[nodiscard]] eyeriss_weight_segment weight_segment(std::span<const std::uint8_t> image,
                                                    const eyeriss_descriptor& d, std::uint32_t index);
/// A NUL-terminated name.
[[nodiscard]] std::string image_name(std::span<const std::uint8_t> image, std::uint32_t offset);

using arch::descriptor_mapping;
using arch::descriptor_shape;

/// Layout of a tensor of an image.
[[nodiscard]] csc::map_layout tensor_layout(const eyeriss_image_tensor& t);

/// Bytes to write into the image's memory.
struct patch {
    std::uint32_t offset = 0;
    std::vector<std::uint8_t> bytes;
};

/// The network input as it must lie in memory: data, and the length table if it is compressed. `nchw` holds
/// one byte a value. Throws compile_error when its size is not the input tensor's.
[[nodiscard]] std::vector<patch> encode_input(std::span<const std::uint8_t> image,
                                              std::span<const std::uint8_t> nchw);

/// Copies memory of the loaded image, from an offset into it.
using memory_reader = std::function<void(std::uint32_t offset, std::span<std::uint8_t> out)>;

/// A tensor's values in NCHW order out of the memory of a loaded image: one byte each, or four little-endian
/// ones for accumulators. Throws compile_error naming the unit that does not decode.
[[nodiscard]] std::vector<std::uint8_t> decode_tensor(const memory_reader& read,
                                                      const eyeriss_image_tensor& t);

}  // namespace eyeriss::compiler
