#define BOOST_TEST_MODULE perfetto
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sims/program.h"
#include "tests/sims/temporary_folder.h"
#include "tests/sims/trace/perfetto_read.pb.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

struct slice {
    std::string track, name;
    std::uint64_t begin = 0, end = 0;
    std::map<std::string, std::int64_t> values;
    [[nodiscard]] std::int64_t value(const std::string& key) const {
        const auto found = values.find(key);
        return found == values.end() ? 0 : found->second;
    }
};

/// A trace as a viewer would understand it, or why it would not.
struct view {
    std::string wrong;
    std::map<std::uint64_t, std::string> tracks;
    std::vector<slice> slices;
    std::map<std::string, std::vector<std::pair<std::uint64_t, double>>> counters;

    [[nodiscard]] std::map<std::int64_t, const slice*> by_id() const {
        std::map<std::int64_t, const slice*> out;
        for (const auto& s : slices) out.emplace(s.value("id"), &s);
        return out;
    }
};

constexpr int slice_begin = 1, slice_end = 2, counter = 4;

view understand(const published::Trace& trace) {
    view out;
    std::map<std::uint64_t, std::string> names, keys;
    std::map<std::uint64_t, std::vector<std::size_t>> open;
    std::map<std::uint64_t, std::uint64_t> times;
    for (const auto& packet : trace.packet()) {
        for (const auto& n : packet.interned_data().event_names()) names[n.iid()] = n.name();
        for (const auto& n : packet.interned_data().debug_annotation_names()) keys[n.iid()] = n.name();
        if (packet.has_track_descriptor()) {
            const auto& t = packet.track_descriptor();
            if (t.has_parent_uuid() && !out.tracks.contains(t.parent_uuid())) out.wrong = "no parent track";
            out.tracks[t.uuid()] = t.name();
        }
        if (!packet.has_track_event()) continue;
        const auto& event = packet.track_event();
        const auto uuid = event.track_uuid();
        if (!out.tracks.contains(uuid)) out.wrong = "an event on no track";
        if (packet.timestamp() < times[uuid]) out.wrong = out.tracks[uuid] + ": time goes back";
        times[uuid] = packet.timestamp();
        if (event.type() == counter) {
            out.counters[out.tracks[uuid]].emplace_back(packet.timestamp(), event.double_counter_value());
        } else if (event.type() == slice_begin) {
            if (!names.contains(event.name_iid())) out.wrong = "a slice without a name";
            slice s{out.tracks[uuid], names[event.name_iid()], packet.timestamp(), 0, {}};
            for (const auto& a : event.debug_annotations()) s.values[keys.at(a.name_iid())] = a.int_value();
            open[uuid].push_back(out.slices.size());
            out.slices.push_back(std::move(s));
        } else if (event.type() == slice_end) {
            if (open[uuid].empty()) {
                out.wrong = out.tracks[uuid] + ": an end without a begin";
                continue;
            }
            out.slices[open[uuid].back()].end = packet.timestamp();
            open[uuid].pop_back();
        } else {
            out.wrong = "an event of unknown type";
        }
    }
    for (const auto& [track, slices] : open) {
        if (!slices.empty()) out.wrong = out.tracks[track] + ": a slice that does not end";
    }
    return out;
}

std::string check_counters(const view& v, const nlohmann::json& summary) {
    std::map<std::string, double> expected{{"bytes.dram_read", summary.at("dram_read_bytes")},
                                           {"bytes.dram_write", summary.at("dram_write_bytes")}};
    for (const auto& layer : summary.at("layers")) {
        if (layer.at("runs_on") != "accelerator") continue;
        for (const std::string network : {"noc_iact", "noc_weight", "noc_psum"})
            expected["bytes." + network] += layer.at("bytes").at(network).get<double>();
    }
    const auto& spent = summary.at("pe_cycles");
    expected["pe_cycles.working"] = spent.at("both_lanes").get<double>() +
                                    spent.at("one_lane").get<double>() +
                                    spent.at("stored_zero").get<double>();
    for (const auto& [name, total] : expected) {
        if (!v.counters.contains(name)) return name + ": no such counter";
        const auto& steps = v.counters.at(name);
        double integral = 0;
        for (std::size_t i = 0; i + 1 < steps.size(); ++i)
            integral += steps[i].second * static_cast<double>(steps[i + 1].first - steps[i].first) * 1e-9;
        if (steps.back().second != 0 || std::abs(integral - total) > 1e-9 * total)
            return fmt::format("{}: integrates to {}, expected {}", name, integral, total);
    }
    return {};
}

