#include "sims/trace/perfetto_writer.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <algorithm>
#include <unordered_map>

#include "sims/trace/perfetto.pb.h"

namespace eyeriss::sims {

namespace {

namespace pb = google::protobuf;
using perfetto::TracePacket;
using perfetto::TrackEvent;

constexpr std::uint64_t ps_a_ns = 1000;
constexpr double ns_a_second = 1e9;
constexpr unsigned packet_tag = 1U << 3U | 2U;  // field `packet` of Trace, length-delimited

class writer {
public:
    writer(std::ostream& out, const trace_data& data, std::uint64_t limit_bytes)
        : data_(data), raw_(&out), out_(&raw_), limit_bytes_(limit_bytes) {}

    std::uint64_t write() {
        begin_sequence();
        for (const auto& counter : data_.counters) write_counter(counter);
        std::map<observe::stream_id, std::vector<const trace_store::transaction*>> by_stream;
        for (const auto& t : data_.store.transactions()) by_stream[t.stream].push_back(&t);
        for (auto& [stream, transactions] : by_stream) write_stream(stream, transactions);
        return left_out_;
    }

private:
    using slices = std::vector<const trace_store::transaction*>;
    /// Slices that nest, as a track shows them.
    struct lane {
        std::uint64_t track = 0;
        slices all;
        slices open;
    };

    void put(const TracePacket& packet) {
        const std::size_t size = packet.ByteSizeLong();
        out_.WriteTag(packet_tag);
        out_.WriteVarint32(static_cast<std::uint32_t>(size));
        packet.SerializeWithCachedSizes(&out_);
    }

    TracePacket& fresh() {
        packet_.Clear();
        packet_.set_trusted_packet_sequence_id(1);
        packet_.set_sequence_flags(TracePacket::SEQ_NEEDS_INCREMENTAL_STATE);
        return packet_;
    }

    /// All names at the beginning, so that events carry numbers.
    void begin_sequence() {
        auto& packet = fresh();
        packet.set_sequence_flags(TracePacket::SEQ_INCREMENTAL_STATE_CLEARED |
                                  TracePacket::SEQ_NEEDS_INCREMENTAL_STATE);
        auto& interned = *packet.mutable_interned_data();
        const auto add = [](perfetto::InternedName* entry, std::uint64_t iid, const std::string& text) {
            entry->set_iid(iid);
            entry->set_name(text);
        };
        std::uint32_t most = 0;
        for (const auto& t : data_.store.transactions()) {
            most = std::max(most, t.name + 1);
            for (const auto& a : data_.store.attributes_of(t)) most = std::max(most, a.name + 1);
        }
        for (std::uint32_t n = 0; n < most; ++n) {
            add(interned.add_event_names(), n + 1, data_.store.text(n));
            add(interned.add_debug_annotation_names(), n + 1, data_.store.text(n));
        }
        id_name_ = most + 1;
        parent_name_ = most + 2;
        layer_names_ = most + 3;
        add(interned.add_debug_annotation_names(), id_name_, "id");
        add(interned.add_debug_annotation_names(), parent_name_, "parent");
        for (std::size_t i = 0; i < data_.layers.size(); ++i)
            add(interned.add_event_names(), layer_names_ + i, data_.layers[i]);
        put(packet);
    }

    std::uint64_t add_track(const std::string& name, std::uint64_t parent, const std::string& unit = {}) {
        auto& descriptor = *fresh().mutable_track_descriptor();
        descriptor.set_uuid(++tracks_);
        descriptor.set_name(name);
        if (parent != 0) descriptor.set_parent_uuid(parent);
        if (!unit.empty()) descriptor.mutable_counter()->set_unit_name(unit);
        put(packet_);
        return tracks_;
    }

    /// The track above those whose names begin alike.
    std::uint64_t group(const std::string& stream) {
        const auto name = stream.substr(0, stream.find('.'));
        auto& track = groups_[name];
        if (track == 0) track = add_track(name, 0);
        return track;
    }

