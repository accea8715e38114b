#define BOOST_TEST_MODULE timeline
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "sims/trace/timeline.h"
#include "sims/trace/trace_store.h"

using namespace eyeriss;
using observe::stream_kind;
using sims::timeline;
using sims::trace_store;

namespace {

constexpr observe::picoseconds cycle_ps = 5000;

/// A recorder with the streams of an array of two clusters, and who listens.
struct bench {
    arch::machine machine;
    observe::recorder recorder;
    timeline windows;
    observe::stream_id layer, read, network, cluster, link;

    explicit bench() : machine(two_clusters()), windows(machine) {
        recorder.subscribe(windows);
        layer = recorder.open("accelerator.layer", stream_kind::layer);
        read = recorder.open("dma.read", stream_kind::transfer, 0);
        network = recorder.open("noc.psum", stream_kind::network, 2);
        cluster = recorder.open("cluster.c1", stream_kind::cluster, 1);
        link = recorder.open("noc.weight.c1.p0", stream_kind::link, 1);
    }
    static arch::machine two_clusters() {
        arch::machine m;
        m.noc.cluster_rows = 2;
        m.noc.cluster_cols = 1;
        return m;
    }
    void record(observe::stream_id stream, std::uint64_t begin, std::uint64_t end, const char* what,
                std::int64_t amount) {
        const observe::attribute a{what, amount};
        recorder.record({stream, 0, 0, begin, end, what, {&a, 1}});
    }
    void end_layer(std::uint64_t begin_cycle, std::uint64_t end_cycle) {
        recorder.record({layer, 0, 0, begin_cycle * cycle_ps, end_cycle * cycle_ps, "layer"});
    }
};

std::uint64_t sum(const nlohmann::ordered_json& row) {
    std::uint64_t out = 0;
    for (const auto& value : row) out += value.get<std::uint64_t>();
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(bytes_of_a_transfer_fall_into_the_windows_in_which_it_ran) {
    bench b;
    b.record(b.read, 100 * cycle_ps, 200 * cycle_ps, "bytes", 1000);
    b.record(b.read, 300 * cycle_ps, 300 * cycle_ps, "bytes", 7);
    b.record(b.cluster, 0, 640 * cycle_ps, "one_lane", 640 * 6);
    b.record(b.link, 64 * cycle_ps, 128 * cycle_ps, "busy", 64);
    b.end_layer(0, 640);
    const auto json = b.windows.json({{"conv", true, 0, 640}, {"pool", false, 640, 700}}, 800);
    BOOST_TEST(json.at("edges").size() == 13U);
    BOOST_TEST(json.at("edges").at(1) == 64);
    BOOST_TEST(json.at("edges").at(12) == 800);
    const auto& bytes = json.at("bytes").at("dram_read");
    BOOST_TEST(bytes.at(0) == 0);
    BOOST_TEST(bytes.at(1) == 280);
    BOOST_TEST(bytes.at(2) == 640);
    BOOST_TEST(bytes.at(3) == 80);
    BOOST_TEST(bytes.at(4) == 7);
    const auto& clusters = json.at("clusters");
    BOOST_TEST(clusters.at("utilisation").at(3).at(0) == 0.0);
    BOOST_TEST(clusters.at("utilisation").at(3).at(1) == 0.5);
    BOOST_TEST(clusters.at("weight_links").at(1).at(1).get<double>() == 1.0 / 3,
               boost::test_tools::tolerance(1e-3));
    BOOST_TEST(clusters.at("utilisation").at(10).is_null());
    BOOST_TEST(json.at("layers").at(1).at("runs_on") == "core");
}

BOOST_AUTO_TEST_CASE(whatever_is_recorded_sums_over_windows_are_what_was_told) {
    constexpr unsigned seed = 20260101;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const auto upto = [&](std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
    };
    bench b;
    std::uint64_t now = 0, bytes = 0, words = 0;
    for (unsigned layer = 0; layer < 50; ++layer) {
        now += upto(1000);
        const auto cycles = 1 + upto(layer % 3 == 0 ? 100 : 100000);
        for (unsigned i = 0; i < 40; ++i) {
            const auto begin = now * cycle_ps + upto(cycles * cycle_ps);
            const auto end = std::min(begin + upto(cycles * cycle_ps), (now + cycles) * cycle_ps);
            const auto amount = upto(10000);
            b.record(b.read, begin, end, "bytes", static_cast<std::int64_t>(amount));
            b.record(b.network, begin, end, "bytes", static_cast<std::int64_t>(2 * amount));
            bytes += amount;
            words += 2 * amount;
        }
        b.end_layer(now, now + cycles);
        now += cycles;
    }
    const auto json = b.windows.json({}, now);
    BOOST_TEST(sum(json.at("bytes").at("dram_read")) == bytes);
    BOOST_TEST(sum(json.at("bytes").at("psum")) == words);
    const auto& edges = json.at("edges");
    BOOST_TEST(edges.size() == json.at("windows").get<std::size_t>() + 1);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) BOOST_TEST(edges[i] < edges[i + 1]);
}

BOOST_AUTO_TEST_CASE(a_store_keeps_what_its_filter_lets_through_up_to_its_bound) {
    observe::recorder recorder;
    const auto early = recorder.open("dma.read", stream_kind::transfer);
    sims::trace_filter filter;
    filter.modules = {"dma.*"};
    filter.layers = {{3}};
    filter.from = 100;
    filter.to = 200;
    filter.limit_bytes = 3 * sizeof(trace_store::transaction);
    trace_store store(filter);
    BOOST_TEST(!recorder.wants(stream_kind::transfer));
    recorder.subscribe(store);
    BOOST_TEST(recorder.wants(stream_kind::transfer));
    const auto late = recorder.open("noc.iact", stream_kind::network);
    BOOST_TEST(store.streams().size() == 1U);
    recorder.record({early, 0, 0, 150, 160, "outside of the layer"});
    recorder.set_layer(3);
    recorder.record({late, 0, 0, 150, 160, "another stream"});
    recorder.record({early, 0, 0, 50, 99, "too early"});
    recorder.record({early, 0, 0, 201, 300, "too late"});
    const auto id = recorder.record({early, 0, 9, 50, 100, "kept"});
    BOOST_REQUIRE(store.transactions().size() == 1U);
    const auto& kept = store.transactions().front();
    BOOST_TEST(kept.id == id);
    BOOST_TEST(kept.parent == 9U);
    BOOST_TEST(kept.layer == 3U);
    BOOST_TEST(store.text(kept.name) == "kept");
    for (unsigned i = 0; i < 5; ++i) recorder.record({early, 0, 0, 150, 160, "more"});
    BOOST_TEST(store.transactions().size() == 3U);
    BOOST_TEST(store.left_out() == 3U);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_reserved_are_given_to_nobody_else) {
    observe::recorder recorder;
    const auto stream = recorder.open("accelerator.pass", stream_kind::pass);
    const auto first = recorder.reserve(10);
    const auto next = recorder.record({stream, 0, 0, 0, 1, "pass"});
    BOOST_TEST(next == first + 10);
    BOOST_TEST(recorder.record({stream, first + 3, 0, 0, 1, "pass"}) == first + 3);
}
