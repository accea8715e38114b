#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/emit_image_weights.h"
#include "models/abi/registers.h"

namespace eyeriss::compiler {

namespace {

constexpr std::size_t header_covered = offsetof(eyeriss_image_header, header_crc32) + sizeof(std::uint32_t);
constexpr std::size_t descriptor_covered = offsetof(eyeriss_descriptor, crc32) + sizeof(std::uint32_t);
constexpr std::uint64_t byte_table = 256;
constexpr std::uint64_t word_table = 1024;

/// The checks of verify_image from the outside in; each returns its complaint or nothing and relies on those
/// before it.
class verifier {
public:
    explicit verifier(std::span<const std::uint8_t> image) : image_(image) {}

    [[nodiscard]] std::string run() {
        if (auto wrong = header(); !wrong.empty()) return "image header: " + wrong;
        for (unsigned i = 0; i < header_.tensor_count; ++i) {
            if (auto wrong = tensor(image_tensor(image_, i)); !wrong.empty()) {
                return fmt::format("tensor {}: {}", i, wrong);
            }
        }
        for (unsigned i = 0; i < header_.layer_count; ++i) {
            if (auto wrong = layer(i, image_layer(image_, i)); !wrong.empty()) {
                return fmt::format("layer {}: {}", i, wrong);
            }
        }
        return gaps();
    }

private:
    [[nodiscard]] bool in_file(std::uint64_t offset, std::uint64_t bytes) const {
        return offset + bytes <= header_.file_bytes;
    }
    [[nodiscard]] bool in_front(std::uint64_t offset, std::uint64_t bytes) const {
        return offset + bytes <= header_.payload_offset;
    }
    [[nodiscard]] bool in_arena(std::uint64_t offset, std::uint64_t bytes) const {
        return offset >= header_.file_bytes && offset + bytes <= header_.memory_bytes;
    }
    [[nodiscard]] std::uint32_t crc(std::size_t offset, std::size_t bytes) const {
        return crc32_of(image_.subspan(offset, bytes));
    }

    [[nodiscard]] std::string header() {
        if (image_.size() < sizeof(header_)) {
            return fmt::format("{} bytes are no image; its header alone has {}", image_.size(),
                               sizeof(header_));
        }
        header_ = image_header(image_);
        if (header_.magic != EYERISS_IMAGE_MAGIC) return fmt::format("magic {:#010x}", header_.magic);
        if (header_.version != EYERISS_IMAGE_VERSION) {
            return fmt::format("version {} where {} is known", header_.version, EYERISS_IMAGE_VERSION);
        }
        if (header_.header_bytes != sizeof(header_)) {
            return fmt::format("header_bytes {} where {} is right", header_.header_bytes, sizeof(header_));
        }
        if (header_.file_bytes != image_.size()) {
            return fmt::format("{} bytes where file_bytes says {}", image_.size(), header_.file_bytes);
        }
        if (header_.payload_offset < sizeof(header_) || header_.payload_offset > header_.file_bytes ||
            header_.memory_bytes < header_.file_bytes) {
            return "payload_offset, file_bytes and memory_bytes must follow each other";
        }
        const auto sum = crc(header_covered, header_.payload_offset - header_covered);
        if (sum != header_.header_crc32) {
            return fmt::format("CRC-32 {:#010x} where header_crc32 says {:#010x}", sum, header_.header_crc32);
        }
        return tables();
    }

    [[nodiscard]] std::string tables() const {
        const std::uint64_t tensors = std::uint64_t{header_.tensor_count} * sizeof(eyeriss_image_tensor);
        const std::uint64_t layers = std::uint64_t{header_.layer_count} * sizeof(eyeriss_image_layer);
        if (!in_front(header_.tensor_table_offset, tensors)) return "the tensor table passes the payload";
        if (!in_front(header_.layer_table_offset, layers)) return "the layer table passes the payload";
        if (!name_ends(header_.name_offset)) return "the network's name passes the payload";
        if (header_.input_tensor >= header_.tensor_count || header_.output_tensor >= header_.tensor_count) {
            return fmt::format("input or output is none of the {} tensors", header_.tensor_count);
        }
        return {};
    }

