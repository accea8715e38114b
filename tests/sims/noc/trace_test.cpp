#define BOOST_TEST_MODULE noc_trace
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sims/noc/trace_replay.h"
#include "sims/support/error.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;
using eyeriss::test::temporary_folder;

namespace {

const std::string good =
    "# eyeriss-noc-trace 1 4x2\n"
    "# layer conv1\n"
    "12,weight,0,0,9,0:0xf 1:0xf\n"
    "25,iact,0,1,2,0:0x888\n"
    "25,iact,3,1,30,1:0xf 3:0xf 5:0x3\n"
    "40,psum,0,2,8,0:0x1\n";

/// What reading a text says; empty when it can be read.
std::string refusal(const std::string& text) {
    const temporary_folder folder;
    const auto file = folder.path() / "trace";
    std::ofstream(file) << text;
    try {
        (void)read_noc_trace(file);
    } catch (const user_error& error) {
        return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return {};
}

nlohmann::ordered_json played(load_topology topology) {
    const temporary_folder folder;
    const auto file = folder.path() / "trace";
    std::ofstream(file) << good;
    noc_setup setup;
    setup.topology = topology;
    setup.traffic.rows = 4;
    noc::noc_parameters hm;
    hm.cluster_rows = 4;
    nlohmann::ordered_json out;
    replay(read_noc_trace(file), setup, 8, hm, out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_trace_arrives_whole_on_every_network) {
    for (const auto t :
         {load_topology::mesh, load_topology::bus, load_topology::crossbar, load_topology::hm}) {
        const auto layer = played(t).at("layers").at(0);
        BOOST_TEST(layer.at("words_sent") == 9U + 2U + 30U + 8U);
        BOOST_TEST(layer.at("words_to_clusters") == 18U + 2U + 90U + 8U);
        BOOST_TEST(layer.at("words_to_pes") == 72U + 6U + 300U + 8U);
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_cannot_be_is_refused_by_its_number) {
    BOOST_TEST(refusal(good) == "");
    BOOST_TEST(refusal("12,iact,0,0,1,0:1\n") == "trace:1: expects '# eyeriss-noc-trace 1 ROWSxCOLUMNS'");
    BOOST_TEST(refusal(good + "-5,iact,0,0,1,0:1\n") == "trace:7: cycle -5 expects 0 or more");
    BOOST_TEST(refusal(good + "39,iact,0,0,1,0:1\n") ==
               "trace:7: cycle 39 expects no less than 40 of the line before");
    BOOST_TEST(refusal(good + "41,iact,8,0,1,0:1\n") ==
               "trace:7: cluster 8 is outside the array, whose last is 7");
    BOOST_TEST(refusal(good + "41,iact,0,0,1,9:1\n") ==
               "trace:7: cluster 9 is outside the array, whose last is 7");
    BOOST_TEST(refusal(good + "41,iacts,0,0,1,0:1\n") ==
               "trace:7: network 'iacts' expects iact, weight or psum");
    BOOST_TEST(refusal(good + "41,iact,0,0,0,0:1\n") == "trace:7: words 0 expects 1 to 16777216");
    BOOST_TEST(refusal(good + "41,iact,0,0,5000000000,0:1\n") ==
               "trace:7: words 5000000000 expects 1 to 16777216");
    BOOST_TEST(refusal(good + "41,iact,0,0,1,0:1 3:2 0:2\n") == "trace:7: cluster 0 is a destination twice");
    BOOST_TEST(refusal(good + "41,iact,0,0,1,0:0x1ffffffff\n") ==
               "trace:7: PEs 0x1ffffffff expect 0x1 to 0xffffffff, a bit each");
    BOOST_TEST(refusal(good + "41,iact,0,0,1,0:0\n") ==
               "trace:7: PEs 0 expect 0x1 to 0xffffffff, a bit each");
    BOOST_TEST(refusal("# eyeriss-noc-trace 1 0x2\n") ==
               "trace:1: '0x2' expects rows x columns of 1 to 64 clusters each, as in 8x2");
    BOOST_TEST(refusal("# eyeriss-noc-trace 1 8x2\n# layer conv1\n") == "trace: holds no transfer");
    BOOST_TEST(refusal(good + "41,iact,0\n") ==
               "trace:7: expects cycle,network,cluster,port,words,destinations");
}
