#include "tests/reference/plan.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/reference/schedule.h"

namespace eyeriss::reference {
namespace {

constexpr std::size_t drained_at_once = 1 << 20;

class planner {
public:
    planner(const layer& l, const mapping& m, const machine& k, const operands& o, const mesh_setup& setup)
        : layer_(l), mapping_(m), machine_(k), operands_(o), setup_(setup), schedule_(l, m, k) {}

    planned plan();

private:
    [[nodiscard]] std::size_t clusters() const { return machine_.rows * machine_.cols; }

    void make_links();
    [[nodiscard]] std::size_t port_of(std::size_t chain, std::size_t n) const;
    void plan_jobs(std::size_t pass);
    void plan_chain(std::size_t pass, const std::vector<std::size_t>& pes);
    void plan_weight_row(std::size_t source, std::size_t row, const std::vector<reached>& to);
    void plan_weights();
    void plan_iacts();
    void plan_bank(std::size_t source, std::size_t bank, const std::vector<reached>& to);
    void add_pass(iact_port_program&, std::size_t pass, const stream_roles&, const std::vector<reached>&,
                  std::size_t port);

    layer layer_;
    mapping mapping_;
    machine machine_;
    const operands& operands_;
    const mesh_setup& setup_;
    schedule schedule_;
    planned out_;
    std::map<std::array<int, 4>, std::pair<std::size_t, std::size_t>> tiles_;  ///< tile, rounds so far
};

planned planner::plan() {
    program& p = out_.what;
    p.pe = machine_.pe;
    p.configuration = machine_.configuration;
    p.output_passes = machine_.output_passes;
    p.jobs.resize(machine_.pes());
    make_links();
    for (std::size_t pass = 0; pass < schedule_.passes().size(); ++pass) plan_jobs(pass);
    plan_weights();
    plan_iacts();
    p.tiles = out_.tiles.size();
    return std::move(out_);
}

// A link into each PE, and one out of each chain.
void planner::make_links() {
    program& p = out_.what;
    for (const place& at : schedule_.places())
        p.links.push_back({machine_.psum_fifo_windows * static_cast<std::size_t>(up(mapping_.m0, 2)),
                           at.row == 0 && at.q > 0 ? machine_.hop : 0});
    p.chains.resize(clusters() * machine_.pe_cols);
    for (std::size_t i = 0; i < p.chains.size(); ++i) {
        chain_program& c = p.chains[i];
        c.in_port = port_of(i, 0);
        c.out_port = port_of(i, static_cast<std::size_t>(mapping_.chain_clusters) - 1);
        c.sink = p.links.size();
        p.links.push_back({drained_at_once, 0, {}});
    }
}

// The psum router of a chain in the n-th of its clusters.
std::size_t planner::port_of(std::size_t chain, std::size_t n) const {
    const std::size_t columns = machine_.cols * machine_.pe_cols, column = chain % columns;
    const std::size_t row = chain / columns * static_cast<std::size_t>(mapping_.chain_clusters) + n;
    return (row * machine_.cols + column / machine_.pe_cols) * machine_.pe_cols + column % machine_.pe_cols;
}

void planner::plan_jobs(std::size_t pass) {
    std::map<std::size_t, std::vector<std::size_t>> chains;
    for (std::size_t pe = 0; pe < machine_.pes(); ++pe) {
        const auto w = schedule_.work_of(pass, pe);
        if (!w) continue;
        pe_job job;
        job.pass = pass;
        job.weights = tile_of(layer_, mapping_, operands_, *w);
        job.windows = layer_.f();
        job.window_segments = up(w->filter_cols, layer_.stride_w);
        job.segment_values = w->channels * layer_.stride_w;
        out_.what.jobs[pe].push_back({job, no_link, no_link, no_port});
        chains[schedule_.places()[pe].chain].push_back(pe);
    }
    for (auto& [chain, pes] : chains) {
        std::ranges::sort(pes, {}, [&](std::size_t pe) { return schedule_.places()[pe].q; });
        plan_chain(pass, pes);
    }
}

// PEs without work between two others are wires.
void planner::plan_chain(std::size_t pass, const std::vector<std::size_t>& pes) {
    program& p = out_.what;
    const work w = *schedule_.work_of(pass, pes.front());
    const auto [it, added] =
        tiles_.try_emplace({w.g, w.n, w.first_m, w.e}, out_.tiles.size(), std::size_t{0});
    if (added) out_.tiles.push_back({w.g, w.n, w.first_m, w.rows, w.e});
    auto& [tile, round] = it->second;
    const auto rounds = static_cast<std::size_t>(schedule_.rounds());
    if (rounds > 1 && mapping_.chain_clusters > 1)
        throw std::invalid_argument("reference: a chain over several clusters must finish in one pass");
    chain_program& chain = p.chains[schedule_.places()[pes.front()].chain];
    chain.feed = pes.front();
    const auto words = static_cast<std::size_t>(layer_.f()) * static_cast<std::size_t>(up(w.rows, 2));
    chain.passes.push_back({pass, tile, words, round, round + 1 == rounds});
    for (std::size_t i = 0; i < pes.size(); ++i) {
        job_program& job = p.jobs[pes[i]].back();
        if (i > 0 || round > 0) job.below = pes[i];
        job.above = i + 1 < pes.size() ? pes[i + 1] : chain.sink;
        p.links[job.above].turns.push_back({pass, words});
    }
    ++round;
}

// The tiles of a row of PEs, one after the other.
void planner::plan_weight_row(std::size_t source, std::size_t row, const std::vector<reached>& to) {
    program& p = out_.what;
    auto& deliveries = p.weight_ports[source * machine_.pe_rows + row];
    std::map<std::size_t, std::size_t> jobs_seen;
    std::size_t load = 0;
    std::map<std::size_t, std::size_t> held;  ///< by PE: the load that its tile came with
    for (std::size_t pass = 0; pass < schedule_.passes().size(); ++pass) {
        if (schedule_.loads_weights(pass)) ++load;
        std::vector<std::pair<std::array<int, 5>, tile_delivery>> sent;
        for (const reached& r : to)
            for (const std::size_t pe : schedule_.pes_of(r.cluster, row)) {
                const auto w = schedule_.work_of(pass, pe);
                if (!w) continue;
                pe_job& job = p.jobs[pe][jobs_seen[pe]++].job;
                job.loads_weights = held[pe] != load;
                if (!job.loads_weights) continue;
                held[pe] = load;
                auto it = std::ranges::find(sent, w->tile(), &decltype(sent)::value_type::first);
                if (it == sent.end())
                    it = sent.insert(sent.end(),
                                     {w->tile(), {pass, static_cast<cycle>(job.weights.network_words), {}}});
                it->second.to.push_back({pe, r.hops * machine_.hop});
            }
        for (auto& [name, delivery] : sent) deliveries.push_back(std::move(delivery));
    }
}

// A port's sequencer is static, so a PE takes its tile whenever the port sends: when anything but n and e has
// changed since the pass before.
void planner::plan_weights() {
    out_.what.weight_ports.resize(clusters() * machine_.pe_rows);
    for (std::size_t row = 0; row < machine_.pe_rows; ++row)
        for (const std::size_t source : setup_.weight[row].sources())
            plan_weight_row(source, row, setup_.weight[row].reach(source));
}

void planner::plan_iacts() {
    out_.what.iact_ports.resize(clusters() * machine_.pe_rows);
    for (std::size_t bank = 0; bank < machine_.pe_rows; ++bank)
        for (const std::size_t source : setup_.iact[bank].sources())
            plan_bank(source, bank, setup_.iact[bank].reach(source));
}

void planner::plan_bank(std::size_t source, std::size_t bank, const std::vector<reached>& to) {
    const std::size_t index = source * machine_.pe_rows + bank;
    iact_port_program& port = out_.what.iact_ports[index];
    port.halves = mapping_.whole_banks ? 1 : 2;
    stream_roles kept;
    const stream_roles all = schedule_.roles_of(source);
    for (std::size_t i = bank; i < all.size(); i += machine_.pe_rows) kept.push_back(all[i]);
    for (std::size_t pass = 0; pass < schedule_.passes().size(); ++pass) {
        const std::size_t before = port.deliveries.size();
        add_pass(port, pass, kept, to, index);
        if (schedule_.loads_iacts(pass)) {
            port.load_words.push_back(0);
            for (std::size_t i = before; i < port.deliveries.size(); ++i)
                port.load_words.back() += static_cast<cycle>(port.deliveries[i].segment.network_words);
        }
        port.load_of_pass.push_back(port.load_words.size() - 1);
    }
}

// Window by window, and within a window stream by stream.
void planner::add_pass(iact_port_program& port, std::size_t pass, const stream_roles& kept,
                       const std::vector<reached>& to, std::size_t index) {
    struct stream {
        std::vector<iact_segment> segments;
        std::vector<destination> users;
        std::size_t sent = 0, first = 0;
    };
    std::vector<stream> streams;
    for (const auto& role : kept) {
        stream s;
        for (const reached& r : to)
            for (std::size_t row = 0; row < machine_.pe_rows; ++row)
                for (const std::size_t pe : schedule_.pes_of(r.cluster, row)) {
                    const place& at = schedule_.places()[pe];
                    const auto w = schedule_.work_of(pass, pe);
                    if (!w || schedule_.stream_role(at) != role) continue;
                    if (s.users.empty()) s.segments = stream_of(layer_, mapping_, operands_, *w);
                    s.users.push_back({pe, r.hops * machine_.hop});
                    auto& jobs = out_.what.jobs[pe];
                    const auto job = std::ranges::find_if(jobs, [&](auto& j) { return j.job.pass == pass; });
                    job->iact_port = index;
                    s.first = static_cast<std::size_t>(job->job.window_segments);
                }
        if (!s.users.empty()) streams.push_back(std::move(s));
    }
    for (int window = 0; window < layer_.f(); ++window)
        for (stream& s : streams)
            for (const std::size_t end = s.first + window; s.sent < end; ++s.sent)
                port.deliveries.push_back({pass, s.segments[s.sent], s.users});
}

}  // namespace

planned plan(const layer& l, const mapping& m, const machine& k, const operands& o, const mesh_setup& setup) {
    return planner(l, m, k, o, setup).plan();
}

planned plan(const layer& l, const mapping& m, const machine& k, const operands& o) {
    return plan(l, m, k, o, routes(l, m, k));
}

}  // namespace eyeriss::reference
