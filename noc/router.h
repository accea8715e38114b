#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

#include "noc/stream.h"

namespace eyeriss::noc {

/// What a port of a router leads to, for messages: where source and destination of its number come from and
/// go.
struct port_name {
    std::string_view source, destination;
};

/// Words that left routers, over links between routers and over others; a multicast once a link.
struct words_out {
    std::uint64_t mesh = 0, local = 0;
};

/// A circuit-switched router: every destination port has a multiplexer that selects one source port, or none,
/// for a whole layer. A burst on a source port leaves by every destination port that selects it (JETCAS 9(2),
/// 2019, section III). Ports on the rim of the mesh have no neighbour: what is driven there is refused by
/// configure().
class router : public sc_core::sc_module {
public:
    static constexpr unsigned none = 7;
    static constexpr std::size_t most_ports = 5;

    sc_core::sc_vector<stream_in<router>> in;
    sc_core::sc_vector<stream_out<router>> out;

    using port_set = std::uint32_t;

    /// `names` has an entry a port and lives as long as the router. `mesh` are the destination ports that are
    /// mesh links, which take `hop`. `straight` are the ports whose destination may select the source of the
    /// same number: elsewhere source and destination of one number are the same neighbour, and a burst would
    /// go back where it came from. What leaves is added to `all` as well, which outlives the router.
    router(sc_core::sc_module_name name, std::span<const port_name> names, port_set mesh, port_set straight,
           const sc_core::sc_time& hop, words_out& all);

    /// Declares a destination port as leading nowhere (rim of the mesh).
    void leave_open(unsigned port) { open_[port] = true; }

    /// Sets the multiplexers from the sources that each destination port enables, at most one. Returns an
    /// empty string, or a line that names this router and the port that is wrong.
    [[nodiscard]] std::string configure(std::span<const port_set> enabled);

    /// Source port that drives a destination port, or none.
    [[nodiscard]] unsigned selected(unsigned destination) const { return select_[destination]; }
    /// True when some destination selects this source.
    [[nodiscard]] bool feeds(unsigned source) const { return reached_[source] != 0; }
    /// Destination ports that lead somewhere.
    [[nodiscard]] unsigned links() const;
    [[nodiscard]] const port_name& port(unsigned number) const { return names_[number]; }
    /// Words that left by a destination port since the last clear.
    [[nodiscard]] std::uint64_t words(unsigned destination) const { return words_[destination]; }
    void clear_counts();

protected:
    void end_of_elaboration() override;

private:
    void transport(int source, burst& b, sc_core::sc_time& delay);

    // By port, within the object; what a burst needs is in two lines of a cache: one of a large array visits
    // thousands of routers.
    alignas(64) std::array<port_set, most_ports> reached_{};  ///< by source, the destinations that select it
    port_set mesh_;
    std::array<stream_target*, most_ports> beyond_{};  ///< what `out` is bound to
    std::array<std::uint64_t, most_ports> words_{};
    words_out& all_;
    sc_core::sc_time hop_;
    std::span<const port_name> names_;
    port_set straight_;
    std::array<std::uint8_t, most_ports> select_{};
    std::array<bool, most_ports> open_{};
};

}  // namespace eyeriss::noc