/// Percent over time hold what the slices say was busy, of the v2's PEs, ports and banks.
std::string check_utilisation(const view& v) {
    struct unit {
        std::string counter, track;
        double count;
        std::vector<std::string> busy;
    };
    const std::vector<unit> units{{"pes", "cluster.c", 192, {"both_lanes", "one_lane", "stored_zero"}},
                                  {"iact_links", "noc.iact.c", 48, {"busy"}},
                                  {"weight_links", "noc.weight.c", 48, {"busy"}},
                                  {"psum_links", "noc.psum.c", 128, {"busy"}},
                                  {"glb_banks", "glb.c", 48, {"words"}}};
    constexpr double cycle_ns = 5;
    for (const auto& u : units) {
        double busy = 0, integral = 0;
        for (const auto& s : v.slices) {
            if (!s.track.starts_with(u.track)) continue;
            for (const auto& key : u.busy) busy += static_cast<double>(s.value(key));
        }
        const auto name = "utilisation." + u.counter;
        if (!v.counters.contains(name)) return name + ": no such counter";
        const auto& steps = v.counters.at(name);
        for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
            if (steps[i].second < 0 || steps[i].second > 100)
                return fmt::format("{}: {} %", name, steps[i].second);
            integral += steps[i].second / 100 * static_cast<double>(steps[i + 1].first - steps[i].first) /
                        cycle_ns * u.count;
        }
        if (busy == 0 || std::abs(integral - busy) > 1e-9 * busy)
            return fmt::format("{}: {} cycles busy, the slices have {}", name, integral, busy);
    }
    return {};
}

/// The layer that a slice is part of: up its parents.
std::int64_t layer_of(const slice& s, const std::map<std::int64_t, const slice*>& by_id) {
    const slice* at = &s;
    while (at->value("parent") != 0) {
        const auto up = by_id.find(at->value("parent"));
        if (up == by_id.end()) return -1;
        at = up->second;
    }
    return at->track == "accelerator.layer" ? at->value("index") : -1;
}

std::string check_ledgers(const view& v, const nlohmann::json& summary, int clusters) {
    const auto by_id = v.by_id();
    std::map<std::int64_t, std::map<std::string, std::int64_t>> spent;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> by_cluster;
    for (const auto& s : v.slices) {
        if (!s.track.starts_with("cluster.")) continue;
        const auto layer = layer_of(s, by_id);
        for (const auto& [cause, cycles] : s.values) {
            if (cause == "id" || cause == "parent") continue;
            spent[layer][cause] += cycles;
            by_cluster[{layer, s.track}] += cycles;
        }
    }
    const auto& layers = summary.at("layers");
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].at("runs_on") != "accelerator") continue;
        auto& told = spent[static_cast<std::int64_t>(i)];
        for (const auto& [cause, cycles] : layers[i].at("pe_cycles").items()) {
            if (told[cause] != cycles.get<std::int64_t>())
                return fmt::format("layer {}: {} {}, the ledger has {}", i, cause, told[cause],
                                   cycles.get<std::int64_t>());
        }
        constexpr int pes_per_cluster = 12;
        const auto each = pes_per_cluster * layers[i].at("cycles").get<std::int64_t>();
        for (int c = 0; c < clusters; ++c) {
            const auto sum = by_cluster[{static_cast<std::int64_t>(i), fmt::format("cluster.c{}", c)}];
            if (sum != each) return fmt::format("layer {}: cluster {} has {} of {}", i, c, sum, each);
        }
    }
    return {};
}

/// What must lie within its parent in time as well.
std::string check_nesting(const view& v) {
    const auto by_id = v.by_id();
    unsigned bursts = 0, commands = 0;
    for (const auto& s : v.slices) {
        const bool burst = s.track.find(".bursts") != std::string::npos;
        const bool command = s.track.starts_with("dram.");
        if (s.value("parent") == 0) continue;
        const auto parent = by_id.find(s.value("parent"));
        if (parent == by_id.end()) return s.track + ": its parent is not in the trace";
        const slice& up = *parent->second;
        bursts += burst ? 1 : 0;
        commands += command ? 1 : 0;
        if (burst && !up.track.starts_with("dma.")) return s.track + ": its parent is no transfer";
        if (command && up.track.find(".bursts") == std::string::npos)
            return s.track + ": its parent is no burst";
        if (!burst && s.track != "accelerator.pass") continue;
        if (s.begin < up.begin || s.end > up.end)
            return fmt::format("{} {}..{} lies outside of {} {}..{}", s.track, s.begin, s.end, up.track,
                               up.begin, up.end);
    }
    return bursts == 0 ? "no burst" : commands == 0 ? "no command" : "";
}

