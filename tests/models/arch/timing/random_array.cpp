#include "tests/models/arch/timing/random_array.h"

#include <algorithm>

#include "models/pe/job.h"

namespace eyeriss::test {

namespace {

unsigned upto(std::mt19937_64& random, unsigned low, unsigned high) {
    return low + static_cast<unsigned>(random() % (high - low + 1));
}

}  // namespace

random_array::random_array(std::mt19937_64& random) {
    machine_.noc.cluster_rows = machine_.noc.cluster_cols = 1;
    machine_.noc.pe_rows = upto(random, 1, 4);
    machine_.noc.pe_cols = upto(random, 1, random() % 2 == 0 ? 4 : 40);
    machine_.pe.psum_transfer_takes_ports = random() % 4 != 0;
    machine_.pe.weight_double_buffer = random() % 4 == 0;
    machine_.pe.psum_fifo_windows = upto(random, 1, 2);
    machine_.pe.drop_queue_columns = random() % 2 == 0 ? 2 : upto(random, 0, 4);
    rows_ = upto(random, 1, 16);
    layer_rows_ = rows_ + (random() % 2 == 0 ? 0 : upto(random, 1, 5));
    rest_ = upto(random, 1, rows_);
    whole_columns_ = random() % 2 == 0 ? machine_.noc.pe_cols : upto(random, 0, machine_.noc.pe_cols);
    windows_ = upto(random, 1, 12);
    window_segments_ = upto(random, 1, 3);
    segment_values_.assign(machine_.noc.pe_rows, upto(random, 1, 16 / window_segments_));
    if (random() % 4 == 0) segment_values_.back() = upto(random, 1, segment_values_.back());
    raw_ = random() % 4 == 0;
    idle_percent_ = random() % 2 == 0 ? 0 : upto(random, 1, 60);
    const unsigned passes = upto(random, 1, 4);
    const bool steady = random() % 2 == 0;
    for (unsigned i = 0; i < passes; ++i) {
        passes_.push_back(draw_operands(random));
        if (!steady || i == 0) continue;
        passes_[i].works = passes_[0].works;
        passes_[i].takes = passes_[0].takes;
    }
    noc::cycle_t filled = 0;
    for (unsigned i = 0; i < passes; ++i) {
        filled_.emplace_back();
        for (unsigned bank = 0; bank < machine_.noc.iact_routers(); ++bank) {
            filled += upto(random, 0, 20);
            filled_.back().push_back(filled);
        }
        blocked_.push_back(random() % 2 == 0 ? 0 : filled + upto(random, 0, 300));
    }
}

random_array::operands random_array::draw_operands(std::mt19937_64& random) const {
    operands o;
    const unsigned percent = upto(random, 0, 100);
    for (unsigned position = 0; position < machine_.noc.pe_rows; ++position) {
        pe::iact_operands row;
        row.segments = windows_ + window_segments_ - 1;
        row.segment_values = segment_values_[position];
        row.dense = raw_;
        row.inside_end = row.segments * row.segment_values;
        std::vector<std::int16_t> values(row.inside_end);
        for (auto& v : values) v = upto(random, 1, 100) <= percent ? std::int16_t{1} : std::int16_t{0};
        row.index(values, machine_.noc.iact_port_bits);
        row.count_hits(windows_, window_segments_ * row.segment_values);
        o.rows.push_back(std::move(row));
    }
    for (unsigned i = 0; i < machine_.noc.pes(); ++i) {
        const unsigned position = i / machine_.noc.pe_cols;
        const unsigned rows = rows_of(i % machine_.noc.pe_cols);
        std::vector<csc::weight_tile::column> columns(window_segments_ * segment_values_[position]);
        for (auto& c : columns) {
            c.both = static_cast<std::uint16_t>(upto(random, 0, rows / 2));
            c.nonzero = c.stored = static_cast<std::uint16_t>(2 * c.both);
        }
        o.words.push_back(upto(random, 1, 30));
        o.works.push_back(position == 0 || upto(random, 1, 100) > idle_percent_);
        o.takes.push_back(o.works.back() || random() % 8 == 0);
        o.latency.push_back(upto(random, 0, 3));
        o.weights.emplace_back().index(columns, machine_.pe.macs);
    }
    return o;
}

arch::timing::pass random_array::pass(std::size_t i) const {
    const operands& o = passes_[i];
    arch::timing::pass p;
    p.windows = windows_;
    p.window_segments = window_segments_;
    p.iacts_filled = filled_[i];
    p.outputs_blocked = blocked_[i];
    p.jobs.resize(machine_.noc.pes());
    for (unsigned position = 0; position < machine_.noc.pe_rows; ++position) {
        const pe::iact_operands& row = o.rows[position];
        arch::timing::stream s{position, position, row.words_to, row.pairs, {}};
        for (unsigned column = 0; column < machine_.noc.pe_cols; ++column) {
            const std::uint32_t pe = pe_at(position, column);
            if (o.takes[pe]) s.sinks.push_back({pe, column});
            if (!o.works[pe]) continue;
            p.jobs[pe] = pe::describe_job(row, o.weights[pe]);
            p.loads.push_back({position, o.words[pe], {{pe, column}}});
        }
        if (!s.sinks.empty()) p.streams.push_back(std::move(s));
    }
    for (unsigned column = 0; column < machine_.noc.pe_cols; ++column) {
        arch::timing::chain c;
        for (unsigned position = 0; position < machine_.noc.pe_rows; ++position) {
            const std::uint32_t pe = pe_at(position, column);
            if (o.works[pe]) c.pes.push_back({pe, o.latency[pe]});
        }
        c.from_bank = i != 0;
        c.to_bank = i + 1 != passes_.size();
        c.slot = column;
        c.in_port = c.out_port = column;
        c.rows = rows_of(column);
        p.chains.push_back(std::move(c));
    }
    return p;
}

}  // namespace eyeriss::test
