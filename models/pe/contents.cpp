#include "models/pe/contents.h"

namespace eyeriss::pe {

void weight_load::prepare(unsigned macs) {
    no_work = tile.size.words() == 0;
    if (no_work) return;
    index(tile.column_counts, macs);
    const std::size_t rows = tile.padded_rows;
    interleaved.assign((tile.columns + std::size_t{1}) / 2 * rows * 2, 0);
    for (std::size_t k = 0; k < tile.columns; ++k) {
        for (std::size_t m = 0; m < rows; ++m) {
            interleaved[(k / 2 * rows + m) * 2 + k % 2] = tile.values[k * rows + m];
        }
    }
}

}  // namespace eyeriss::pe
