#include "firmware/compiler/emit_image.h"

#include <fmt/format.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <type_traits>

#include "firmware/compiler/emit_image_check.h"
#include "firmware/compiler/emit_image_descriptor.h"
#include "firmware/compiler/emit_image_weights.h"

namespace eyeriss::compiler {

namespace {

static_assert(std::endian::native == std::endian::little, "images are written as the host's structs lie");

constexpr std::uint64_t cache_line_bytes = 64;
constexpr std::uint64_t dram_base = 0x80000000;
constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
constexpr std::size_t table_entries = 256;

template <typename T>
concept plain = std::is_trivially_copyable_v<T>;

class image_writer {
public:
    image_writer(const graph& g, const arch::machine& m, std::span<const mapped_layer> mapped,
                 requant_rule rule)
        : graph_(g),
          m_(m),
          mapped_(mapped),
          rule_(rule),
          layouts_(plan_layouts(g, m, mapped)),
          layers_(g.layers.size()),
          descriptors_(mapped.size()) {}

    [[nodiscard]] std::vector<std::uint8_t> run() && {
        front();
        payload();
        header_.file_bytes = checked(image_.size());
        arena();
        tables();
        return std::move(image_);
    }

private:
    /// Places everything that the header's CRC covers; what is not known yet stays zero for now.
    void front() {
        allocate(sizeof(header_));
        header_.tensor_table_offset = allocate(graph_.tensors.size() * sizeof(eyeriss_image_tensor));
        header_.layer_table_offset = allocate(graph_.layers.size() * sizeof(eyeriss_image_layer));
        header_.name_offset = name(graph_.name);
        for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
            layers_[i].name_offset = name(graph_.layers[i].name);
        }
        for (std::size_t i = 0; i < mapped_.size(); ++i) place_descriptor(i);
        for (std::size_t i = 0; i < graph_.layers.size(); ++i) place_host_layer(i);
        align(cache_line_bytes);
        header_.payload_offset = checked(image_.size());
    }

    void place_descriptor(std::size_t i) {
        const mapped_layer& entry = mapped_[i];
        const auto& op = std::get<conv_op>(graph_.layers[entry.layer].op);
        const arch::tiling tiles(op.shape, entry.map, m_);
        eyeriss_image_layer& l = layers_[entry.layer];
        eyeriss_descriptor& d = descriptors_[i];
        l.op = EYERISS_OP_ACCELERATOR;
        align(cache_line_bytes);
        d.total_bytes = checked(sizeof(d) + entry.routes.words.size() * sizeof(std::uint32_t));
        l.descriptor_offset = allocate(d.total_bytes);
        d.weight_segments = tiles.weight_segments();
        d.weight_table_offset = allocate(std::size_t{d.weight_segments} * sizeof(eyeriss_weight_segment));
        l.macs_lo = static_cast<std::uint32_t>(op.shape.macs());
        l.macs_hi = static_cast<std::uint32_t>(op.shape.macs() >> 32);
    }

    void place_host_layer(std::size_t i) {
        eyeriss_image_layer& l = layers_[i];
        std::visit([&](const auto& op) { host_layer(op, graph_.layers[i], l); }, graph_.layers[i].op);
    }
    void host_layer(const conv_op&, const layer&, eyeriss_image_layer&) {}
    void host_layer(const reshape_op&, const layer&, eyeriss_image_layer& l) { l.op = EYERISS_OP_RESHAPE; }
    void host_layer(const pool_op& op, const layer&, eyeriss_image_layer& l) {
        l.op = op.max ? EYERISS_OP_MAX_POOL : EYERISS_OP_AVERAGE_POOL;
        l.params.pool = {op.kernel_h, op.kernel_w,          op.stride_h,   op.stride_w, op.pad_top,
                         op.pad_left, op.count_include_pad, op.multiplier, op.shift};
    }
    void host_layer(const add_op& op, const layer&, eyeriss_image_layer& l) {
        l.op = EYERISS_OP_ADD;
        l.params.add = {op.multiplier_a, op.multiplier_b, op.shift, op.clip_low, op.clip_high};
    }
    void host_layer(const concat_op& op, const layer&, eyeriss_image_layer& l) {
        l.op = EYERISS_OP_CONCAT;
        l.params.table.table_offset = allocate(0);
        for (std::size_t i = 0; i < op.tables.size(); ++i) {
            const bool copied = op.tables[i].empty();
            std::vector<std::uint8_t> table = op.tables[i];
            for (std::size_t q = 0; copied && q < table_entries; ++q) {
                table.push_back(static_cast<std::uint8_t>(q));
            }
            if (copied) l.params.table.identity |= 1U << i;
            append(std::span<const std::uint8_t>(table));
        }
    }
    void host_layer(const requant_op& op, const layer&, eyeriss_image_layer& l) {
        l.op = EYERISS_OP_REQUANT;
        l.params.table.table_offset = append(std::span(op.table));
    }
    void host_layer(const softmax_op& op, const layer&, eyeriss_image_layer& l) {
        l.op = EYERISS_OP_SOFTMAX;
        l.params.table.table_offset = append(std::span(op.exp_q20));
        l.params.table.inverse_scale = op.inverse_scale;
    }

