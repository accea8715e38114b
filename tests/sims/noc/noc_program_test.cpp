#define BOOST_TEST_MODULE noc_program
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sims/program.h"

using namespace eyeriss::test;
using nlohmann::json;

namespace {

constexpr const char* topologies[]{"mesh", "bus", "crossbar", "hm"};

json noc_answer(const std::string& arguments) {
    const auto done = run_program("noc --json " + arguments);
    BOOST_TEST_REQUIRE(done.exit_code == 0, arguments << ": " << done.err);
    return json::parse(done.out);
}

void refuse(const std::string& arguments, const std::string& message) {
    const auto done = run_program("noc " + arguments);
    BOOST_TEST(done.exit_code == 2, arguments);
    BOOST_TEST(done.out == "", arguments);
    BOOST_TEST(done.err.find(message) != std::string::npos, arguments << ": " << done.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_run_records_plays_on_every_network_and_is_what_each_layer_makes_without_a_run) {
    const temporary_folder folder;
    const auto trace = folder / "lenet5.noc";
    const auto run = run_program(fmt::format("run --network lenet5 --quiet --record-noc {} --out {}",
                                             word(trace), word(folder / "out")));
    BOOST_TEST_REQUIRE(run.exit_code == 0, run.err);
    for (const std::string topology : topologies) {
        const auto on = " --topology " + topology;
        const auto played = noc_answer("--pattern trace:" + word(trace) + on).at("layers");
        BOOST_TEST_REQUIRE(played.size() == 5U, topology);
        for (const auto& recorded : played) {
            const auto name = recorded.at("layer").get<std::string>();
            const auto answer = noc_answer(fmt::format("--pattern dnn:{}{}", name, on));
            BOOST_TEST(answer.at("network") == "lenet5");
            const auto& made = answer.at("layers").at(0);
            for (const auto* what : {"layer", "transfers", "words_sent", "words_to_clusters", "words_to_pes",
                                     "words_on_mesh_links"}) {
                BOOST_TEST(made.at(what) == recorded.at(what), topology << ", " << name << ", " << what);
            }
            // The run waits for DRAM, the layer alone does not.
            BOOST_TEST(made.at("cycles") <= recorded.at("cycles"), topology << ", " << name);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_layer_is_mapped_to_the_machine_and_the_clusters_asked_for) {
    const auto fewer = noc_answer("--pattern dnn:conv2 --topology hm --size 2x2");
    BOOST_TEST(fewer.at("rows") == 2);
    const auto whole = noc_answer("--pattern dnn:conv2 --topology hm");
    BOOST_TEST(fewer.at("cycles") > whole.at("cycles"));
    const auto wide = noc_answer("--pattern dnn:fc1 --topology hm --set noc.weight_port_bits=48");
    BOOST_TEST(wide.at("layers").at(0).at("words_sent") <
               noc_answer("--pattern dnn:fc1").at("layers").at(0).at("words_sent"));
}

BOOST_AUTO_TEST_CASE(a_layer_is_mapped_as_its_file_says_and_filled_as_its_seed_says) {
    const temporary_folder folder;
    const auto small =
        run_program("run --network lenet5 --timing functional --quiet --set noc.cluster_rows=2 --out " +
                    word(folder / "out"));
    BOOST_TEST_REQUIRE(small.exit_code == 0, small.err);
    const auto searched = noc_answer("--pattern dnn:conv2 --topology hm").at("cycles");
    const auto pinned =
        noc_answer("--pattern dnn:conv2 --topology hm --mapping " + word(folder / "out" / "mappings.yaml"));
    BOOST_TEST(pinned.at("cycles") > searched);
    BOOST_TEST(noc_answer("--pattern dnn:conv2 --topology hm --seed 1").at("cycles") == searched);
    BOOST_TEST(noc_answer("--pattern dnn:conv2 --topology hm --seed 2").at("cycles") != searched);
    refuse("--pattern dnn:conv2 --mapping " + word(folder / "none.yaml"), "none.yaml");
}

BOOST_AUTO_TEST_CASE(a_cluster_has_the_pes_asked_for) {
    for (const auto& [pes, iacts, weights, psums] :
         {std::tuple{"3x4", 192, 48, 56}, {"4x4", 256, 64, 56}, {"2x7", 224, 32, 98}, {"1x1", 16, 16, 14}}) {
        const auto answer =
            noc_answer(fmt::format("--topology hm --rate 1 --no-knee --warm-up 100 --measure 420 --modes "
                                   "iact=grouped,weight=unicast,psum=vertical --pes {}",
                                   pes));
        const auto& networks = answer.at("points").at(0).at("networks");
        for (const auto& [name, words] : {std::pair{"iact", iacts}, {"weight", weights}, {"psum", psums}}) {
            BOOST_TEST(networks.at(name).at("closed_form_at_full_load") == words, pes << ' ' << name);
            BOOST_TEST(networks.at(name).at("words_to_pes_per_cycle") == words, pes << ' ' << name);
        }
    }
    refuse("--topology hm --modes unicast --pes 6x6",
           "--pes: '6x6' expects rows x columns of 1 to 16 PEs each");
    refuse("--topology hm --modes unicast --pes 0x4", "--pes: '0x4' expects");
}

BOOST_AUTO_TEST_CASE(an_empty_network_is_as_quick_as_its_closed_form) {
    const auto compare = [](const std::string& arguments, double cycles) {
        const auto answer = noc_answer("--no-knee --rate 0.01 --measure 300000 " + arguments);
        BOOST_TEST(answer.at("zero_load_closed_form_cycles") == cycles, arguments);
        BOOST_TEST(answer.at("zero_load_latency_cycles").get<double>() == cycles,
                   boost::test_tools::tolerance(0.02));
    };
    compare("--size 8x8", 1 + 3 * 6.25);
    compare("--size 8x2 --hop-cycles 5 --injection-cycles 4 --ejection-cycles 2 --packet-flits 6",
            4 + 5 * 4.125 + 2 + 5);
    compare("--size 4x4 --pattern broadcast --packet-flits 3", 1 + 3 * 4 + 2);
    compare("--size 3x3 --topology crossbar --packet-flits 2 --hop-cycles 4", 1 + 4 + 1);
    BOOST_TEST(!noc_answer("--no-knee --rate 0.01 --size 4x4 --pattern broadcast --multicast copies")
                    .contains("zero_load_closed_form_cycles"));
}

// Ready is the AND over a word's sinks: the row of the slow cluster waits for it, no other.
BOOST_AUTO_TEST_CASE(a_slow_cluster_slows_those_who_feed_it_and_nobody_else) {
    for (const std::string on :
         {"--topology hm --pattern horizontal", "--topology mesh --pattern horizontal"}) {
        const auto answer = noc_answer("--size 4x3 --rate 0.5 --no-knee --warm-up 200 --slow 7:5 " + on);
        for (const auto& sender : answer.at("points").at(0).at("senders")) {
            const double accepted = sender.at("accepted"), offered = sender.at("offered");
            if (sender.at("from") == 6) {
                BOOST_TEST(accepted == 0.2, boost::test_tools::tolerance(0.01));
            } else {
                BOOST_TEST(accepted == offered, boost::test_tools::tolerance(0.002));
                BOOST_TEST(sender.at("mean_latency_cycles").get<double>() < 30);
            }
        }
    }
    refuse("--slow 16:2", "--slow: cluster 16 in '16:2' is outside the array of 8 x 2, whose last is 15");
    refuse("--slow 3", "--slow: '3' expects a cluster, a colon and 1 to 1000 cycles a word");
    refuse("--slow 3:0", "--slow: '3:0' expects a cluster");
    refuse("--slow 3:2 --topology bus", "--slow: expects --topology mesh or hm");
}

BOOST_AUTO_TEST_CASE(an_option_that_would_change_nothing_is_refused_with_what_it_belongs_to) {
    refuse("--topology bus --vcs 2", "--vcs: expects --topology mesh");
    refuse("--topology hm --modes unicast --width-bits 48", "--width-bits: expects --topology mesh, bus or");
    refuse("--pes 3x4", "--pes: expects --topology hm or --pattern dnn:LAYER");
    refuse("--modes unicast", "--modes: expects --topology hm");
    refuse("--groups 0:1", "--groups: expects --pattern multicast");
    refuse("--pattern dnn:conv1 --rate 0.5", "--rate: expects a pattern with loads");
    refuse("--warm-up -1", "--warm-up: Value -1 not in range");
    refuse("--seed -1", "--seed: -1 expects 0 or more");
}

BOOST_AUTO_TEST_CASE(a_trace_brings_the_size_of_its_array) {
    const temporary_folder folder;
    const auto trace = folder / "trace";
    write_text(trace, "# eyeriss-noc-trace 1 3x3\n5,iact,8,0,4,0:0xf 8:0xf\n");
    for (const std::string topology : topologies) {
        const auto answer = noc_answer("--pattern trace:" + word(trace) + " --topology " + topology);
        BOOST_TEST(answer.at("rows") == 3);
        BOOST_TEST(answer.at("cols") == 3);
        BOOST_TEST(answer.at("layers").at(0).at("words_to_pes") == 32);
    }
    refuse("--size 8x2 --pattern trace:" + word(trace), "--size: 8x2 expects the trace's 3x3");
}

BOOST_AUTO_TEST_CASE(a_layer_or_network_that_is_not_there_is_refused_by_name) {
    refuse("--pattern dnn:conv9",
           "--pattern dnn:conv9: network 'lenet5' has no such CONV, depthwise or FC layer; the nearest is "
           "'conv1' of conv1, conv2, fc1, fc2, fc3");
    refuse("--pattern dnn:pool1 --topology hm", "--pattern dnn:pool1: network 'lenet5' has no such");
    refuse("--pattern dnn:", "--pattern dnn:: network 'lenet5' has no such");
    refuse("--pattern dnn:conv1 --network lenet6", "network 'lenet6'");
    refuse("--network lenet5", "--network: expects --pattern dnn:LAYER");
    refuse("--pattern dnn:conv1 --size 0x2", "0x2");
    refuse("--pattern dnn:conv1 --csv x.csv", "--csv: expects a pattern with loads");
}
