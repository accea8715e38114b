#define BOOST_TEST_MODULE reference_compare_pe
#include <boost/test/unit_test.hpp>

#include "tests/reference/model_pe.h"
#include "tests/reference/random_tile.h"

namespace {

using namespace eyeriss::reference;

}  // namespace

// The shapes on which the models' reading and the reference's are the same: no column is empty, the next
// segment always fits, and M0 is large enough that iacts come faster than windows. eyeriss_compare_pe shows
// the others.
BOOST_AUTO_TEST_CASE(busy_tiles_without_empty_columns_take_the_models_time) {
    constexpr unsigned seed = 20260103;
    constexpr int tiles = 10'000;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < tiles; ++i) {
        const pe_work w = random_tile(
            random, {.fewest_rows = 8, .empty_columns = false, .always_ahead = true, .raw_weights = true});
        const model_answer model = ask_model({&w, 1});
        const run_result reference = run(chain_of({&w, 1}));
        BOOST_TEST_INFO("tile " << i);
        std::vector<cycle> moved;
        for (const window_times& t : reference.windows[0]) moved.push_back(t.moved);
        BOOST_REQUIRE(model.moved == moved);
        for (std::size_t c = 0; c < causes; ++c)
            BOOST_REQUIRE_MESSAGE(
                model.counts[static_cast<cause>(c)] == reference.ledgers[0][static_cast<cause>(c)],
                "tile " << i << ": " << cause_names[c]);
    }
}
