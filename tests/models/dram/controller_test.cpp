#define BOOST_TEST_MODULE dram_controller
#include "models/dram/controller.h"

#include <array>
#include <boost/test/unit_test.hpp>

#include "tests/models/dram/command_checker.h"
#include "tests/models/dram/parts.h"
#include "tests/models/dram/protocol_checker.h"
#include "tests/models/dram/random_initiator.h"
#include "tests/platform/tlm_master.h"

using namespace eyeriss;
using test::protocol_checker;
using test::random_initiator;
using test::tlm_master;

namespace {

constexpr std::uint64_t mib = 1024 * 1024;

/// Two random initiators on one memory, each behind a checker; the plain array must equal the memory.
void hold_against_an_array(const std::string& part_name, const dram::controller_parameters& parameters,
                           random_initiator::habits habits, unsigned seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    const auto part = test::part(part_name);
    std::vector<std::uint8_t> plain(64 * 1024);
    dram::controller memory("memory", part, parameters, {2, mib, true, std::nullopt, {}});
    test::command_checker commands(part, parameters.ranks);
    memory.observe(0, std::ref(commands));
    random_initiator first("first", habits, seed, plain), second("second", habits, seed + 1, plain);
    protocol_checker first_rules("first_rules"), second_rules("second_rules");
    first.socket.bind(first_rules.from_initiator);
    second.socket.bind(second_rules.from_initiator);
    first_rules.to_target.bind(memory.port(0));
    second_rules.to_target.bind(memory.port(1));
    sc_core::sc_start();
    BOOST_TEST(first.fault() == "");
    BOOST_TEST(second.fault() == "");
    BOOST_TEST(first_rules.fault() == "");
    BOOST_TEST(second_rules.fault() == "");
    BOOST_TEST(commands.fault() == "");
    BOOST_TEST(first.answered() == habits.transactions);
    BOOST_TEST(second.answered() == habits.transactions);
    BOOST_TEST(first_rules.in_flight() + second_rules.in_flight() == 0U);
    BOOST_TEST(first_rules.finished() > habits.transactions / 2);
    BOOST_TEST(std::equal(plain.begin(), plain.end(), memory.bytes().begin()));
    for (unsigned i = 0; i < 2; ++i) {
        BOOST_TEST(memory.port_counts(i).in_flight == 0U);
        BOOST_TEST(memory.port_counts(i).most_in_flight <= habits.in_flight + 1);
    }
    const auto c = memory.counts(0);
    BOOST_TEST(c.data + c.refresh + c.waiting + c.idle == c.clocks);
}

void run(const std::string& part_name, const dram::controller_options& options,
         const std::function<void(tlm_master&, dram::controller&)>& scenario) {
    dram::controller memory("memory", test::part(part_name), {}, options);
    tlm_master master("master");
    protocol_checker rules("rules");
    master.port.bind(rules.from_initiator);
    rules.to_target.bind(memory.port(0));
    bool done = false;
    master.scenario = [&](tlm_master& m) {
        scenario(m, memory);
        done = true;
    };
    sc_core::sc_start();
    BOOST_TEST(done);
    BOOST_TEST(rules.fault() == "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(ten_thousand_random_transactions_leave_what_a_plain_array_holds) {
    hold_against_an_array("ddr4-2400r-x8", {}, {.transactions = 10'000}, 1);
}

BOOST_AUTO_TEST_CASE(short_queues_push_back_and_lose_nothing) {
    dram::controller_parameters c;
    c.read_queue = 3;
    c.write_queue = 2;
    c.write_high = 2;
    c.write_low = 0;
    hold_against_an_array("lpddr4-3200-x16", c, {.transactions = 5'000, .in_flight = 64, .most_pause_ns = 1},
                          3);
}

BOOST_AUTO_TEST_CASE(one_outstanding_first_come_first_served_is_answered_too) {
    dram::controller_parameters c;
    c.order = dram::scheduler::fcfs;
    c.page = dram::page_policy::closed;
    c.frontend = 0;
    c.phy = 0;
    hold_against_an_array("ddr3-1600k-x8", c, {.transactions = 3'000, .in_flight = 1}, 5);
}

BOOST_AUTO_TEST_CASE(a_blocking_read_takes_the_sum_of_its_parts) {
    run("ddr4-2400r-x8", {1, mib, true, std::nullopt, {}}, [](tlm_master& m, dram::controller& memory) {
        std::array<std::uint8_t, 64> data{};
        const auto part = memory.device();
        const auto closed = m.transact(tlm::TLM_READ_COMMAND, 0, data.data(), 64);
        BOOST_TEST(closed.status == tlm::TLM_OK_RESPONSE);
        BOOST_TEST(closed.delay.value() == 833U * (2 + 16 + 16 + 4 + 2));
        sc_core::wait(1, sc_core::SC_US);
        const auto hit = m.transact(tlm::TLM_READ_COMMAND, 64, data.data(), 64).delay.value();
        // 1 us lies within a clock: the request waits for the edge
        BOOST_TEST(hit == 833U * (2 + 16 + 4 + 2) + (833U - 1'000'000U % 833U));
        // a write is posted
        sc_core::wait(833 * 10'000.0, sc_core::SC_PS);
        BOOST_TEST(m.transact(tlm::TLM_WRITE_COMMAND, 0, data.data(), 64).delay.value() <= 833U * 3);
        BOOST_TEST(memory.port_counts(0).reads == 2U);
        BOOST_TEST(memory.port_counts(0).read_latency.largest_ps() == closed.delay.value());
    });
}

BOOST_AUTO_TEST_CASE(a_long_blocking_transfer_streams) {
    run("ddr3-1600k-x8", {1, 16 * mib, true, std::nullopt, {}}, [](tlm_master& m, dram::controller&) {
        std::vector<std::uint8_t> data(mib);
        const auto answer = m.transact(tlm::TLM_READ_COMMAND, 0, data.data(), mib);
        const double seconds = answer.delay.to_seconds();
        const double expected = mib / (12.8e9 * (1 - 208.0 / 6240));
        BOOST_TEST(std::abs(seconds - expected) < 0.015 * expected, seconds);
    });
}

BOOST_AUTO_TEST_CASE(errors_are_answered_and_not_queued) {
    run("ddr3-1600k-x8", {1, mib, true, std::nullopt, {}}, [](tlm_master& m, dram::controller& memory) {
        std::array<std::uint8_t, 8> data{};
        const auto status = [&](std::uint64_t address, unsigned bytes,
                                const std::function<void(tlm::tlm_generic_payload&)>& adapt = {}) {
            return m.transact(tlm::TLM_READ_COMMAND, address, data.data(), bytes, adapt).status;
        };
        BOOST_TEST(status(mib, 1) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(mib - 3, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(~std::uint64_t{0}, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        BOOST_TEST(status(0, 4, [](auto& p) { p.set_streaming_width(0); }) == tlm::TLM_BURST_ERROR_RESPONSE);
        BOOST_TEST(memory.port_counts(0).errors == 4U);
        BOOST_TEST(memory.port_counts(0).reads == 0U);
        BOOST_TEST(!memory.counts(0).read_bursts);
    });
}

BOOST_AUTO_TEST_CASE(direct_access_is_granted_by_region_counted_and_taken_back) {
    const dram::controller_options options{1, mib, true, std::pair<std::uint64_t, std::uint64_t>{4096, 8191},
                                           sc_core::sc_time(30, sc_core::SC_NS)};
    run("ddr3-1600k-x8", options, [](tlm_master& m, dram::controller& memory) {
        tlm::tlm_dmi dmi;
        tlm::tlm_generic_payload payload;
        payload.set_read();
        payload.set_address(100);
        BOOST_TEST(!m.port->get_direct_mem_ptr(payload, dmi));
        BOOST_TEST(dmi.get_end_address() == 4095U);
        payload.set_address(5000);
        BOOST_TEST(m.port->get_direct_mem_ptr(payload, dmi));
        BOOST_TEST(dmi.get_start_address() == 4096U);
        BOOST_TEST(dmi.get_end_address() == 8191U);
        BOOST_TEST(dmi.get_read_latency().value() == 30'000U);
        dmi.get_dmi_ptr()[5] = 42;
        BOOST_TEST(m.read<std::uint8_t>(4101) == 42);
        BOOST_TEST(memory.port_counts(0).dmi_grants == 1U);
        BOOST_TEST(memory.port_counts(0).dmi_refusals == 1U);
        memory.set_dmi_region(std::nullopt);
        BOOST_TEST(m.invalidated.size() == 1U);
        BOOST_TEST(!m.port->get_direct_mem_ptr(payload, dmi));
    });
}

BOOST_AUTO_TEST_CASE(percentiles_and_windows_hold_what_was_added) {
    dram::latency_histogram h;
    for (std::uint64_t i = 1; i <= 100'000; ++i) {
        h.add(i);
    }
    BOOST_TEST(h.count() == 100'000U);
    BOOST_TEST(h.largest_ps() == 100'000U);
    BOOST_TEST(h.smallest_ps() == 1U);
    for (const double p : {1.0, 50.0, 95.0, 99.0}) {
        const double exact = p * 1000;
        BOOST_TEST(static_cast<double>(h.percentile_ps(p)) >= exact);
        BOOST_TEST(static_cast<double>(h.percentile_ps(p)) <= exact * 1.017 + 1);
    }
    BOOST_TEST(h.percentile_ps(100) == 100'000U);
    dram::bandwidth_windows w;
    for (std::uint64_t t = 0; t < 10'000; ++t) {
        w.add(t * 1'000'000, 64);
    }
    std::uint64_t sum = 0;
    for (const auto b : w.bytes()) {
        sum += b;
    }
    BOOST_TEST(sum == 640'000U);
    BOOST_TEST(w.bytes().size() <= 1024U);
}
