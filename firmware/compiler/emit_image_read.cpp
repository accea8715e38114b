#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#include "firmware/compiler/emit_image.h"

namespace eyeriss::compiler {

namespace {

constexpr std::size_t accumulator_bytes = 4;

template <typename T>
T read_struct(std::span<const std::uint8_t> image, std::size_t offset) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (offset > image.size() || image.size() - offset < sizeof(T)) {
        throw std::out_of_range(
            fmt::format("offset {:#x} lies outside the image of {} bytes", offset, image.size()));
    }
    T value;
    std::memcpy(&value, image.data() + offset, sizeof(T));
    return value;
}

/// Units of raw accumulators to NCHW order.
std::vector<std::uint8_t> reorder_accumulators(const csc::map_layout& layout,
                                               std::span<const std::uint8_t> data) {
    const std::size_t values = std::size_t{layout.batch} * layout.channels * layout.height * layout.width;
    std::vector<std::uint8_t> nchw(values * accumulator_bytes);
    auto out = nchw.begin();
    for (unsigned n = 0; n < layout.batch; ++n) {
        for (unsigned channel = 0; channel < layout.channels; ++channel) {
            const unsigned block = channel / layout.block_channels;
            const unsigned width = layout.channels_in(block);
            for (unsigned y = 0; y < layout.height; ++y) {
                const std::size_t unit = layout.unit_index(n, block, y) * layout.unit_stride_bytes();
                for (unsigned x = 0; x < layout.width; ++x) {
                    const std::size_t value = std::size_t{x} * width + channel % layout.block_channels;
                    const auto from = data.subspan(unit + value * accumulator_bytes, accumulator_bytes);
                    out = std::copy(from.begin(), from.end(), out);
                }
            }
        }
    }
    return nchw;
}

}  // namespace

eyeriss_image_header image_header(std::span<const std::uint8_t> image) {
    return read_struct<eyeriss_image_header>(image, 0);
}

eyeriss_image_tensor image_tensor(std::span<const std::uint8_t> image, unsigned index) {
    const auto header = image_header(image);
    if (index >= header.tensor_count) {
        throw std::out_of_range(fmt::format("tensor {} of an image with {}", index, header.tensor_count));
    }
    return read_struct<eyeriss_image_tensor>(
        image, header.tensor_table_offset + std::size_t{index} * sizeof(eyeriss_image_tensor));
}

eyeriss_image_layer image_layer(std::span<const std::uint8_t> image, unsigned index) {
    const auto header = image_header(image);
    if (index >= header.layer_count) {
        throw std::out_of_range(fmt::format("layer {} of an image with {}", index, header.layer_count));
    }
    return read_struct<eyeriss_image_layer>(
        image, header.layer_table_offset + std::size_t{index} * sizeof(eyeriss_image_layer));
}

eyeriss_descriptor image_descriptor(std::span<const std::uint8_t> image, std::uint32_t offset) {
    return read_struct<eyeriss_descriptor>(image, offset);
}

eyeriss_weight_segment weight_segment(std::span<const std::uint8_t> image, const eyeriss_descriptor& d,
                                      std::uint32_t index) {
    if (index >= d.weight_segments) {
        throw std::out_of_range(fmt::format("weight segment {} of {}", index, d.weight_segments));
    }
    return read_struct<eyeriss_weight_segment>(
        image, d.weight_table_offset + std::size_t{index} * sizeof(eyeriss_weight_segment));
}

std::string image_name(std::span<const std::uint8_t> image, std::uint32_t offset) {
    if (offset >= image.size()) throw std::out_of_range(fmt::format("name at {:#x}", offset));
    const auto rest = image.subspan(offset);
    return {rest.begin(), std::find(rest.begin(), rest.end(), 0)};
}

csc::map_layout tensor_layout(const eyeriss_image_tensor& t) {
    return {t.batch, t.channels, t.height, t.width, t.block_channels, static_cast<csc::map_format>(t.format)};
}

std::vector<patch> encode_input(std::span<const std::uint8_t> image, std::span<const std::uint8_t> nchw) {
    const auto t = image_tensor(image, image_header(image).input_tensor);
    const auto layout = tensor_layout(t);
    const std::size_t values = std::size_t{t.batch} * t.channels * t.height * t.width;
    if (nchw.size() != values) {
        throw compile_error(fmt::format("input: {} bytes where the network takes {}x{}x{}x{} = {}",
                                        nchw.size(), t.batch, t.channels, t.height, t.width, values));
    }
    auto map = csc::encode_map(layout, nchw);
    std::vector<patch> patches;
    patches.push_back({t.data_offset, std::move(map.data)});
    if (!map.table.empty()) patches.push_back({t.table_offset, std::move(map.table)});
    return patches;
}

std::vector<std::uint8_t> decode_tensor(const memory_reader& read, const eyeriss_image_tensor& t) {
    const auto layout = tensor_layout(t);
    std::vector<std::uint8_t> data(layout.data_bytes());
    std::vector<std::uint8_t> table(layout.table_bytes());
    read(t.data_offset, data);
    if (!table.empty()) read(t.table_offset, table);
    if (layout.format == csc::map_format::raw32) return reorder_accumulators(layout, data);
    std::vector<std::uint8_t> nchw(std::size_t{t.batch} * t.channels * t.height * t.width);
    if (const auto wrong = csc::decode_map(layout, data, table, nchw); !wrong.empty()) {
        throw compile_error(fmt::format("tensor of {}x{}x{}x{} at {:#x}: {}", t.batch, t.channels, t.height,
                                        t.width, t.data_offset, wrong));
    }
    return nchw;
}

}  // namespace eyeriss::compiler