    [[nodiscard]] bool name_ends(std::uint32_t offset) const {
        if (offset >= header_.payload_offset) return false;
        const auto rest = image_.subspan(offset, header_.payload_offset - offset);
        return std::find(rest.begin(), rest.end(), 0) != rest.end();
    }

    [[nodiscard]] std::string tensor(const eyeriss_image_tensor& t) const {
        for (const std::uint32_t extent : {t.batch, t.channels, t.height, t.width, t.block_channels}) {
            if (extent == 0 || extent > EYERISS_MAX_DIM) return fmt::format("an extent of {}", extent);
        }
        if (t.dtype > EYERISS_DTYPE_I32) return fmt::format("dtype {} is not known", t.dtype);
        if (t.format > EYERISS_FORMAT_RAW32) return fmt::format("format {} is not known", t.format);
        if ((t.dtype == EYERISS_DTYPE_I32) != (t.format == EYERISS_FORMAT_RAW32)) {
            return fmt::format("dtype {} does not go with format {}", t.dtype, t.format);
        }
        const auto layout = tensor_layout(t);
        if (t.format == EYERISS_FORMAT_CSC && layout.unit_values(0) > UINT16_MAX) {
            return fmt::format("units of {} values; the length table has 16 bits", layout.unit_values(0));
        }
        if (t.unit_stride_bytes != layout.unit_stride_bytes()) {
            return fmt::format("unit_stride_bytes {} where {} is right", t.unit_stride_bytes,
                               layout.unit_stride_bytes());
        }
        if (!in_arena(t.data_offset, layout.data_bytes()) ||
            (layout.table_bytes() > 0 && !in_arena(t.table_offset, layout.table_bytes()))) {
            return "data or table do not lie between file_bytes and memory_bytes";
        }
        return {};
    }

    [[nodiscard]] std::string layer(unsigned index, const eyeriss_image_layer& l) {
        if (l.op > EYERISS_OP_RESHAPE) return fmt::format("op {} is not known", l.op);
        if (!name_ends(l.name_offset)) return "its name passes the payload";
        if (l.input_count == 0 || l.input_count > EYERISS_MAX_INPUTS) {
            return fmt::format("{} inputs; a layer has 1 to {}", l.input_count, EYERISS_MAX_INPUTS);
        }
        for (unsigned i = 0; i < l.input_count; ++i) {
            if (l.inputs[i] >= header_.tensor_count) return fmt::format("input tensor {}", l.inputs[i]);
        }
        if (l.output >= header_.tensor_count) return fmt::format("output tensor {}", l.output);
        if (l.op == EYERISS_OP_ACCELERATOR) return descriptor(index, l);
        return host_table(l);
    }

    [[nodiscard]] std::string host_table(const eyeriss_image_layer& l) const {
        const std::uint64_t bytes = l.op == EYERISS_OP_CONCAT    ? byte_table * l.input_count
                                    : l.op == EYERISS_OP_REQUANT ? byte_table
                                    : l.op == EYERISS_OP_SOFTMAX ? word_table
                                                                 : 0;
        if (bytes > 0 && !in_front(l.params.table.table_offset, bytes)) return "its table passes the payload";
        return {};
    }

