#include "tests/firmware/driver/image_builder.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "models/abi/registers.h"

namespace eyeriss::test {

namespace {

constexpr std::uint32_t clusters = 16;
constexpr std::size_t weight_bytes = 32;
constexpr std::size_t requant_bytes = 64;

std::uint32_t narrow(std::size_t value) {
    return static_cast<std::uint32_t>(value);
}

}  // namespace

std::uint32_t plain_crc32(const std::uint8_t* bytes, std::size_t count) {
    std::uint32_t crc = 0xffffffffU;
    for (std::size_t i = 0; i < count; ++i) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
    }
    return ~crc;
}

image::image(const network_spec& net) : specs_(net.tensors) {
    append(sizeof(eyeriss_image_header));
    tensor_table_ = append(net.tensors.size() * sizeof(eyeriss_image_tensor));
    layer_table_ = append(net.layers.size() * sizeof(eyeriss_image_layer));
    const std::uint32_t name = append_name("test network");
    for (unsigned i = 0; i < net.layers.size(); ++i) place_layer(net.layers[i], i);
    const std::size_t payload = append(0, 64);
    for (const std::size_t offset : descriptors_) {
        if (offset == 0) continue;
        at<eyeriss_descriptor>(offset).requant_offset = narrow(payload);
        at<eyeriss_weight_segment>(at<eyeriss_descriptor>(offset).weight_table_offset).offset =
            narrow(payload + requant_bytes);
    }
    append(requant_bytes + weight_bytes, 64);
    const std::size_t file_bytes = bytes_.size();
    for (unsigned i = 0; i < specs_.size(); ++i) {
        const csc::map_layout& l = specs_[i].layout;
        const std::size_t data = append(l.data_bytes(), 64);
        const std::size_t table = append(l.table_bytes(), 4);
        tensor(i) = {l.batch,
                     l.channels,
                     l.height,
                     l.width,
                     specs_[i].dtype,
                     static_cast<std::uint32_t>(l.format),
                     l.block_channels,
                     narrow(l.unit_stride_bytes()),
                     narrow(data),
                     narrow(table),
                     specs_[i].zero_point,
                     0x3f800000U};
    }
    append(0, 64);
    header() = {};
    header().magic = EYERISS_IMAGE_MAGIC;
    header().version = EYERISS_IMAGE_VERSION;
    header().header_bytes = sizeof(eyeriss_image_header);
    header().file_bytes = narrow(file_bytes);
    header().memory_bytes = narrow(bytes_.size());
    header().payload_offset = narrow(payload);
    header().tensor_count = narrow(net.tensors.size());
    header().tensor_table_offset = narrow(tensor_table_);
    header().layer_count = narrow(net.layers.size());
    header().layer_table_offset = narrow(layer_table_);
    header().input_tensor = net.input;
    header().output_tensor = net.output;
    header().name_offset = name;
    header().geometry = geometry;
    header().psum_bits = 20;
    crc_end_ = payload;
    for (unsigned i = 0; i < net.layers.size(); ++i) {
        if (descriptors_[i] == 0) continue;
        const auto ref = [](const eyeriss_image_tensor& t) {
            return eyeriss_tensor_ref{t.data_offset, t.table_offset, t.unit_stride_bytes, t.channels,
                                      t.height,      t.width,        t.block_channels,    t.format};
        };
        descriptor(i).in = ref(tensor(net.layers[i].inputs.at(0)));
        descriptor(i).out = ref(tensor(net.layers[i].output));
    }
    seal();
}

std::size_t image::append(std::size_t count, std::size_t alignment) {
    const std::size_t offset = (bytes_.size() + alignment - 1) / alignment * alignment;
    bytes_.resize(offset + count);
    return offset;
}

std::uint32_t image::append_name(const std::string& name) {
    const std::size_t offset = append(name.size() + 1);
    std::copy(name.begin(), name.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    return narrow(offset);
}

void image::place_layer(const layer_spec& spec, unsigned index) {
    const std::uint32_t name = append_name("layer" + std::to_string(index));
    eyeriss_image_layer entry = spec.params;
    entry.op = spec.op;
    entry.name_offset = name;
    entry.input_count = narrow(spec.inputs.size());
    std::copy(spec.inputs.begin(), spec.inputs.end(), std::begin(entry.inputs));
    entry.output = spec.output;
    if (!spec.tables.empty()) {
        const std::size_t offset = append(spec.tables.size());
        std::copy(spec.tables.begin(), spec.tables.end(),
                  bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
        entry.params.table.table_offset = narrow(offset);
    }
    descriptors_.push_back(0);
    if (spec.op == EYERISS_OP_ACCELERATOR) {
        place_descriptor(spec, index);
        entry.descriptor_offset = narrow(descriptors_.back());
    }
    layer(index) = entry;
}

void image::place_descriptor(const layer_spec& spec, unsigned index) {
    constexpr std::uint32_t noc_words = 2;
    const std::size_t total = sizeof(eyeriss_descriptor) + noc_words * clusters * 4;
    descriptors_.back() = append(total);
    const std::size_t segments = append(sizeof(eyeriss_weight_segment));
    eyeriss_descriptor& d = descriptor(index);
    d.magic = EYERISS_DESC_MAGIC;
    d.version = EYERISS_ABI_VERSION;
    d.total_bytes = narrow(total);
    d.layer_index = index;
    d.groups = 1;
    d.m = specs_.at(spec.output).layout.channels;
    if (d.m > (requant_bytes - 4) / sizeof(eyeriss_requant)) throw std::invalid_argument("too many channels");
    d.noc_words_per_cluster = noc_words;
    d.weight_table_offset = narrow(segments);
    d.weight_segments = 1;
    at<eyeriss_weight_segment>(segments) = {0, weight_bytes, 0};
}

void image::seal_header() {
    constexpr std::size_t first = offsetof(eyeriss_image_header, header_crc32) + 4;
    header().header_crc32 = plain_crc32(bytes_.data() + first, crc_end_ - first);
}

void image::seal() {
    constexpr std::size_t first = offsetof(eyeriss_descriptor, crc32) + 4;
    for (const std::size_t offset : descriptors_) {
        if (offset == 0) continue;
        auto& d = at<eyeriss_descriptor>(offset);
        const std::size_t end = std::min<std::size_t>(d.total_bytes, crc_end_ - offset);
        if (end > first) d.crc32 = plain_crc32(bytes_.data() + offset + first, end - first);
    }
    seal_header();
}

void image::write(unsigned index, const std::vector<std::uint8_t>& nchw) {
    const csc::encoded_map map = csc::encode_map(specs_.at(index).layout, nchw);
    std::copy(map.data.begin(), map.data.end(), bytes_.begin() + tensor(index).data_offset);
    std::copy(map.table.begin(), map.table.end(), bytes_.begin() + tensor(index).table_offset);
}

std::vector<std::uint8_t> image::read(unsigned index) {
    const csc::map_layout& l = specs_.at(index).layout;
    std::vector<std::uint8_t> nchw(std::size_t{l.batch} * l.channels * l.height * l.width);
    const std::span<const std::uint8_t> all(bytes_);
    const std::string error = csc::decode_map(l, all.subspan(tensor(index).data_offset, l.data_bytes()),
                                              all.subspan(tensor(index).table_offset, l.table_bytes()), nchw);
    if (!error.empty()) throw std::runtime_error(error);
    return nchw;
}

}  // namespace eyeriss::test