    /// Requantisers and weights, layer after layer.
    void payload() {
        for (std::size_t i = 0; i < mapped_.size(); ++i) {
            const mapped_layer& entry = mapped_[i];
            const layer& l = graph_.layers[entry.layer];
            const auto& op = std::get<conv_op>(l.op);
            const auto entries = requant_entries(op, rule_, l.name);
            eyeriss_descriptor& d = descriptors_[i];
            align(cache_line_bytes);
            d.requant_offset = append(std::span(entries));
            put_at(allocate(sizeof(std::uint32_t)),
                   crc32_of(std::span(image_).subspan(d.requant_offset, std::span(entries).size_bytes())));
            align(cache_line_bytes);
            const auto segments = append_weights(op, entry.map, m_, image_);
            std::memcpy(image_.data() + d.weight_table_offset, segments.data(),
                        std::span(segments).size_bytes());
        }
    }

    /// Feature maps behind the file. Each keeps its place to the end of the run, so that every layer's output
    /// can be looked at afterwards.
    void arena() {
        std::uint64_t end = image_.size();
        const auto place = [&](std::uint64_t bytes) {
            end = (end + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
            const std::uint64_t offset = end;
            end += bytes;
            return offset;
        };
        for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
            const tensor& t = graph_.tensors[i];
            const csc::map_layout& layout = layouts_[i];
            const std::uint64_t data = place(layout.data_bytes());
            const std::uint64_t table = layout.table_bytes() > 0 ? place(layout.table_bytes()) : 0;
            tensors_.push_back({t.n, t.c, t.h, t.w, static_cast<std::uint32_t>(t.type),
                                static_cast<std::uint32_t>(layout.format), layout.block_channels,
                                checked(layout.unit_stride_bytes()), checked(data), checked(table),
                                t.zero_point, std::bit_cast<std::uint32_t>(t.scale)});
        }
        place(0);
        const std::uint64_t reserved = EYERISS_IMAGE_ADDRESS - dram_base;
        const std::uint64_t capacity = m_.dram.capacity_mib * mebibyte;
        end = (end + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
        if (end + reserved > capacity || end + EYERISS_IMAGE_ADDRESS > std::uint64_t{1} << 32) {
            throw compile_error(fmt::format(
                "network '{}': its image needs {} MiB of memory behind the first {} MiB of DRAM; "
                "dram.capacity_mib is {}, and addresses end at 4 GiB",
                graph_.name, (end + mebibyte - 1) / mebibyte, reserved / mebibyte, m_.dram.capacity_mib));
        }
        header_.memory_bytes = checked(end);
    }

    [[nodiscard]] eyeriss_tensor_ref reference(tensor_id id) const {
        const auto& t = tensors_.at(id);
        return {t.data_offset, t.table_offset, t.unit_stride_bytes, t.channels,
                t.height,      t.width,        t.block_channels,    t.format};
    }

    void tables() {
        std::memcpy(image_.data() + header_.tensor_table_offset, tensors_.data(),
                    std::span(tensors_).size_bytes());
        for (std::size_t i = 0; i < mapped_.size(); ++i) write_descriptor(i);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const layer& from = graph_.layers[i];
            layers_[i].input_count = static_cast<std::uint32_t>(from.inputs.size());
            std::copy(from.inputs.begin(), from.inputs.end(), std::begin(layers_[i].inputs));
            layers_[i].output = from.output;
        }
        std::memcpy(image_.data() + header_.layer_table_offset, layers_.data(),
                    std::span(layers_).size_bytes());
        header_.magic = EYERISS_IMAGE_MAGIC;
        header_.version = EYERISS_IMAGE_VERSION;
        header_.header_bytes = sizeof(header_);
        header_.tensor_count = checked(tensors_.size());
        header_.layer_count = checked(layers_.size());
        header_.input_tensor = graph_.input;
        header_.output_tensor = graph_.output;
        header_.geometry = m_.geometry();
        header_.psum_bits = m_.pe.psum_bits;
        put_at(0, header_);
        constexpr std::size_t covered = offsetof(eyeriss_image_header, header_crc32) + sizeof(std::uint32_t);
        header_.header_crc32 = crc32_of(std::span(image_).subspan(covered, header_.payload_offset - covered));
        put_at(0, header_);
    }

