#define BOOST_TEST_MODULE reference_compare_orders
#include <boost/test/unit_test.hpp>

#include "tests/reference/layer_comparison.h"
#include "tests/reference/planned_layer.h"

namespace {

using namespace eyeriss;
using namespace eyeriss::reference;

bool operator==(const arch::timing::port_ledger& a, const arch::timing::port_ledger& b) {
    return a.busy == b.busy && a.stalled == b.stalled && a.idle == b.idle;
}

void require_same_ports(const std::vector<arch::timing::port_ledger>& a,
                        const std::vector<arch::timing::port_ledger>& b) {
    BOOST_REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_REQUIRE_MESSAGE(a[i] == b[i], "port " << i);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_window_of_every_pe_is_accumulated_and_moved_in_the_references_cycle) {
    constexpr std::uint64_t seed = 20260140;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    const arch::machine m;
    constexpr std::size_t bits = 5000;  // of configuration: the models are told the cycles
    for (int i = 0; i < 100; ++i) {
        const layer_case c = random_case(random, m);
        const planned_layer model = time_layer(c, m, reference_machine(m, bits).configuration);
        const run_result stepped = step_layer(c, m, bits).result;
        BOOST_TEST_CONTEXT("layer " << i << ": " << c.text()) {
            BOOST_REQUIRE(model.end == stepped.total);
            BOOST_REQUIRE((model.windows == from_the_top(stepped.windows, m.noc.pe_rows, m.noc.pe_cols)));
        }
    }
}

BOOST_AUTO_TEST_CASE(names_of_pes_and_ports_and_the_order_of_evaluation_change_nothing) {
    constexpr std::uint64_t seed = 20260141;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed), order(seed + 1);
    for (int i = 0; i < 200; ++i) {
        arch::machine m;
        m.pe.psum_transfer_takes_ports = i % 2 == 0;
        m.pe.weight_double_buffer = i % 4 == 1;
        const layer_case c = random_case(random, m);
        const planned_layer first = time_layer(c, m, 1), again = time_layer(c, m, 1, &order);
        BOOST_TEST_CONTEXT("layer " << i << ": " << c.text()) {
            BOOST_REQUIRE(first.end == again.end);
            BOOST_REQUIRE((first.windows == again.windows));
            BOOST_REQUIRE((first.ledgers.pes == again.ledgers.pes));
            require_same_ports(first.ledgers.iact, again.ledgers.iact);
            require_same_ports(first.ledgers.weight, again.ledgers.weight);
            require_same_ports(first.ledgers.psum_in, again.ledgers.psum_in);
            require_same_ports(first.ledgers.psum_out, again.ledgers.psum_out);
        }
    }
}
