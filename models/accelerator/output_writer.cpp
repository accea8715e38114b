#include "models/accelerator/output_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/accelerator/fault.h"

namespace eyeriss::accelerator {

sc_core::sc_time output_writer::begin_layer(dma& port, const layer_program& program, bool check_crc) {
    program_ = &program;
    table_.assign(program.out.table_bytes(), 0);
    units_written_ = 0;
    requantised_ = 0;
    return requantiser_.begin_layer(port, program, check_crc);
}

void output_writer::gather(const finished_row& row, std::map<std::size_t, unit>& units) {
    const auto& layout = program_->out;
    const unsigned size = requantiser_.value_bytes();
    const unsigned channels = row.psums->channels;
    const unsigned first = row.tile.g * program_->shape.m + row.tile.m_begin;
    row_bytes_.resize(row.psums->values.size() * size);
    requantised_ += row.psums->values.size();
    requantiser_.run(row.psums->values, first, channels, row_bytes_);
    for (unsigned i = 0; i < channels;) {
        const unsigned channel = first + i;
        const unsigned block = channel / layout.block_channels;
        const unsigned width = layout.channels_in(block);
        const unsigned at = channel - block * layout.block_channels;
        const unsigned run = std::min(width - at, channels - i);
        unit& u = units[layout.unit_index(row.tile.n, block, row.tile.e)];
        if (u.channels_done == 0) u.cluster = row.cluster;
        u.values.resize(layout.unit_values(block) * size);
        for (unsigned f = 0; f < row.psums->windows; ++f) {
            std::copy_n(
                row_bytes_.begin() + static_cast<std::ptrdiff_t>((std::size_t{f} * channels + i) * size),
                run * size,
                u.values.begin() + static_cast<std::ptrdiff_t>((std::size_t{f} * width + at) * size));
        }
        u.channels_done += run;
        i += run;
    }
}

output_burst output_writer::encode(std::size_t index, const unit& u) {
    output_burst burst;
    burst.cluster = u.cluster;
    burst.offset = static_cast<std::uint32_t>(program_->descriptor.out.data_offset +
                                              index * program_->descriptor.out.unit_stride_bytes);
    const std::uint16_t length = csc::encode_unit(u.values, program_->out.format, burst.bytes);
    if (!table_.empty()) {
        table_[2 * index] = static_cast<std::uint8_t>(length);
        table_[2 * index + 1] = static_cast<std::uint8_t>(length >> 8);
    }
    ++units_written_;
    return burst;
}

std::vector<output_burst> output_writer::pass_outputs(const std::vector<finished_row>& rows) {
    std::map<std::size_t, unit> units;
    for (const auto& row : rows) gather(row, units);
    std::vector<output_burst> bursts;
    bursts.reserve(units.size());
    const auto& layout = program_->out;
    for (const auto& [index, u] : units) {
        const auto block = static_cast<unsigned>(index / layout.height % layout.blocks());
        if (u.channels_done != layout.channels_in(block)) {
            throw layer_fault(EYERISS_ERR_COVERAGE, static_cast<std::uint32_t>(index),
                              fmt::format("a pass fills {} of the {} channels of output unit {}",
                                          u.channels_done, layout.channels_in(block), index));
        }
        bursts.push_back(encode(index, u));
    }
    return bursts;
}

std::vector<output_burst> output_writer::last_outputs() const {
    if (units_written_ != program_->out.units()) {
        throw layer_fault(
            EYERISS_ERR_COVERAGE, static_cast<std::uint32_t>(units_written_),
            fmt::format("{} of {} output units were written", units_written_, program_->out.units()));
    }
    if (table_.empty()) return {};
    return {{program_->descriptor.out.table_offset, table_, 0}};
}

}  // namespace eyeriss::accelerator
