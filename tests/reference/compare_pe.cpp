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
    int length = 1;  ///< PEs of the chain
};

struct mismatch {
    std::vector<pe_work> chain;
    std::size_t window = 0;
    cycle reference = 0, model = 0;
};

std::optional<mismatch> compare(const std::vector<pe_work>& chain, const run_result& reference,
                                const model_answer& model) {
    const auto& top = reference.windows.back();
    for (std::size_t i = 0; i < model.moved.size(); ++i)
        if (model.moved[i] != top[i].moved) return mismatch{chain, i, top[i].moved, model.moved[i]};
    return std::nullopt;
}

std::size_t size_of(const mismatch& m) {
    return m.chain[0].iacts.size() * m.chain[0].weights.size();
}

void print(const mismatch& m) {
    const pe_work& shape = m.chain[0];
    fmt::print(
        "  smallest: M0 {}, C0*U {}, segments a window {}, windows {}: window {} moved in {}, model {}\n",
        shape.rows, shape.segment_values, shape.window_segments, shape.windows(), m.window, m.reference,
        m.model);
    for (const pe_work& w : m.chain) {
        fmt::print("  iacts ");
        for (std::size_t i = 0; i < w.iacts.size(); ++i)
            fmt::print("{}{}", i % w.segment_values == 0 ? " " : "", w.iacts[i] != 0 ? 1 : 0);
        fmt::print("; words by column ");
        for (const auto& column : compress_weights(w.weights, w.rows, w.columns()).columns)
            fmt::print(" {}", column.size());
        fmt::print("{}\n", w.raw_weights ? " (dense mode)" : "");
    }
}

ledger sum_of(const std::vector<ledger>& ledgers) {
    ledger sum;
    for (const ledger& l : ledgers)
        for (std::size_t c = 0; c < causes; ++c) sum.add(static_cast<cause>(c), l[static_cast<cause>(c)]);
    return sum;
}

void run_kind(const kind& k, int tiles) {
    std::mt19937 random(20260104);
    int windows_equal = 0, all_equal = 0;
    std::int64_t earliest = 0, latest = 0;
    cycle ours = 0, theirs = 0;
    std::optional<mismatch> smallest;
    for (int i = 0; i < tiles; ++i) {
        const std::vector<pe_work> chain = random_chain(random, k.limits, k.length);
        const model_answer model = ask_model(chain);
        const run_result reference = run(chain_of(chain));
        const auto found = compare(chain, reference, model);
        windows_equal += found ? 0 : 1;
        all_equal += !found && model.counts == sum_of(reference.ledgers) ? 1 : 0;
        const auto off =
            static_cast<std::int64_t>(model.moved.back()) - static_cast<std::int64_t>(reference.total);
        earliest = std::min(earliest, off);
        latest = std::max(latest, off);
        ours += reference.total;
        theirs += model.moved.back();
        if (found && (!smallest || size_of(*found) < size_of(*smallest))) smallest = found;
    }
    fmt::print("{}: windows equal {} of {}, causes too {}; model/reference {:.4f}, off by {} to {} cycles\n",
               k.name, windows_equal, tiles, all_equal,
               static_cast<double>(theirs) / static_cast<double>(ours), earliest, latest);
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
    run_kind({"chains of three, no empty columns, always ahead, M0 >= 8", {8, false, true, true}, 3}, tiles);
    run_kind({"chains of three, all that fit", {1, true, false, true}, 3}, tiles);
    return 0;
}
