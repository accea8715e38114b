#include "sims/trace/timeline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

namespace eyeriss::sims {

namespace {

using observe::stream_kind;

constexpr std::size_t most_amounts = 1U << 21U;  // some 100 MB
constexpr std::array<std::string_view, timeline::traffics> traffic_names{"dram_read", "dram_write", "iact",
                                                                         "weight", "psum"};
constexpr std::array<std::string_view, timeline::activities> activity_names{
    "utilisation", "iact_links", "weight_links", "psum_links", "banks"};

/// 0: iact, 1: weight, 2: psum, by the second part of a stream's name.
unsigned network_of(std::string_view stream) {
    return stream.starts_with("noc.iact") ? 0 : stream.starts_with("noc.weight") ? 1 : 2;
}

std::uint64_t sum_of(const observe::transaction& t, std::initializer_list<std::string_view> names) {
    std::uint64_t sum = 0;
    for (const auto& a : t.attributes) {
        if (std::find(names.begin(), names.end(), a.name) != names.end())
            sum += static_cast<std::uint64_t>(a.value);
    }
    return sum;
}

/// What of an amount lies before `time`, in whole units.
std::uint64_t part_before(std::uint64_t value, observe::picoseconds begin, observe::picoseconds end,
                          observe::picoseconds time) {
    if (time <= begin) return 0;
    if (time >= end) return value;
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>(wide{value} * (time - begin) / (end - begin));
}

}  // namespace

timeline::timeline(const arch::machine& machine)
    : machine_(machine),
      cycle_ps_(static_cast<observe::picoseconds>(std::llround(1e6 / machine.clock_mhz))) {}

observe::kind_set timeline::wanted() const {
    return {stream_kind::layer,   stream_kind::transfer, stream_kind::cluster,
            stream_kind::network, stream_kind::link,     stream_kind::bank};
}

void timeline::opened(observe::stream_id id, const observe::stream& s) {
    series_.resize(std::max<std::size_t>(series_.size(), id));
    const auto in_cluster = [&](activity what) {
        return s.index * static_cast<unsigned>(activities) + static_cast<unsigned>(what);
    };
    unsigned row = 0;
    switch (s.kind) {
        case stream_kind::transfer:
            row = s.index;
            break;
        case stream_kind::network:
            row = static_cast<unsigned>(traffic::iact) + s.index;
            break;
        case stream_kind::cluster:
            row = in_cluster(activity::utilisation);
            break;
        case stream_kind::link:
            row = in_cluster(
                static_cast<activity>(static_cast<unsigned>(activity::iact_links) + network_of(s.name)));
            break;
        case stream_kind::bank:
            row = in_cluster(activity::banks);
            break;
        default:
            break;
    }
    series_[id - 1] = {s.kind, row};
}

void timeline::recorded(const observe::transaction& t) {
    const series& s = series_[t.stream - 1];
    switch (s.kind) {
        case stream_kind::layer:
            if (t.name == "layer") close_layer(t.begin, t.end);
            return;
        case stream_kind::transfer:
        case stream_kind::network:
            open_.push_back({s.row, false, sum_of(t, {"bytes"}), t.begin, t.end});
            break;
        case stream_kind::cluster:
            open_.push_back(
                {s.row, true, sum_of(t, {"both_lanes", "one_lane", "stored_zero"}), t.begin, t.end});
            break;
        case stream_kind::link:
            open_.push_back({s.row, true, sum_of(t, {"busy"}), t.begin, t.end});
            break;
        case stream_kind::bank:
            open_.push_back({s.row, true, sum_of(t, {"words"}), t.begin, t.end});
            break;
        default:
            return;
    }
    if (open_.size() >= most_amounts) thin_out();
}

/// Joins neighbours of a row in time, two and two.
void timeline::thin_out() {
    std::stable_sort(open_.begin(), open_.end(), [](const amount& a, const amount& b) {
        return std::tuple(a.is_busy, a.row, a.begin) < std::tuple(b.is_busy, b.row, b.begin);
    });
    std::vector<amount> joined;
    joined.reserve(open_.size() / 2 + 1);
    for (std::size_t i = 0; i < open_.size(); ++i) {
        amount a = open_[i];
        if (i + 1 < open_.size() && open_[i + 1].row == a.row && open_[i + 1].is_busy == a.is_busy) {
            a.value += open_[i + 1].value;
            a.end = std::max(a.end, open_[i + 1].end);
            ++i;
        }
        joined.push_back(a);
    }
    open_ = std::move(joined);
}

void timeline::close_layer(observe::picoseconds begin, observe::picoseconds end) {
    const arch::cycle_t first = begin / cycle_ps_, cycles = (end - begin) / cycle_ps_;
    const auto count = std::clamp<std::uint64_t>(cycles / least_window_cycles, 1, windows_a_layer);
    const std::size_t at = windows_.size();
    for (std::uint64_t i = 0; i < count; ++i) {
        window w;
        w.begin = first + cycles * i / count;
        w.end = first + cycles * (i + 1) / count;
        w.busy.resize(machine_.noc.clusters());
        windows_.push_back(std::move(w));
    }
    for (const amount& a : open_) spread(a, at, begin, end);
    open_.clear();
}

/// What lies outside of the layer's time counts for its first or last window.
void timeline::spread(const amount& a, std::size_t first, observe::picoseconds begin,
                      observe::picoseconds end) {
    const std::size_t count = windows_.size() - first;
    const auto window_at = [&](observe::picoseconds time) {
        const auto inside = std::clamp(time, begin, end) - begin;
        return std::min<std::size_t>(end == begin ? 0 : inside * count / (end - begin), count - 1);
    };
    std::size_t i = window_at(a.begin);
    i -= i > 0 ? 1 : 0;  // edges are rounded to cycles
    for (std::uint64_t done = 0; done < a.value; ++i) {
        window& w = windows_[first + i];
        const bool last = i + 1 == count;
        const auto reached = last || (a.begin >= a.end && a.begin < w.end * cycle_ps_)
                                 ? a.value
                                 : part_before(a.value, a.begin, a.end, w.end * cycle_ps_);
        (a.is_busy ? w.busy[a.row / activities].at(a.row % activities) : w.bytes.at(a.row)) += reached - done;
        done = reached;
        if (last) return;
    }
}

std::vector<timeline::window> timeline::with_gaps(const std::vector<timeline_band>& bands,
                                                  arch::cycle_t end) const {
    std::map<arch::cycle_t, const window*> begins;
    std::vector<arch::cycle_t> edges{0, end};
    for (const window& w : windows_) {
        begins.emplace(w.begin, &w);
        edges.insert(edges.end(), {w.begin, w.end});
    }
    const auto inside = [&](arch::cycle_t edge) {
        auto next = begins.upper_bound(edge);
        return next != begins.begin() && edge < std::prev(next)->second->end;
    };
    for (const auto& b : bands) {
        for (const arch::cycle_t edge : {b.begin, b.end}) {
            if (edge <= end && !inside(edge)) edges.push_back(edge);
        }
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    std::vector<window> out;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const auto known = begins.find(edges[i]);
        if (known != begins.end()) {
            out.push_back(*known->second);
        } else {
            window gap;
            gap.begin = edges[i];
            gap.end = edges[i + 1];
            out.push_back(std::move(gap));
        }
    }
    return out;
}

/// Links, banks or PEs of a cluster.
unsigned timeline::units(activity what) const {
    const auto& noc = machine_.noc;
    switch (what) {
        case activity::utilisation:
            return noc.pes_per_cluster();
        case activity::iact_links:
            return noc.is_bus() ? 1 : noc.iact_routers();
        case activity::weight_links:
            return noc.is_bus() ? 1 : noc.pe_rows;
        case activity::psum_links:
            return noc.is_bus() ? 2 : 2 * noc.pe_cols;
        case activity::banks:
            break;
    }
    return noc.iact_routers();
}

/// Clusters that have units of their own.
unsigned timeline::columns(activity what) const {
    const bool of_links =
        what == activity::iact_links || what == activity::weight_links || what == activity::psum_links;
    return of_links && machine_.noc.is_bus() ? 1 : machine_.noc.clusters();
}

double timeline::share(const window& w, activity what) const {
    std::uint64_t busy = 0;
    for (const auto& cluster : w.busy) busy += cluster.at(static_cast<std::size_t>(what));
    const auto most = static_cast<double>((w.end - w.begin) * units(what) * columns(what));
    return most > 0 ? std::min(1.0, static_cast<double>(busy) / most) : 0.0;
}

nlohmann::ordered_json timeline::shares(activity what, const std::vector<window>& all) const {
    constexpr double digits = 1e4;
    nlohmann::ordered_json::array_t out;
    out.reserve(all.size());
    for (const window& w : all) {
        if (w.busy.empty()) {
            out.emplace_back(nullptr);
            continue;
        }
        const auto most = static_cast<double>((w.end - w.begin) * units(what));
        nlohmann::ordered_json::array_t row;
        row.reserve(columns(what));
        for (unsigned c = 0; c < columns(what); ++c) {
            const auto busy = static_cast<double>(w.busy[c].at(static_cast<std::size_t>(what)));
            row.emplace_back(std::round(std::min(1.0, most > 0 ? busy / most : 0.0) * digits) / digits);
        }
        out.emplace_back(std::move(row));
    }
    return out;
}

nlohmann::ordered_json timeline::json(const std::vector<timeline_band>& bands, arch::cycle_t end) const {
    const auto all = with_gaps(bands, windows_.empty() ? end : std::max(end, windows_.back().end));
    nlohmann::ordered_json out;
    out["schema"] = "eyeriss_vp.timeline.1";
    out["clock_mhz"] = machine_.clock_mhz;
    out["windows"] = all.size();
    auto& edges = out["edges"] = nlohmann::ordered_json::array({0});
    for (const window& w : all) edges.push_back(w.end);
    out["rows"] = machine_.noc.cluster_rows;
    out["columns"] = machine_.noc.cluster_cols;
    auto& layers = out["layers"] = nlohmann::ordered_json::array();
    for (const auto& b : bands) {
        layers.push_back({{"name", b.name},
                          {"runs_on", b.on_accelerator ? "accelerator" : "core"},
                          {"begin", b.begin},
                          {"end", b.end}});
    }
    for (std::size_t i = 0; i < traffics; ++i) {
        auto& row = out["bytes"][std::string(traffic_names.at(i))] = nlohmann::ordered_json::array();
        for (const window& w : all) row.push_back(w.bytes.at(i));
    }
    for (std::size_t i = 0; i < activities; ++i)
        out["clusters"][std::string(activity_names.at(i))] = shares(static_cast<activity>(i), all);
    return out;
}

}  // namespace eyeriss::sims
