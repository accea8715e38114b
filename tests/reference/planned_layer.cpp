#include "tests/reference/planned_layer.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "firmware/compiler/pass_plan.h"
#include "models/arch/timing/bank_fill.h"
#include "models/arch/timing/output_queue.h"

namespace eyeriss::reference {
namespace {

namespace timing = arch::timing;

/// The same passes under other names and in another order.
class shuffler {
public:
    shuffler(std::mt19937_64* random, const arch::machine& m) : random_(random) {
        for (const auto& [by, count] :
             {std::pair{&pes_, m.noc.pes()}, std::pair{&iacts_, m.noc.clusters() * m.noc.iact_routers()},
              std::pair{&weights_, m.noc.clusters() * m.noc.pe_rows},
              std::pair{&psums_, m.noc.clusters() * m.noc.pe_cols}}) {
            by->resize(count);
            std::iota(by->begin(), by->end(), 0U);
            if (random_ != nullptr) std::shuffle(by->begin(), by->end(), *random_);
        }
    }

    void apply(timing::pass& p) {
        if (random_ == nullptr) return;
        for (timing::load& l : p.loads) rename(l.port, weights_, l.sinks);
        for (timing::stream& s : p.streams) rename(s.port, iacts_, s.sinks);
        for (timing::chain& c : p.chains) {
            c.in_port = psums_[c.in_port];
            c.out_port = psums_[c.out_port];
            for (auto& link : c.pes) link.pe = pes_[link.pe];
        }
        std::vector<timing::pe_job> jobs(p.jobs.size());
        for (std::size_t i = 0; i < jobs.size(); ++i) jobs[pes_[i]] = p.jobs[i];
        p.jobs = std::move(jobs);
        interleave(p.loads, [](const timing::load& l) { return l.port; });
        interleave(p.streams, [](const timing::stream& s) { return s.port; });
        std::shuffle(p.chains.begin(), p.chains.end(), *random_);
    }

    /// Entries by new name, in the order of the old ones.
    template <class Entry>
    [[nodiscard]] std::vector<Entry> pes_again(const std::vector<Entry>& named) const {
        return again(named, pes_);
    }
    [[nodiscard]] timing::array_timing::ledgers again(const timing::array_timing::ledgers& l) const {
        timing::array_timing::ledgers out = l;
        out.pes = again(l.pes, pes_);
        out.iact = again(l.iact, iacts_);
        out.weight = again(l.weight, weights_);
        out.psum_in = again(l.psum_in, psums_);
        out.psum_out = again(l.psum_out, psums_);
        return out;
    }

private:
    using names = std::vector<unsigned>;

    void rename(std::uint32_t& port, const names& ports, std::vector<timing::sink>& sinks) {
        port = ports[port];
        for (timing::sink& s : sinks) s.pe = pes_[s.pe];
        std::shuffle(sinks.begin(), sinks.end(), *random_);
    }
    /// Deals the items of all ports anew, those of a port in their old order.
    template <class Item, class Port>
    void interleave(std::vector<Item>& items, Port port_of) {
        std::map<std::uint32_t, std::vector<Item>> by_port;
        std::vector<std::uint32_t> turns;
        for (Item& item : items) {
            turns.push_back(port_of(item));
            by_port[turns.back()].push_back(std::move(item));
        }
        std::shuffle(turns.begin(), turns.end(), *random_);
        std::map<std::uint32_t, std::size_t> next;
        items.clear();
        for (const std::uint32_t port : turns) items.push_back(std::move(by_port[port][next[port]++]));
    }
    template <class Entry>
    [[nodiscard]] static std::vector<Entry> again(const std::vector<Entry>& named, const names& by) {
        std::vector<Entry> out;
        for (const unsigned name : by) out.push_back(named[name]);
        return out;
    }

    std::mt19937_64* random_;
    names pes_, iacts_, weights_, psums_;
};

bool same_iacts(arch::pass_index a, arch::pass_index b) {
    a[static_cast<std::size_t>(arch::loop::m)] = b[static_cast<std::size_t>(arch::loop::m)] = 0;
    return a == b;
}

}  // namespace

planned_layer time_layer(const layer_case& c, const arch::machine& m, cycle configuration,
                         std::mt19937_64* shuffle) {
    const compiler::graph net = graph_of(c);
    const auto& op = std::get<compiler::conv_op>(net.layers[0].op);
    const auto input = input_of(c);
    const arch::tiling tiles(c.shape, c.map, m);
    compiler::pass_planner planner(op, tiles, m, {input, c.is_signed, c.pad_value});
    shuffler names(shuffle, m);
    timing::array_timing array(m);
    timing::bank_fill banks(std::size_t{m.noc.clusters()} * m.noc.iact_routers());
    timing::output_queue queue(m.control.output_tiles);
    array.begin_layer(0, configuration, c.map.m0);
    banks.begin_layer(0, configuration, c.map.iact_single_buffer ? 1 : 2);
    planned_layer timed;
    std::vector<std::vector<window_times>> windows(m.noc.pes());
    array.observe([&](std::uint32_t pe, const timing::window_times& t) {
        windows[pe].push_back({t.accumulated, t.moved});
    });
    std::vector<cycle> filled;
    for (std::uint64_t pass = 0; pass < tiles.passes(); ++pass) {
        const auto index = tiles.index(pass), before = tiles.index(pass == 0 ? 0 : pass - 1);
        timing::pass p =
            planner.plan(index, pass == 0 || tiles.weight_segment(index) != tiles.weight_segment(before));
        if (pass == 0 || !same_iacts(index, before)) {
            if (pass != 0) banks.release(array.banks_read());
            filled = banks.fill(planner.bank_words(), 0);
        }
        p.iacts_filled = filled;
        p.outputs_blocked = queue.blocked(queue.left());
        names.apply(p);
        const auto times = array.run(p);
        if (tiles.last_reduction(index)) queue.leave(times.outputs_ready);
        timed.end = std::max(timed.end, times.last_end);
    }
    timed.ledgers = names.again(array.end_layer(timed.end));
    timed.windows = names.pes_again(windows);
    return timed;
}

}  // namespace eyeriss::reference
