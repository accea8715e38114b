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
            const auto answer = noc_answer("--pattern dnn:" + name + on);
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
    refuse("--pattern dnn:conv1 --csv x.csv", "--csv, --chart: expect a pattern with loads");
}
