#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/arch/machine.h"
#include "models/energy/table.h"
#include "noc/packet_network.h"
#include "sims/noc/load_pattern.h"
#include "sims/noc/noc_sweep.h"

namespace eyeriss::sims {

/// Networks that a load can be driven through; hm is the platform's own hierarchical mesh.
enum class load_topology : std::uint8_t { hm, mesh, bus, crossbar };
[[nodiscard]] const std::map<std::string, load_topology>& load_topologies();

/// A cluster that takes a word only every so many cycles, from each link into it.
struct slow_cluster {
    unsigned cluster = 0, cycles = 1;
};

/// What is to be driven. Unset cycles take the default of their network.
struct noc_setup {
    load_topology topology = load_topology::mesh;
    pattern_options traffic;
    unsigned vcs = 1, buffer_flits = 8, width_bits = 24;
    std::optional<unsigned> hop_cycles;
    unsigned injection_cycles = 1, ejection_cycles = 0, credit_cycles = 1;
    noc::mesh_multicast multicast = noc::mesh_multicast::tree;
    std::vector<slow_cluster> slow;  ///< of mesh and hm
};

/// Rows and columns of clusters, or of the PEs in one.
struct array_size {
    unsigned rows = 0, cols = 0;
};
/// What an array can be at most.
struct array_limit {
    const char* of = "clusters";
    unsigned side = 0, all = 0;
    const char* example = "8x2";
};
inline constexpr array_limit largest_array{"clusters", 64, 4096, "8x2"};
inline constexpr array_limit largest_cluster{"PEs", 16, 32, "3x4"};  ///< a burst names PEs by 32 bits

/// Reads `8x2`. \throws user_error naming `where` it stands (an option, a line of a file) and what would do.
[[nodiscard]] array_size read_size(const std::string& where, const std::string& text,
                                   const array_limit& limit);

/// Reads `5:7;9:2`: cluster 5 takes a word every 7 cycles, cluster 9 every 2. \throws user_error naming what
/// cannot be read, a cluster outside the array, or cycles beyond 1 to 1000.
[[nodiscard]] std::vector<slow_cluster> read_slow(const std::string& text, const pattern_options& array);

/// Cycles a router, or across bus or crossbar; not for hm, whose cycles are the machine's.
[[nodiscard]] unsigned hop_cycles_of(const noc_setup& setup);

/// A network as set up, empty; not for hm. \throws user_error naming what cannot be built.
[[nodiscard]] std::unique_ptr<noc::packet_network> make_load_network(const noc_setup& setup);
/// Cycles that packets of a pattern take on average where they meet none, from the ways alone: on a mesh
/// injection + hop x (links + 1) + ejection + words - 1, on bus and crossbar injection + hop + words - 1.
/// Nothing where copies of a packet wait for each other at their source, for groups of several sizes, and
/// where a cluster is slow.
[[nodiscard]] std::optional<double> zero_load_of(const noc_setup& setup, const destination_rule& rule,
                                                 std::uint32_t packet_words);
/// Refuses packets that the network cannot carry. \throws user_error
void check_packets(const noc_setup& setup, std::uint32_t packet_words);

/// Energy by the machine's table, in picojoules a word.
struct noc_energy {
    double mesh_link = 0, local_link = 0;
    double buffer = 0;  ///< into and out of a router's buffer, a register file by the table's rule
};
[[nodiscard]] noc_energy noc_energy_of(const noc_setup& setup, const energy::cost_table& table,
                                       const arch::machine& machine);
/// Picojoules a delivered word. On a mesh from its links' words; on a crossbar a wire is as long as the links
/// of a mesh on the way; on a bus a word takes a link to all and one into each node.
[[nodiscard]] double picojoules_per_word(const noc_setup& setup, const noc_energy& energy,
                                         const destination_rule& rule, const load_point& point);

}  // namespace eyeriss::sims
