#include "models/accelerator/layer_program.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstring>

#include "models/abi/image.h"
#include "models/accelerator/fault.h"
#include "models/arch/layer_descriptor.h"

namespace eyeriss::accelerator {

static_assert(sizeof(eyeriss_descriptor) % 4 == 0);

namespace {

[[noreturn]] void bad_field(std::size_t offset, const std::string& text) {
    throw layer_fault(EYERISS_ERR_DESC_FIELD, static_cast<std::uint32_t>(offset), "descriptor: " + text);
}

void check_header(const eyeriss_descriptor& d, std::uint32_t expected_bytes) {
    if (d.magic != EYERISS_DESC_MAGIC) {
        throw layer_fault(EYERISS_ERR_DESC_MAGIC, d.magic,
                          fmt::format("descriptor magic is {:#010x}", d.magic));
    }
    if (d.version != EYERISS_ABI_VERSION) {
        throw layer_fault(
            EYERISS_ERR_DESC_VERSION, d.version,
            fmt::format("descriptor version is {}, expected {}", d.version, EYERISS_ABI_VERSION));
    }
    if (d.total_bytes != expected_bytes) {
        throw layer_fault(
            EYERISS_ERR_DESC_SIZE, d.total_bytes,
            fmt::format("descriptor has {} bytes, this machine's have {}", d.total_bytes, expected_bytes));
    }
}

void check_shape_fields(const eyeriss_descriptor& d) {
    const auto* words = &d.groups;
    for (const std::uint32_t* field = words; field <= &d.stride_w; ++field) {
        if (*field == 0 || *field > EYERISS_MAX_DIM) {
            bad_field(offsetof(eyeriss_descriptor, groups) + 4 * static_cast<std::size_t>(field - words),
                      fmt::format("a dimension is {}, expected 1..{}", *field, EYERISS_MAX_DIM));
        }
    }
    if (d.pad_top >= d.r + d.stride_h || d.pad_left >= d.s + d.stride_w) {
        bad_field(offsetof(eyeriss_descriptor, pad_top), "padding is wider than the filter");
    }
}

void check_mapping(const eyeriss_descriptor& d, const layer_program& p, const arch::machine& m) {
    constexpr std::uint32_t largest_factor = 65536;
    for (const std::uint32_t* field = &d.m0; field <= &d.h_e; ++field) {
        if (*field == 0 || *field > largest_factor) {
            bad_field(offsetof(eyeriss_descriptor, m0) + 4 * static_cast<std::size_t>(field - &d.m0),
                      fmt::format("a mapping factor is {}", *field));
        }
    }
    for (std::size_t i = 0; i < arch::loop_count; ++i) {
        if (((d.loop_order >> (4 * i)) & 0xfU) >= arch::loop_count) {
            bad_field(offsetof(eyeriss_descriptor, loop_order), "loop order names no loop");
        }
    }
    const auto message = arch::check(p.map, p.shape, m, 0);
    if (!message.empty()) bad_field(offsetof(eyeriss_descriptor, m0), message);
    const auto trips = p.map.trips(p.shape);
    for (std::size_t i = 0; i < arch::loop_count; ++i) {
        if (d.trips[i] != trips[i]) {
            throw layer_fault(EYERISS_ERR_COVERAGE, static_cast<std::uint32_t>(i),
                              fmt::format("loop {} makes {} trips, the layer needs {}", "gnmecrs"[i],
                                          d.trips[i], trips[i]));
        }
    }
}

csc::map_layout layout_of(const eyeriss_tensor_ref& t, unsigned batch, std::size_t offset) {
    csc::map_layout l;
    l.batch = batch;
    l.channels = t.channels;
    l.height = t.height;
    l.width = t.width;
    l.block_channels = t.block_channels;
    if (t.format > EYERISS_FORMAT_RAW32)
        bad_field(offset, fmt::format("tensor format {} is unknown", t.format));
    l.format = static_cast<csc::map_format>(t.format);
    if (l.block_channels == 0 || l.block_channels > l.channels ||
        std::uint64_t{l.block_channels} * l.width > EYERISS_MAX_DIM) {
        bad_field(offset,
                  fmt::format("a unit of {} channels by {} columns is no unit", l.block_channels, l.width));
    }
    if (t.unit_stride_bytes < l.unit_stride_bytes()) {
        bad_field(offset, fmt::format("unit stride {} is below the {} that a unit can take",
                                      t.unit_stride_bytes, l.unit_stride_bytes()));
    }
    const std::uint64_t groups = (std::uint64_t{l.channels} + l.block_channels - 1) / l.block_channels;
    const double bytes = static_cast<double>(groups) * l.batch * l.height * t.unit_stride_bytes;
    if (bytes > UINT32_MAX)
        bad_field(offset, fmt::format("a tensor of {:.0f} bytes has no addresses", bytes));
    return l;
}

void check_tensors(layer_program& p) {
    const auto& d = p.descriptor;
    if (d.in.channels != p.shape.channels_in() || d.in.height != d.h || d.in.width != d.w ||
        d.in.format == EYERISS_FORMAT_RAW32) {
        bad_field(offsetof(eyeriss_descriptor, in), "the input tensor is not the layer's");
    }
    const bool wide = p.flag(EYERISS_DESC_OUT_ACC32);
    if (d.out.channels != p.shape.channels_out() || d.out.height != d.e || d.out.width != d.f ||
        (d.out.format == EYERISS_FORMAT_RAW32) != wide) {
        bad_field(offsetof(eyeriss_descriptor, out), "the output tensor is not the layer's");
    }
    p.in = layout_of(d.in, d.batch, offsetof(eyeriss_descriptor, in));
    p.out = layout_of(d.out, d.batch, offsetof(eyeriss_descriptor, out));
    if (std::uint64_t{p.shape.channels_out()} * sizeof(eyeriss_requant) > UINT32_MAX) {
        bad_field(offsetof(eyeriss_descriptor, requant_offset),
                  "the requantiser's entries have no addresses");
    }
    const unsigned block = p.map.output_block_channels(p.shape);
    if (block % p.out.block_channels != 0 && p.out.block_channels != p.shape.channels_out()) {
        bad_field(offsetof(eyeriss_descriptor, out),
                  fmt::format("output units of {} channels are not made by a pass, which makes {}",
                              p.out.block_channels, block));
    }
}

}  // namespace

int layer_program::pad_value() const {
    const auto byte = static_cast<std::uint8_t>(descriptor.iact_pad_value);
    return flag(EYERISS_DESC_IACT_SIGNED) ? static_cast<std::int8_t>(byte) : byte;
}

layer_program fetch_program(dma& port, std::uint32_t offset, const arch::machine& m,
                            unsigned noc_words_per_cluster, sc_core::sc_time& elapsed) {
    const std::uint32_t words = noc_words_per_cluster * m.noc.clusters();
    const auto total = static_cast<std::uint32_t>(sizeof(eyeriss_descriptor) + std::size_t{4} * words);
    std::vector<std::uint8_t> bytes(total);
    elapsed += port.read(offset, bytes);
    layer_program p;
    std::memcpy(&p.descriptor, bytes.data(), sizeof p.descriptor);
    check_header(p.descriptor, total);
    const auto crc = crc32_of(std::span(bytes).subspan(offsetof(eyeriss_descriptor, flags) - 4));
    if (crc != p.descriptor.crc32) {
        throw layer_fault(
            EYERISS_ERR_DESC_CRC, crc,
            fmt::format("descriptor checksum is {:#010x}, computed {:#010x}", p.descriptor.crc32, crc));
    }
    if (p.descriptor.noc_words_per_cluster != noc_words_per_cluster) {
        bad_field(offsetof(eyeriss_descriptor, noc_words_per_cluster),
                  fmt::format("{} NoC words a cluster, this machine has {}",
                              p.descriptor.noc_words_per_cluster, noc_words_per_cluster));
    }
    check_shape_fields(p.descriptor);
    p.shape = arch::descriptor_shape(p.descriptor);
    if (const auto message = p.shape.check(); !message.empty()) {
        bad_field(offsetof(eyeriss_descriptor, groups), message);
    }
    if (p.shape.e() != p.descriptor.e || p.shape.f() != p.descriptor.f) {
        bad_field(offsetof(eyeriss_descriptor, e),
                  "output size does not follow from input, filter and stride");
    }
    p.map = arch::descriptor_mapping(p.descriptor);
    check_mapping(p.descriptor, p, m);
    check_tensors(p);
    p.noc_words.resize(words);
    std::memcpy(p.noc_words.data(), bytes.data() + sizeof p.descriptor, std::size_t{4} * words);
    return p;
}

}  // namespace eyeriss::accelerator