    void write_counter(const trace_counter& counter) {
        const auto track = add_track(counter.name, 0, counter.is_level ? counter.unit : counter.unit + "/s");
        std::uint64_t until = 0;
        const auto put_value = [&](std::uint64_t at_ns, double value) {
            auto& packet = fresh();
            packet.set_timestamp(at_ns);
            auto& event = *packet.mutable_track_event();
            event.set_type(TrackEvent::TYPE_COUNTER);
            event.set_track_uuid(track);
            event.set_double_counter_value(value);
            put(packet);
        };
        for (const auto& step : counter.steps) {
            const std::uint64_t begin = step.begin / ps_a_ns;
            const std::uint64_t end = std::max(step.end / ps_a_ns, begin + 1);
            if (begin > until) put_value(until, 0);
            const double seconds = static_cast<double>(end - begin) / ns_a_second;
            put_value(begin, counter.is_level ? step.value : step.value / seconds);
            until = end;
        }
        put_value(until, 0);
    }

    void write_stream(observe::stream_id stream, slices& all) {
        const auto& description = data_.store.streams().at(stream);
        std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
            return a->begin != b->begin ? a->begin < b->begin : a->end > b->end;
        });
        const bool nests = description.kind == observe::stream_kind::function ||
                           description.kind == observe::stream_kind::layer;
        std::vector<lane> lanes;
        for (const auto* t : all) place(lanes, *t, nests);
        const auto parent = group(description.name);
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            lanes[i].track =
                add_track(i == 0 ? description.name : fmt::format("{} #{}", description.name, i + 1), parent);
            write_lane(lanes[i]);
        }
    }

    static void place(std::vector<lane>& lanes, const trace_store::transaction& t, bool nests) {
        for (auto& l : lanes) {
            while (!l.open.empty() && l.open.back()->end <= t.begin) l.open.pop_back();
            if (l.open.empty() || (nests && t.end <= l.open.back()->end)) {
                l.open.push_back(&t);
                l.all.push_back(&t);
                return;
            }
        }
        lanes.push_back({0, {&t}, {&t}});
    }

    void write_lane(const lane& l) {
        slices open;
        const auto close_until = [&](observe::picoseconds time) {
            for (; !open.empty() && open.back()->end <= time; open.pop_back())
                put_end(l.track, open.back()->end);
        };
        for (const auto* t : l.all) {
            close_until(t->begin);
            if (out_.ByteCount() < 0 || static_cast<std::uint64_t>(out_.ByteCount()) > limit_bytes_) {
                ++left_out_;
                continue;
            }
            put_begin(l.track, *t);
            open.push_back(t);
        }
        close_until(~observe::picoseconds{0});
    }

    void put_end(std::uint64_t track, observe::picoseconds at) {
        auto& packet = fresh();
        packet.set_timestamp(at / ps_a_ns);
        auto& event = *packet.mutable_track_event();
        event.set_type(TrackEvent::TYPE_SLICE_END);
        event.set_track_uuid(track);
        put(packet);
    }

    void put_begin(std::uint64_t track, const trace_store::transaction& t) {
        auto& packet = fresh();
        packet.set_timestamp(t.begin / ps_a_ns);
        auto& event = *packet.mutable_track_event();
        event.set_type(TrackEvent::TYPE_SLICE_BEGIN);
        event.set_track_uuid(track);
        const bool named = t.layer < data_.layers.size() && data_.store.text(t.name) == "layer";
        event.set_name_iid(named ? layer_names_ + t.layer : t.name + std::uint64_t{1});
        const auto annotate = [&](std::uint64_t name, std::int64_t value) {
            auto& annotation = *event.add_debug_annotations();
            annotation.set_name_iid(name);
            annotation.set_int_value(value);
        };
        annotate(id_name_, static_cast<std::int64_t>(t.id));
        if (t.parent != 0) annotate(parent_name_, static_cast<std::int64_t>(t.parent));
        for (const auto& a : data_.store.attributes_of(t)) annotate(a.name + std::uint64_t{1}, a.value);
        put(packet);
    }

    const trace_data& data_;
    pb::io::OstreamOutputStream raw_;
    pb::io::CodedOutputStream out_;
    std::uint64_t limit_bytes_;
    TracePacket packet_;
    std::map<std::string, std::uint64_t> groups_;
    std::uint64_t tracks_ = 0, left_out_ = 0;
    std::uint64_t id_name_ = 0, parent_name_ = 0, layer_names_ = 0;
};

}  // namespace

std::uint64_t write_perfetto(std::ostream& out, const trace_data& data, std::uint64_t limit_bytes) {
    return writer(out, data, limit_bytes).write();
}

}  // namespace eyeriss::sims
