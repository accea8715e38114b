#include "tests/reference/model_pe.h"

#include <algorithm>
#include <stdexcept>

#include "models/arch/timing/array_timing.h"
#include "models/csc/weight_tile.h"
#include "models/pe/job.h"

namespace eyeriss::reference {
namespace {

namespace timing = arch::timing;

struct tile_operands {
    eyeriss::pe::iact_operands iacts;
    eyeriss::pe::weight_operands weights;
    unsigned network_words = 0;
};

tile_operands operands_of(const pe_work& w, const arch::machine& m) {
    tile_operands o;
    std::vector<std::int8_t> by_column;
    for (int column = 0; column < w.columns(); ++column)
        for (int row = 0; row < w.rows; ++row)
            by_column.push_back(static_cast<std::int8_t>(w.weights[row * w.columns() + column]));
    const auto rows = static_cast<unsigned>(w.rows), columns = static_cast<unsigned>(w.columns());
    std::vector<std::uint8_t> bytes;
    o.network_words = csc::encode_weight_tile(by_column, rows, columns, w.raw_weights, bytes).words();
    csc::weight_tile tile;
    tile.rows = rows;
    tile.columns = columns;
    if (csc::decode_weight_tile(bytes, rows, columns, w.raw_weights, tile) == 0) o.network_words = 0;
    o.weights.index(tile.column_counts, m.pe.macs);

    o.iacts.segments = static_cast<unsigned>(w.segments());
    o.iacts.segment_values = static_cast<unsigned>(w.segment_values);
    o.iacts.dense = w.raw_iacts;
    o.iacts.inside_end = static_cast<unsigned>(w.iacts.size());
    std::vector<std::int16_t> values(w.iacts.begin(), w.iacts.end());
    o.iacts.index(values, m.noc.iact_port_bits);
    return o;
}

ledger in_our_causes(const timing::ledger& found) {
    ledger l;
    for (std::size_t i = 0; i < causes; ++i) l.add(static_cast<cause>(i), found[i]);
    return l;
}

/// A cluster that has for each of the PEs an iact port, a weight port and psum ports.
arch::machine column_of(const arch::machine& like, std::size_t pes) {
    arch::machine m = like;
    m.noc.cluster_rows = m.noc.cluster_cols = 1;
    m.noc.pe_rows = m.noc.pe_cols = static_cast<unsigned>(pes);
    return m;
}

/// What it lies on outlives the pass.
timing::pass pass_of(std::span<const pe_work> works, std::vector<tile_operands>& operands,
                     std::span<const cycle> filled, bool shared_iacts) {
    timing::pass p;
    p.windows = static_cast<unsigned>(works[0].windows());
    p.window_segments = static_cast<unsigned>(works[0].window_segments);
    p.iacts_filled = filled;
    for (std::uint32_t i = 0; i < works.size(); ++i) {
        tile_operands& o = operands[i];
        auto& iacts = operands[shared_iacts ? 0 : i].iacts;
        iacts.count_hits(p.windows, static_cast<unsigned>(works[i].columns()));
        p.jobs.push_back(eyeriss::pe::describe_job(iacts, o.weights));
        p.loads.push_back({i, o.network_words, {{i, 0}}});
        if (!shared_iacts || i == 0) p.streams.push_back({i, i, o.iacts.words_to, o.iacts.pairs, {}});
        p.streams.back().sinks.push_back({i, 0});
    }
    return p;
}

model_answer ask(timing::lane_kernel kernel, std::span<const pe_work> works, const arch::machine& like,
                 const timing::pass& p) {
    timing::array_timing array(column_of(like, works.size()));
    array.evaluate_with(kernel);
    model_answer answer;
    answer.windows.resize(works.size());
    array.begin_layer(0, 0, static_cast<unsigned>(works[0].rows));
    array.observe([&](std::uint32_t pe, const timing::window_times& t) {
        answer.windows[pe].push_back({t.accumulated, t.moved});
    });
    const auto times = array.run(p);
    const auto ledgers = array.end_layer(times.last_end).pes;
    for (std::size_t i = 0; i < works.size(); ++i) answer.counts.push_back(in_our_causes(ledgers[i]));
    return answer;
}

/// One by one and side by side; the answers must be one.
model_answer ask(std::span<const pe_work> works, const arch::machine& like, const timing::pass& p) {
    model_answer answer = ask(nullptr, works, like, p);
    for (const timing::lane_kernel kernel : timing::lane_kernels()) {
        const model_answer other = ask(kernel, works, like, p);
        if (other.windows != answer.windows || !(other.counts == answer.counts))
            throw std::logic_error("chains take other cycles side by side than one by one");
    }
    return answer;
}

std::vector<tile_operands> operands_of(std::span<const pe_work> works, const arch::machine& m) {
    std::vector<tile_operands> operands;
    for (const pe_work& w : works) operands.push_back(operands_of(w, m));
    return operands;
}

}  // namespace

pe_parameters reference_pe(const arch::machine& m) {
    pe_parameters p;
    p.iact_entries = m.pe.iact_entries;
    p.iact_segment_ends = m.pe.iact_address_entries;
    p.drop_queue_columns = m.pe.drop_queue_columns;
    p.macs = static_cast<int>(m.pe.macs);
    p.weight_double_buffer = m.pe.weight_double_buffer;
    p.psum_transfer_takes_ports = m.pe.psum_transfer_takes_ports;
    p.psum_entries = static_cast<int>(m.pe.psum_entries);
    p.psum_bits = m.pe.psum_bits;
    p.saturates = m.pe.overflow == arch::overflow_mode::saturate;
    return p;
}

program reference_chain(std::span<const pe_work> chain, const arch::machine& m) {
    program p = chain_of(chain, reference_pe(m));
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) p.links[i].capacity_words *= m.pe.psum_fifo_windows;
    return p;
}

program reference_multicast(std::span<const pe_work> works, const arch::machine& m) {
    return multicast_to(works, reference_pe(m));
}

model_answer ask_model(std::span<const pe_work> chain, const arch::machine& m) {
    static_assert(causes == timing::cause_count);
    auto operands = operands_of(chain, m);
    const std::vector<cycle> filled(chain.size());
    timing::pass p = pass_of(chain, operands, filled, false);
    timing::chain c;
    c.rows = static_cast<unsigned>(chain[0].rows);
    for (std::uint32_t i = 0; i < chain.size(); ++i) c.pes.push_back({i, 0});
    p.chains = {c};
    return ask(chain, m, p);
}

model_answer ask_model_multicast(std::span<const pe_work> works, const arch::machine& like) {
    auto operands = operands_of(works, like);
    const std::vector<cycle> filled(works.size());
    timing::pass p = pass_of(works, operands, filled, true);
    for (std::uint32_t i = 0; i < works.size(); ++i) {
        timing::chain c;
        c.rows = static_cast<unsigned>(works[0].rows);
        c.pes = {{i, 0}};
        c.in_port = c.out_port = i;
        p.chains.push_back(c);
    }
    return ask(works, like, p);
}

}  // namespace eyeriss::reference
