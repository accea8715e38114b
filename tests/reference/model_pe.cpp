#include "tests/reference/model_pe.h"

#include <algorithm>

#include "models/arch/timing/pass_timing.h"
#include "models/csc/weight_tile.h"
#include "models/pe/window_cost.h"

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

}  // namespace

model_answer ask_model(std::span<const pe_work> chain) {
    static_assert(causes == timing::cause_count);
    arch::machine m;
    m.noc.cluster_rows = m.noc.cluster_cols = m.noc.pe_cols = 1;
    m.noc.pe_rows = static_cast<unsigned>(chain.size());
    std::vector<tile_operands> operands;
    std::vector<std::vector<timing::window_work>> work(chain.size());
    timing::pass p;
    p.window_segments = static_cast<unsigned>(chain[0].window_segments);
    p.chains = {{{}, false, 0, 0, static_cast<unsigned>(chain[0].rows)}};
    for (const pe_work& w : chain) operands.push_back(operands_of(w, m));
    for (std::uint32_t q = 0; q < chain.size(); ++q) {
        const tile_operands& o = operands[q];
        const eyeriss::pe::window_coster coster(o.iacts, o.weights, m.pe.drop_queue_columns);
        for (int i = 0; i < chain[q].windows(); ++i)
            work[q].push_back(coster
                                  .window(static_cast<std::size_t>(i) * chain[q].segment_values,
                                          static_cast<unsigned>(chain[q].columns()))
                                  .work);
        p.loads.push_back({q, o.network_words, {{q, 0}}});
        p.streams.push_back({q, o.iacts.words_to, o.iacts.pairs, {{q, 0}}});
        p.chains[0].pes.push_back({q, 0});
        p.work.emplace_back(work[q]);
    }
    model_answer answer;
    for (int windows = 1; windows <= chain[0].windows(); ++windows) {
        p.windows = static_cast<unsigned>(windows);
        timing::array_timing t(m);
        t.begin_layer(0, 0);
        answer.moved.push_back(t.run(p).outputs_ready);
        if (windows == chain[0].windows()) answer.counts = in_our_causes(t.end_layer(answer.moved.back()));
    }
    return answer;
}

}  // namespace eyeriss::reference
