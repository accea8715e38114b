#define BOOST_TEST_MODULE interconnect_phases
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "models/dram/controller.h"
#include "platform/bus/arbiter.h"
#include "platform/bus/interconnect.h"
#include "platform/part_file.h"
#include "tests/models/dram/protocol_checker.h"
#include "tests/models/dram/random_initiator.h"

using namespace eyeriss;
using platform::arbiter;
using platform::bus_request;

namespace {

constexpr std::uint64_t window = 1U << 20U;

/// Random initiators, each in a window of its own of one timed DRAM; a checker of the base protocol between
/// every pair of sockets.
struct bench {
    platform::interconnect bus;
    dram::controller memory;
    test::protocol_checker before_memory{"before_memory"};
    std::vector<std::uint8_t> plain;
    std::vector<std::unique_ptr<test::protocol_checker>> checkers;
    std::vector<std::unique_ptr<test::random_initiator>> initiators;

    static dram::controller_options options(std::uint64_t bytes) {
        dram::controller_options o;
        o.capacity_bytes = bytes;
        return o;
    }

    bench(arch::arbitration order, unsigned count, platform::initiator_rights rights, unsigned seed)
        : bus("bus", order),
          memory("memory", platform::read_part(EYERISS_PARTS "/ddr4-2400r-x8.yaml"), {}, options(window)),
          plain(window) {
        BOOST_TEST_MESSAGE("seed " << seed);
        bus.count_at(bus.map("memory", {0, window}, before_memory.from_initiator));
        before_memory.to_target.bind(memory.port(0));
        // One array for all: each transaction is mirrored when it is sent, so initiators must not overlap.
        for (unsigned i = 0; i < count; ++i) {
            test::random_initiator::habits habits;
            habits.transactions = 600;
            habits.blocking = habits.debug = count == 1;
            const auto name = "initiator" + std::to_string(i);
            checkers.push_back(
                std::make_unique<test::protocol_checker>(("checker" + std::to_string(i)).c_str()));
            initiators.push_back(std::make_unique<test::random_initiator>(name.c_str(), habits, seed + i,
                                                                          std::span(plain).first(window)));
            rights.name = name;
            bus.expect(rights);
            checkers.back()->to_target.bind(bus.initiators);
            initiators.back()->socket.bind(checkers.back()->from_initiator);
        }
    }

    void run_and_check(bool data) {
        sc_core::sc_start();
        BOOST_TEST(before_memory.fault() == "");
        BOOST_TEST(before_memory.in_flight() == 0U);
        for (std::size_t i = 0; i < initiators.size(); ++i) {
            BOOST_TEST(checkers[i]->fault() == "");
            BOOST_TEST(initiators[i]->answered() == initiators[i]->sent());
            BOOST_TEST(initiators[i]->sent() == 600U);
            if (data) {
                BOOST_TEST(initiators[i]->fault() == "");
            }
            const auto& counts = bus.counts(static_cast<unsigned>(i));
            BOOST_TEST(counts.in_flight == 0U);
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(random_traffic_of_one_initiator_through_the_bus_leaves_memory_as_a_plain_array) {
    bench b(arch::arbitration::round_robin, 1, {}, 7);
    b.run_and_check(true);
    BOOST_TEST(std::equal(b.plain.begin(), b.plain.end(), b.memory.bytes().begin()));
}

BOOST_AUTO_TEST_CASE(four_initiators_by_turns_are_all_answered_and_keep_the_protocol) {
    bench b(arch::arbitration::round_robin, 4, {}, 100);
    b.run_and_check(false);
}

BOOST_AUTO_TEST_CASE(four_initiators_by_weight_with_few_in_flight_and_a_regulator_are_all_answered) {
    platform::initiator_rights rights;
    rights.outstanding = 3;
    rights.limit_mbps = 1000;
    bench b(arch::arbitration::weighted, 4, rights, 200);
    b.run_and_check(false);
    for (unsigned i = 0; i < 4; ++i) {
        const auto& c = b.bus.counts(i);
        const auto bytes = static_cast<double>(c.read_bytes + c.write_bytes);
        BOOST_TEST(c.most_in_flight <= 3U);
        // A request may start at once; the others keep the rate.
        BOOST_TEST((bytes - 200) / sc_core::sc_time_stamp().to_seconds() <= 1000e6);
    }
}

BOOST_AUTO_TEST_CASE(four_initiators_by_priority_are_all_answered) {
    bench b(arch::arbitration::priority, 4, {}, 300);
    b.run_and_check(false);
}

BOOST_AUTO_TEST_CASE(turns_are_equal_weights_divide_and_ranks_come_first) {
    const std::vector<bus_request> all{{0, 64}, {1, 64}, {2, 64}};
    const auto shares = [&](arbiter& a) {
        std::vector<unsigned> taken(3);
        for (unsigned i = 0; i < 700; ++i) {
            const auto chosen = a.choose(all);
            BOOST_REQUIRE(chosen.has_value());
            ++taken[all[*chosen].initiator];
            a.went(all[*chosen]);
        }
        return taken;
    };
    arbiter turns(arch::arbitration::round_robin);
    BOOST_TEST(shares(turns) == (std::vector<unsigned>{234, 233, 233}), boost::test_tools::per_element());
    arbiter weights(arch::arbitration::weighted);
    for (unsigned i = 0; i < 3; ++i) {
        weights.set(i, 0, 1U << i);
    }
    const auto divided = shares(weights);
    for (unsigned i = 0; i < 3; ++i) {
        BOOST_TEST(std::abs(static_cast<int>(divided[i]) - static_cast<int>(100U << i)) <= 1);
    }
    arbiter ranks(arch::arbitration::priority);
    ranks.set(0, 2, 1);
    ranks.set(1, 1, 1);
    ranks.set(2, 1, 1);
    BOOST_TEST(shares(ranks) == (std::vector<unsigned>{0, 700, 0}), boost::test_tools::per_element());
    BOOST_TEST(!ranks.choose({}).has_value());
}