    [[nodiscard]] std::string descriptor(unsigned index, const eyeriss_image_layer& l) {
        if (!in_front(l.descriptor_offset, sizeof(eyeriss_descriptor)))
            return "its descriptor passes the payload";
        const auto d = image_descriptor(image_, l.descriptor_offset);
        if (d.magic != EYERISS_DESC_MAGIC) return fmt::format("descriptor magic {:#010x}", d.magic);
        if (d.version != EYERISS_ABI_VERSION) return fmt::format("descriptor version {}", d.version);
        if (d.layer_index != index) return fmt::format("descriptor of layer {}", d.layer_index);
        if (d.total_bytes < sizeof(d) || !in_front(l.descriptor_offset, d.total_bytes)) {
            return fmt::format("descriptor of {} bytes", d.total_bytes);
        }
        const auto sum = crc(l.descriptor_offset + descriptor_covered, d.total_bytes - descriptor_covered);
        if (sum != d.crc32) return fmt::format("descriptor CRC-32 {:#010x}, not {:#010x}", sum, d.crc32);
        const std::uint64_t macs = l.macs_lo | std::uint64_t{l.macs_hi} << 32;
        if (descriptor_shape(d).macs() != macs) return "macs do not follow from the descriptor's shape";
        for (const auto& [tensor, ref] : {std::pair{l.inputs[0], d.in}, std::pair{l.output, d.out}}) {
            if (!same_place(image_tensor(image_, tensor), ref)) {
                return fmt::format("descriptor and tensor {} disagree", tensor);
            }
        }
        const auto wrong = requantiser(d);
        return wrong.empty() ? weights(d) : wrong;
    }

    [[nodiscard]] static bool same_place(const eyeriss_image_tensor& t, const eyeriss_tensor_ref& r) {
        return t.data_offset == r.data_offset && t.table_offset == r.table_offset &&
               t.unit_stride_bytes == r.unit_stride_bytes && t.channels == r.channels &&
               t.height == r.height && t.width == r.width && t.block_channels == r.block_channels &&
               t.format == r.format;
    }

    [[nodiscard]] std::string requantiser(const eyeriss_descriptor& d) {
        const std::uint64_t bytes = std::uint64_t{d.groups} * d.m * sizeof(eyeriss_requant);
        if (!in_file(d.requant_offset, bytes + sizeof(std::uint32_t))) return "requantiser outside the file";
        const auto sum = crc(d.requant_offset, bytes);
        std::uint32_t stored = 0;
        for (unsigned i = 0; i < sizeof(stored); ++i) {
            stored |= std::uint32_t{image_[d.requant_offset + bytes + i]} << (8 * i);
        }
        if (sum != stored) return fmt::format("requantiser CRC-32 {:#010x}, not {:#010x}", sum, stored);
        covered_.emplace_back(d.requant_offset, d.requant_offset + bytes + sizeof(stored));
        return {};
    }

    [[nodiscard]] std::string weights(const eyeriss_descriptor& d) {
        if (!in_front(d.weight_table_offset,
                      std::uint64_t{d.weight_segments} * sizeof(eyeriss_weight_segment))) {
            return "the table of weight segments passes the payload";
        }
        for (std::uint32_t i = 0; i < d.weight_segments; ++i) {
            const auto s = weight_segment(image_, d, i);
            if (!in_file(s.offset, s.bytes)) return fmt::format("weight segment {} outside the file", i);
            const auto sum = crc(s.offset, s.bytes);
            if (sum != s.crc32) {
                return fmt::format("weight segment {} CRC-32 {:#010x}, not {:#010x}", i, sum, s.crc32);
            }
            covered_.emplace_back(s.offset, std::uint64_t{s.offset} + s.bytes);
        }
        return {};
    }

    /// Between the parts that have a CRC nothing but zeros may lie.
    [[nodiscard]] std::string gaps() {
        std::sort(covered_.begin(), covered_.end());
        covered_.emplace_back(header_.file_bytes, header_.file_bytes);
        std::uint64_t end = header_.payload_offset;
        for (const auto& [first, last] : covered_) {
            for (; end < first; ++end) {
                if (image_[end] != 0) return fmt::format("payload: byte {:#x} belongs to nothing", end);
            }
            end = std::max(end, last);
        }
        return {};
    }

    std::span<const std::uint8_t> image_;
    eyeriss_image_header header_{};
    std::vector<std::pair<std::uint64_t, std::uint64_t>> covered_;  ///< first byte, end
};

}  // namespace

std::string verify_image(std::span<const std::uint8_t> image) {
    return verifier(image).run();
}

}  // namespace eyeriss::compiler
