#include "tests/reference/schedule.h"

namespace eyeriss::reference {

weight_tile tile_of(const layer& l, const mapping& m, const operands& o, const work& w) {
    std::vector<int> matrix;
    for (int row = 0; row < w.rows; ++row)
        for (int s = 0; s < w.filter_cols; ++s)
            for (int c = 0; c < w.channels; ++c) {
                const int filter = w.g * l.m + w.first_m + row;
                const int at = ((filter * l.c + w.first_c + c) * l.r + w.filter_row) * l.s;
                matrix.push_back(o.weights[static_cast<std::size_t>(at) + w.first_s + s]);
            }
    const int columns = w.channels * w.filter_cols;
    return m.raw_weights ? raw_weights(matrix, w.rows, columns) : compress_weights(matrix, w.rows, columns);
}

std::vector<iact_segment> stream_of(const layer& l, const mapping& m, const operands& o, const work& w) {
    const int y = w.e * l.stride_h + w.filter_row - l.pad_top;
    const int segments = l.f() + up(w.filter_cols, l.stride_w) - 1;
    std::vector<iact_segment> stream;
    for (int i = 0; i < segments; ++i) {
        std::vector<int> values;
        for (int u = 0; u < l.stride_w; ++u)
            for (int c = 0; c < w.channels; ++c) {
                const int x = i * l.stride_w + u + w.first_s - l.pad_left;
                const bool inside = x >= 0 && x < l.w && y >= 0 && y < l.h;
                const int channel = (w.n * l.groups + w.g) * l.c + w.first_c + c;
                values.push_back(inside ? o.iacts[(channel * l.h + y) * l.w + x] : l.pad_value);
            }
        stream.push_back(m.raw_iacts ? raw_iacts(values) : compress_iacts(values));
    }
    pack(stream);
    return stream;
}

std::vector<std::int64_t> outputs(const layer& l, const planned& p, const run_result& r) {
    const int channels = l.groups * l.m, rows = l.e(), columns = l.f();
    std::vector<std::int64_t> out(static_cast<std::size_t>(l.batch) * channels * rows * columns);
    for (std::size_t i = 0; i < p.tiles.size(); ++i) {
        const output_tile& t = p.tiles[i];
        const int padded = t.rows + t.rows % 2;
        for (int f = 0; f < columns; ++f)
            for (int m = 0; m < t.rows; ++m) {
                const int channel = (t.n * channels) + t.g * l.m + t.first_m + m;
                out[(channel * rows + t.e) * columns + f] = r.finished[i][f * padded + m];
            }
    }
    return out;
}

}  // namespace eyeriss::reference
