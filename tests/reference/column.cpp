#include "tests/reference/column.h"

namespace eyeriss::reference {
namespace {

constexpr std::size_t drained_at_once = 1 << 20;

std::size_t psum_words(const pe_work& w) {
    return (static_cast<std::size_t>(w.rows) + 1) / 2;
}

weight_tile tile_of(const pe_work& w) {
    return w.raw_weights ? raw_weights(w.weights, w.rows, w.columns())
                         : compress_weights(w.weights, w.rows, w.columns());
}

iact_port_program port_of(const pe_work& w, const std::vector<destination>& to) {
    std::vector<iact_segment> stream;
    for (int i = 0; i < w.segments(); ++i) {
        const auto values =
            std::span(w.iacts).subspan(static_cast<std::size_t>(i) * w.segment_values, w.segment_values);
        stream.push_back(w.raw_iacts ? raw_iacts(values) : compress_iacts(values));
    }
    pack(stream);
    iact_port_program port;
    for (const iact_segment& segment : stream) port.deliveries.push_back({0, segment, to});
    return port;
}

void add_pe(program& p, const pe_work& w, std::size_t below, std::size_t above) {
    pe_job job;
    job.weights = tile_of(w);
    job.windows = w.windows();
    job.window_segments = w.window_segments;
    job.segment_values = w.segment_values;
    const std::size_t index = p.jobs.size();
    p.weight_ports.push_back({{0, static_cast<cycle>(job.weights.network_words), {{index, 0}}}});
    p.jobs.push_back({{job, below, above, no_port}});
}

}  // namespace

program chain_of(std::span<const pe_work> works, const pe_parameters& parameters) {
    program p;
    p.pe = parameters;
    p.tiles = 1;
    for (std::size_t i = 0; i < works.size(); ++i) {
        p.links.push_back({i + 1 < works.size() ? psum_words(works[i]) : drained_at_once, 0, {}});
        p.iact_ports.push_back(port_of(works[i], {{i, 0}}));
        add_pe(p, works[i], i == 0 ? no_link : i - 1, i);
    }
    const std::size_t words = psum_words(works[0]) * static_cast<std::size_t>(works[0].windows());
    p.chains.push_back({no_link, works.size() - 1, 0, 0, {{0, 0, words, 0, true}}});
    return p;
}

program multicast_to(std::span<const pe_work> works, const pe_parameters& parameters) {
    program p;
    p.pe = parameters;
    std::vector<destination> all;
    for (std::size_t i = 0; i < works.size(); ++i) {
        all.push_back({i, 0});
        add_pe(p, works[i], no_link, no_link);
    }
    p.iact_ports.push_back(port_of(works[0], all));
    return p;
}

std::vector<std::int64_t> plain_psums(std::span<const pe_work> chain) {
    const int rows = chain[0].rows, padded = rows + rows % 2, windows = chain[0].windows();
    std::vector<std::int64_t> psums(static_cast<std::size_t>(windows) * padded);
    for (const pe_work& w : chain)
        for (int window = 0; window < windows; ++window)
            for (int row = 0; row < rows; ++row)
                for (int column = 0; column < w.columns(); ++column)
                    psums[static_cast<std::size_t>(window) * padded + row] +=
                        w.weights[static_cast<std::size_t>(row) * w.columns() + column] *
                        w.iacts[static_cast<std::size_t>(window) * w.segment_values + column];
    return psums;
}

}  // namespace eyeriss::reference
