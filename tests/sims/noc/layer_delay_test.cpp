#define BOOST_TEST_MODULE layer_delay
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <tuple>

#include "models/arch/timing/mesh_transit.h"
#include "noc/flat_mesh.h"
#include "sims/noc/dnn_traffic.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;
using noc::cycle_t;
using noc::port_kind;

namespace {

arch::machine mesh_machine(unsigned planes, noc::multicast packets) {
    arch::machine m;
    m.noc.packets = packets;
    m.noc.kind = noc::topology::mesh;
    m.noc.mesh_planes = planes;
    return m;
}

port_kind network_of(const noc::transfer& t) {
    return t.network == port_kind::psum_out ? port_kind::psum_in : t.network;
}

unsigned ports_of(port_kind network, const noc::noc_parameters& p) {
    return network == port_kind::psum_in ? p.pe_cols : p.pe_rows;
}

std::vector<unsigned> clusters_of(const noc::transfer& t) {
    std::vector<unsigned> to;
    for (const auto& d : t.destinations) to.push_back(d.cluster);
    std::sort(to.begin(), to.end());
    return to;
}

/// From when a transfer could begin to its last word at each cluster, on average, and when all was there.
struct delays {
    double sum = 0;
    std::uint64_t deliveries = 0;
    cycle_t last = 0;
    void add(cycle_t from, cycle_t to) {
        sum += static_cast<double>(to - from);
        ++deliveries;
        last = std::max(last, to);
    }
    [[nodiscard]] double mean() const { return sum / static_cast<double>(deliveries); }
};

delays by_calendars(const layer_trace& layer, const noc::noc_parameters& p) {
    std::map<port_kind, arch::timing::mesh_transit> meshes;
    delays all;
    for (const auto& t : layer.transfers) {
        auto& mesh = meshes.try_emplace(network_of(t), p, ports_of(network_of(t), p)).first->second;
        const arch::timing::mesh_transit::route route(p, t.cluster, clusters_of(t));
        for (const auto& at : mesh.send(route, t.port, t.words, t.cycle).at) all.add(t.cycle, at.last);
    }
    return all;
}

delays by_flits(const layer_trace& layer, const noc::noc_parameters& p) {
    noc::flat_mesh_parameters how;
    how.rows = p.cluster_rows;
    how.cols = p.cluster_cols;
    how.hop_cycles = p.hop_cycles;
    how.buffer_flits = p.mesh_packet_words;
    if (p.packets == noc::multicast::copies) how.multicast = noc::mesh_multicast::copies;
    std::map<std::pair<port_kind, unsigned>, noc::flat_mesh> meshes;
    // Injection and the router of the destination: the array's ports account for them.
    const cycle_t constant = how.injection_cycles + how.hop_cycles + how.ejection_cycles;
    delays all;
    for (const auto& t : layer.transfers) {
        const unsigned plane = t.port % p.planes(ports_of(network_of(t), p));
        auto& mesh = meshes.try_emplace({network_of(t), plane}, how).first->second;
        if (t.cycle > mesh.now()) mesh.advance(t.cycle);
        for (std::uint64_t left = t.words; left > 0;) {
            const auto words = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, p.mesh_packet_words));
            left -= words;
            mesh.inject({t.cluster, clusters_of(t), words, t.cycle, left == 0 ? 1U : 0U});
        }
    }
    for (auto& [key, mesh] : meshes) {
        while (!mesh.idle()) mesh.advance(mesh.now() + 1000);
        for (const auto& d : mesh.deliveries()) {
            if (d.tag == 1) all.add(d.created, d.last - constant);
        }
    }
    return all;
}

}  // namespace

// The accelerator's timing asks calendars; here each packet of the same transfers goes flit by flit through
// routers whose buffers hold one packet. The trace is what ports could send at best, so this is the open
// loop.
BOOST_AUTO_TEST_CASE(what_layers_send_is_there_when_the_calendars_say_on_the_mesh_stepped_flit_by_flit) {
    const test::temporary_folder folder;
    const content_cache cache((folder / "cache").string());
    for (const unsigned planes : {0U, 1U}) {
        for (const auto packets : {noc::multicast::tree, noc::multicast::copies}) {
            const auto m = mesh_machine(planes, packets);
            for (const auto* name : {"conv1", "conv2", "fc1", "fc2", "fc3"}) {
                const auto layer = dnn_traffic({"lenet5", name, 1, {}}, m, cache).layers.front();
                const auto calendars = by_calendars(layer, m.noc), flits = by_flits(layer, m.noc);
                BOOST_TEST_MESSAGE(name << " on " << planes << " planes: mean " << calendars.mean()
                                        << " by calendars, " << flits.mean() << " by flits; the last at "
                                        << calendars.last << " and " << flits.last);
                BOOST_TEST(calendars.deliveries == flits.deliveries, name);
                BOOST_TEST(calendars.last == flits.last, name);
                BOOST_TEST(calendars.mean() == flits.mean(), boost::test_tools::tolerance(0.015));
            }
        }
    }
}