struct traced_run {
    temporary_folder folder;
    nlohmann::json summary;
    published::Trace trace;

    traced_run() {
        const auto ran = run_program("run --network lenet5 --quiet --set dram.model=ddr4-2400r-x8 --out " +
                                     word(folder / "out") + " --trace-perfetto " + word(folder / "trace"));
        BOOST_REQUIRE_MESSAGE(ran.exit_code == 0, ran.err);
        BOOST_REQUIRE(ran.err.empty());
        summary = nlohmann::json::parse(test::read_text(folder / "out/summary.json"));
        BOOST_REQUIRE(trace.ParseFromString(test::read_text(folder / "trace")));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_trace_has_tracks_that_nest_and_sums_that_are_the_runs) {
    const traced_run run;
    const auto v = understand(run.trace);
    BOOST_TEST(v.wrong == "");
    std::vector<std::string> names;
    for (const auto& [uuid, name] : v.tracks) names.push_back(name);
    for (const std::string track :
         {"accelerator.layer", "accelerator.pass", "driver.layer", "firmware.hart0", "dma.read", "dma.write",
          "noc.iact", "noc.weight", "noc.psum", "cluster.c0", "cluster.c15", "noc.iact.c0.p0", "glb.c0.iact0",
          "dram.ch0.rank0.bank0", "bytes.dram_read"}) {
        BOOST_TEST((std::find(names.begin(), names.end(), track) != names.end()), "no track " << track);
    }
    BOOST_TEST(check_counters(v, run.summary) == "");
    BOOST_TEST(check_utilisation(v) == "");
    BOOST_TEST(check_ledgers(v, run.summary, 16) == "");
    BOOST_TEST(check_nesting(v) == "");
    const auto named = [&](const std::string& track, const std::string& name) {
        return std::any_of(v.slices.begin(), v.slices.end(),
                           [&](const slice& s) { return s.track == track && s.name == name; });
    };
    for (const auto& layer : run.summary.at("layers")) {
        const auto name = layer.at("name").get<std::string>();
        BOOST_TEST(named("driver.layer", name), name);
        if (layer.at("runs_on") == "accelerator") BOOST_TEST(named("accelerator.layer", name), name);
    }
    BOOST_TEST(named("firmware.hart0", "main"));
}

BOOST_AUTO_TEST_CASE(a_trace_that_was_altered_in_one_place_is_found_out) {
    const traced_run run;
    const auto alter = [&](auto where, auto change) {
        published::Trace altered = run.trace;
        for (auto& packet : *altered.mutable_packet()) {
            if (packet.has_track_event() && where(packet.track_event())) {
                change(packet);
                return altered;
            }
        }
        BOOST_FAIL("there is nothing to alter");
        return altered;
    };
    const auto v = understand(run.trace);
    const auto on = [&](const std::string& track, int type) {
        return [&v, track, type](const published::TrackEvent& e) {
            return e.type() == type && v.tracks.at(e.track_uuid()) == track &&
                   (type != counter || e.double_counter_value() != 0);
        };
    };
    const auto more_bytes = alter(on("bytes.noc_iact", counter), [](auto& packet) {
        auto& event = *packet.mutable_track_event();
        event.set_double_counter_value(event.double_counter_value() * 1.001);
    });
    BOOST_TEST(check_counters(understand(more_bytes), run.summary) != "");
    const auto busier = alter(on("utilisation.weight_links", counter), [](auto& packet) {
        auto& event = *packet.mutable_track_event();
        event.set_double_counter_value(event.double_counter_value() * 1.001);
    });
    BOOST_TEST(check_utilisation(understand(busier)) != "");
    const auto one_cycle = alter(on("cluster.c7", slice_begin), [](auto& packet) {
        auto& last = *packet.mutable_track_event()->mutable_debug_annotations()->rbegin();
        last.set_int_value(last.int_value() + 1);
    });
    BOOST_TEST(check_ledgers(understand(one_cycle), run.summary, 16) != "");
    const auto no_end = alter(on("cluster.c7", slice_end),
                              [](auto& packet) { packet.mutable_track_event()->set_type(slice_begin); });
    BOOST_TEST(understand(no_end).wrong != "");
    const auto too_early =
        alter(on("dma.read.bursts", slice_begin), [](auto& packet) { packet.set_timestamp(0); });
    BOOST_TEST(check_nesting(understand(too_early)) != "");
}