    void write_descriptor(std::size_t i) {
        const mapped_layer& entry = mapped_[i];
        const layer& l = graph_.layers[entry.layer];
        const auto& op = std::get<conv_op>(l.op);
        eyeriss_descriptor& d = descriptors_[i];
        const std::uint32_t offset = layers_[entry.layer].descriptor_offset;
        describe_layer(op, entry.map, graph_.tensors[l.inputs[0]], graph_.tensors[l.output], rule_, d);
        d.layer_index = checked(entry.layer);
        d.in = reference(l.inputs[0]);
        d.out = reference(l.output);
        d.noc_words_per_cluster = entry.routes.words_per_cluster;
        put_at(offset, d);
        std::memcpy(image_.data() + offset + sizeof(d), entry.routes.words.data(),
                    std::span(entry.routes.words).size_bytes());
        constexpr std::size_t covered = offsetof(eyeriss_descriptor, crc32) + sizeof(std::uint32_t);
        d.crc32 = crc32_of(std::span(image_).subspan(offset + covered, d.total_bytes - covered));
        put_at(offset, d);
    }

    [[nodiscard]] std::uint32_t checked(std::uint64_t value) const {
        if (value > std::numeric_limits<std::uint32_t>::max()) {
            throw compile_error(
                fmt::format("network '{}': its image exceeds the 4 GiB that offsets reach", graph_.name));
        }
        return static_cast<std::uint32_t>(value);
    }
    void align(std::uint64_t bytes) { image_.resize((image_.size() + bytes - 1) / bytes * bytes); }
    std::uint32_t allocate(std::size_t bytes) {
        align(sizeof(std::uint32_t));
        const auto offset = checked(image_.size());
        image_.resize(image_.size() + bytes);
        return offset;
    }
    template <plain T>
    std::uint32_t append(std::span<const T> values) {
        const std::uint32_t offset = allocate(values.size_bytes());
        if (!values.empty()) std::memcpy(image_.data() + offset, values.data(), values.size_bytes());
        return offset;
    }
    template <plain T>
    void put_at(std::size_t offset, const T& value) {
        std::memcpy(image_.data() + offset, &value, sizeof(T));
    }
    std::uint32_t name(const std::string& text) {
        const auto offset = checked(image_.size());
        image_.insert(image_.end(), text.begin(), text.end());
        image_.push_back(0);
        return offset;
    }

    const graph& graph_;
    const arch::machine& m_;
    std::span<const mapped_layer> mapped_;
    requant_rule rule_;
    std::vector<csc::map_layout> layouts_;
    std::vector<std::uint8_t> image_;
    eyeriss_image_header header_{};
    std::vector<eyeriss_image_tensor> tensors_;
    std::vector<eyeriss_image_layer> layers_;
    std::vector<eyeriss_descriptor> descriptors_;
};

}  // namespace

std::vector<std::uint8_t> emit_image(const graph& g, const arch::machine& m,
                                     std::span<const mapped_layer> mapped, requant_rule rule) {
    check_graph(g);
    return image_writer(g, m, mapped, rule).run();
}

}  // namespace eyeriss::compiler
