#include "models/pe/contents.h"

namespace eyeriss::pe {

void weight_load::prepare(unsigned mac_count) {
    no_work = tile.size.words() == 0;
    if (no_work) return;
    index(tile.column_counts, mac_count);
    const std::size_t rows = tile.padded_rows;
    interleaved.resize((tile.columns + std::size_t{1}) / 2 * rows * 2);
    const std::int16_t* first = tile.values.data();
    std::int16_t* to = interleaved.data();
    for (unsigned k = 0; k + 2 <= tile.columns; k += 2, first += 2 * rows, to += 2 * rows) {
        for (std::size_t m = 0; m < rows; ++m) {
            to[2 * m] = first[m];
            to[2 * m + 1] = first[rows + m];
        }
    }
    if (tile.columns % 2 == 0) return;
    for (std::size_t m = 0; m < rows; ++m) {
        to[2 * m] = first[m];
        to[2 * m + 1] = 0;
    }
}

}  // namespace eyeriss::pe
