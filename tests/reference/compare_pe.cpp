// Holds the models' PE timing against the reference on random tiles of several kinds, and prints for each
// kind how many agree and the smallest tile that does not.

#include <fmt/core.h>

#include <optional>

#include "tests/reference/model_pe.h"
#include "tests/reference/random_tile.h"

namespace {

using namespace eyeriss::reference;

struct kind {
    const char* name;
    tile_limits limits;
};

struct mismatch {
    pe_work tile;
    std::size_t window = 0;
    cycle reference = 0, model = 0;
};

std::optional<mismatch> compare(const pe_work& w, const run_result& reference, const model_answer& model) {
    for (std::size_t i = 0; i < model.moved.size(); ++i)
        if (model.moved[i] != reference.windows[0][i].moved)
            return mismatch{w, i, reference.windows[0][i].moved, model.moved[i]};
    return std::nullopt;
}

void print(const mismatch& m) {
    fmt::print(
        "  smallest: M0 {}, C0*U {}, segments a window {}, columns {}, windows {}: window {} moved in {}, "
        "model {}\n",
        m.tile.rows, m.tile.segment_values, m.tile.window_segments, m.tile.columns(), m.tile.windows(),
        m.window, m.reference, m.model);
    fmt::print("  iacts ");
    for (std::size_t i = 0; i < m.tile.iacts.size(); ++i)
        fmt::print("{}{}", i % m.tile.segment_values == 0 ? " " : "", m.tile.iacts[i] != 0 ? 1 : 0);
    fmt::print("; words by column ");
    for (const auto& column : compress_weights(m.tile.weights, m.tile.rows, m.tile.columns()).columns)
        fmt::print(" {}", column.size());
    fmt::print("\n");
}

void run_kind(const kind& k, int tiles) {
    std::mt19937 random(20260104);
    int windows_equal = 0, all_equal = 0;
    std::int64_t earliest = 0, latest = 0;
    double ours = 0, theirs = 0;
    std::optional<mismatch> smallest;
    for (int i = 0; i < tiles; ++i) {
        const pe_work w = random_tile(random, k.limits);
        const model_answer model = ask_model(w);
        const run_result reference = run(chain_of({&w, 1}));
        const auto found = compare(w, reference, model);
        windows_equal += found ? 0 : 1;
        all_equal += !found && model.counts == reference.ledgers[0] ? 1 : 0;
        const auto off =
            static_cast<std::int64_t>(model.moved.back()) - static_cast<std::int64_t>(reference.total);
        earliest = std::min(earliest, off);
        latest = std::max(latest, off);
        ours += static_cast<double>(reference.total);
        theirs += static_cast<double>(model.moved.back());
        if (found && (!smallest || w.iacts.size() * w.weights.size() <
                                       smallest->tile.iacts.size() * smallest->tile.weights.size()))
            smallest = found;
    }
    fmt::print("{}: windows equal {} of {}, causes too {}; model/reference {:.4f}, off by {} to {} cycles\n",
               k.name, windows_equal, tiles, all_equal, theirs / ours, earliest, latest);
    if (smallest) print(*smallest);
}

}  // namespace

int main() {
    constexpr int tiles = 10'000;
    run_kind({"no empty columns, always ahead, M0 >= 8", {8, false, true, true}}, tiles);
    run_kind({"no empty columns, always ahead", {1, false, true, true}}, tiles);
    run_kind({"no empty columns", {1, false, false, true}}, tiles);
    run_kind({"always ahead, M0 >= 8", {8, true, true, true}}, tiles);
    run_kind({"all that fit", {1, true, false, true}}, tiles);
    return 0;
}
