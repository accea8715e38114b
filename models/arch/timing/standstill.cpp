#include "models/arch/timing/standstill.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace eyeriss::arch::timing {
namespace {

using kind = unit::kind;
using need = waiting::need;

/// Who needs a time of whom, in one pass: edges from the unit that is waited for.
struct edge {
    unit waiter;
    need what;
};

class wait_graph {
public:
    wait_graph(const pass& p, const machine& m) : p_(p), m_(m) {
        for (const load& l : p.loads) add_load(l);
        for (const stream& s : p.streams) add_stream(s);
        for (const chain& c : p.chains) add_chain(c);
    }

    [[nodiscard]] bool has_work(const unit& u) const { return edges_.contains(u); }
    [[nodiscard]] const std::vector<edge>& waiters(const unit& u) const { return edges_.at(u); }

private:
    void add(const unit& whom, const unit& waiter, need what) {
        edges_[whom].push_back({waiter, what});
        edges_.try_emplace(waiter);
    }
    [[nodiscard]] bool works(std::uint32_t pe) const { return pe < p_.jobs.size() && p_.jobs[pe].works(); }

    void add_load(const load& l) {
        const unit port{kind::weight_port, l.port};
        for (const sink& s : l.sinks) {
            if (!works(s.pe)) continue;
            add(port, {kind::pe, s.pe}, need::weights);
            add({kind::pe, s.pe}, port, need::room);
        }
    }

    void add_stream(const stream& s) {
        const unit port{kind::iact_port, s.port};
        const unsigned entries = std::accumulate(s.pairs.begin(), s.pairs.end(), 0U);
        const bool fits = entries <= m_.pe.iact_entries && s.pairs.size() <= m_.pe.iact_address_entries;
        for (const sink& k : s.sinks) {
            if (!works(k.pe)) continue;
            add(port, {kind::pe, k.pe}, need::iacts);
            if (!fits) add({kind::pe, k.pe}, port, need::room);
        }
    }

    void add_chain(const chain& c) {
        const unit in{kind::psum_in_port, c.in_port};
        const unit out{kind::psum_out_port, c.out_port};
        const auto pe = [&](std::size_t i) { return unit{kind::pe, c.pes[i].pe}; };
        const bool fifo_fills = p_.windows > m_.pe.psum_fifo_windows;
        if (c.from_bank) {
            add(in, pe(0), need::psums);
            if (fifo_fills) add(pe(0), in, need::room);
        }
        for (std::size_t i = 0; i + 1 < c.pes.size(); ++i) {
            add(pe(i), pe(i + 1), need::psums);
            if (fifo_fills) add(pe(i + 1), pe(i), need::room);
        }
        add(pe(c.pes.size() - 1), out, need::psums);
        add(out, pe(c.pes.size() - 1), need::room);
    }

    const pass& p_;
    const machine& m_;
    std::map<unit, std::vector<edge>> edges_;
};

std::string_view name_of(kind what) {
    switch (what) {
        case kind::pe:
            return "PE";
        case kind::iact_port:
            return "iact port";
        case kind::weight_port:
            return "weight port";
        case kind::psum_in_port:
            return "psum port into column";
        case kind::psum_out_port:
            break;
    }
    return "psum port out of column";
}

unsigned ports_of(kind what, const machine& m) {
    switch (what) {
        case kind::iact_port:
            return m.noc.iact_routers();
        case kind::weight_port:
            return m.noc.pe_rows;
        case kind::pe:
        case kind::psum_in_port:
        case kind::psum_out_port:
            break;
    }
    return m.noc.pe_cols;
}

}  // namespace

std::vector<waiting> who_waits(const pass& p, const std::set<unit>& still, const machine& m) {
    const wait_graph graph(p, m);
    std::vector<waiting> found;
    std::set<unit> known;
    for (const unit& u : still) {
        if (graph.has_work(u) && known.insert(u).second) found.push_back({u, u, need::itself});
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const unit whom = found[i].who;
        for (const auto& [waiter, what] : graph.waiters(whom)) {
            if (known.insert(waiter).second) found.push_back({waiter, whom, what});
        }
    }
    return found;
}

std::vector<waiting> longest_wait(const std::vector<waiting>& all) {
    std::map<unit, const waiting*> by_unit;
    std::map<unit, unsigned> depth;
    const waiting* deepest = nullptr;
    for (const auto& w : all) {
        by_unit[w.who] = &w;
        depth[w.who] = w.what == need::itself ? 0 : depth[w.whom] + 1;
        if (deepest == nullptr || depth[w.who] > depth[deepest->who]) deepest = &w;
    }
    std::vector<waiting> way;
    for (const auto* at = deepest; at != nullptr; at = by_unit.at(at->whom)) {
        way.push_back(*at);
        if (at->what == need::itself) break;
    }
    return way;
}

std::string to_string(const unit& u, const machine& m) {
    if (u.what == kind::pe) {
        const unsigned in_cluster = u.index % m.noc.pes_per_cluster();
        return fmt::format("PE {} (cluster {}, row {}, column {})", u.index,
                           u.index / m.noc.pes_per_cluster(), in_cluster / m.noc.pe_cols,
                           in_cluster % m.noc.pe_cols);
    }
    const unsigned ports = ports_of(u.what, m);
    return fmt::format("{} {} (cluster {}, router {})", name_of(u.what), u.index, u.index / ports,
                       u.index % ports);
}

std::string to_string(const waiting& w, const machine& m) {
    switch (w.what) {
        case need::itself:
            break;
        case need::iacts:
            return fmt::format("{} waits for iacts from {}", to_string(w.who, m), to_string(w.whom, m));
        case need::weights:
            return fmt::format("{} waits for weights from {}", to_string(w.who, m), to_string(w.whom, m));
        case need::psums:
            return fmt::format("{} waits for psums from {}", to_string(w.who, m), to_string(w.whom, m));
        case need::room:
            return fmt::format("{} waits for room in {}", to_string(w.who, m), to_string(w.whom, m));
    }
    return fmt::format("{} stands still", to_string(w.who, m));
}

}  // namespace eyeriss::arch::timing
