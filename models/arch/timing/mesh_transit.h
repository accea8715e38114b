#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "models/arch/timing/ledger.h"
#include "noc/mesh_tree.h"

namespace eyeriss::arch::timing {

/// When a link carries words. Whoever asks is given the first stretch that is free from a cycle on, before
/// later ones too that were given away earlier.
class link_calendar {
public:
    /// Takes `words` cycles that follow one another, none before `from`; returns the first.
    cycle_t take(cycle_t from, cycle_t words);
    /// Nobody asks for cycles up to `cycle` any more.
    void forget(cycle_t cycle);
    [[nodiscard]] cycle_t busy() const { return busy_; }
    void clear() { *this = {}; }

private:
    std::map<cycle_t, cycle_t> taken_;  ///< first cycle, and the one after the last; none touch
    cycle_t busy_ = 0;
};

/// How long words are on their way over the flat meshes of one data type, where they share links with words
/// of other ports (doc/assumptions.md, A-MESH).
///
/// A transfer is cut into packets of at most noc.mesh_packet_words. A packet enters its plane by the one
/// injection link of its cluster, crosses links in dimension order, each word a cycle on each, and leaves by
/// the destination's ejection link. A word can leave a router noc.hop_cycles after it left the one before; a
/// packet that finds its link taken waits in the router, whose buffer holds it whole, and keeps nobody behind
/// it from other links. Which of two packets goes first where both ask is the order of evaluation, unless a
/// gap lets the later one pass. No link ever carries two words in a cycle.
class mesh_transit {
public:
    /// `ports`: of a cluster on this network.
    mesh_transit(const noc::noc_parameters& p, unsigned ports);

    void begin_layer();

    /// Clusters that a port's words go to, and the ways there.
    class route {
    public:
        /// `to` in rising order.
        route(const noc::noc_parameters& p, unsigned from, std::vector<unsigned> to);
        /// Packets that its source sends for each of the transfer's.
        [[nodiscard]] std::size_t copies() const { return trees_.size(); }
        /// Where a destination stands in passage::at.
        [[nodiscard]] std::size_t place(unsigned cluster) const {
            return static_cast<std::size_t>(std::lower_bound(to_.begin(), to_.end(), cluster) - to_.begin());
        }

    private:
        friend class mesh_transit;
        unsigned from_ = 0;
        std::vector<unsigned> to_;
        std::vector<noc::mesh_tree> trees_;  ///< one, or with copies one a destination
    };

    /// A transfer as it went through.
    struct passage {
        cycle_t first = 0, last = 0;  ///< words that the port sends; copies included
        struct stretch {
            cycle_t first = 0, last = 0;
        };
        std::vector<stretch> at;  ///< each destination of the route: its words can be used after these cycles
    };
    /// Sends `words` (at least one) of a port of the route's source, whose first can enter in cycle `from`.
    /// The result holds until the next call.
    [[nodiscard]] const passage& send(const route& r, unsigned port, cycle_t words, cycle_t from);
    /// Nothing will enter in cycles up to this one.
    void forget(cycle_t cycle);
    /// Busy cycles of the links that carried something, ejection links included.
    [[nodiscard]] std::vector<cycle_t> busy_links() const;

private:
    struct plane {
        std::vector<link_calendar> inject, links, eject;
    };
    void send_packet(plane& on, const noc::mesh_tree& tree, std::span<const unsigned> to,
                     std::size_t first_at, cycle_t words, bool head, cycle_t enters);

    noc::noc_parameters p_;
    std::vector<plane> planes_;
    passage passage_;
    std::vector<cycle_t> starts_;  ///< of the packet at hand, by link of its tree
};

}  // namespace eyeriss::arch::timing
