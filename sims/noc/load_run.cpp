#include "sims/noc/load_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>
#include <stdexcept>
#include <utility>

namespace eyeriss::sims {

void latency_counts::add(noc::cycle_t latency) {
    if (latency >= count_.size()) count_.resize(latency + 1 + latency / 4);
    ++count_[latency];
}

latency_summary latency_counts::summary() const {
    latency_summary s;
    double sum = 0;
    for (std::size_t i = 0; i < count_.size(); ++i) {
        if (count_[i] == 0) continue;
        if (s.deliveries == 0) s.least = i;
        s.most = i;
        s.deliveries += count_[i];
        sum += static_cast<double>(count_[i]) * static_cast<double>(i);
    }
    if (s.deliveries == 0) return s;
    s.mean = sum / static_cast<double>(s.deliveries);
    const auto percentile = [&](double p) -> noc::cycle_t {
        const auto wanted = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(s.deliveries)));
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < count_.size(); ++i) {
            below += count_[i];
            if (below >= wanted) return i;
        }
        return s.most;
    };
    s.p50 = percentile(0.50);
    s.p95 = percentile(0.95);
    s.p99 = percentile(0.99);
    return s;
}

namespace {

/// Begins packets at a node; the same seed begins the same packets in the same order at any rate, closer
/// together the higher it is.
class sender {
public:
    sender(unsigned node, const load_plan& plan)
        : node_(node), random_(plan.seed * 0x9e3779b97f4a7c15ULL + node), destinations_(random_()) {
        const double chance = plan.rate / plan.packet_words;
        log_none_ = chance < 1 ? std::log1p(-chance) : 0;
        silent_ = chance <= 0;
        back_to_back_ = plan.rate >= 1 ? plan.packet_words : 0;
        draw();
    }
    [[nodiscard]] noc::cycle_t next() const { return next_; }
    [[nodiscard]] bool silent() const { return silent_; }
    [[nodiscard]] unsigned node() const { return node_; }
    std::mt19937_64& destinations() { return destinations_; }
    void draw() {
        if (silent_) return;
        if (back_to_back_ != 0) {
            next_ += std::exchange(begun_, true) ? back_to_back_ : 0;
            return;
        }
        const double drawn = 1.0 - std::uniform_real_distribution<double>()(random_);  // above 0
        const double gap = log_none_ < 0 ? std::floor(std::log(drawn) / log_none_) : 0.0;
        next_ += (begun_ ? 1 : 0) + static_cast<noc::cycle_t>(std::min(gap, 1e15));
        begun_ = true;
    }

private:
    unsigned node_;
    std::mt19937_64 random_, destinations_;
    double log_none_ = 0;
    std::uint32_t back_to_back_ = 0;  ///< words of a packet, when they follow without a pause
    bool silent_ = false, begun_ = false;
    noc::cycle_t next_ = 0;
};

/// Words of a sender that began in the measurement, their deliveries, and deliveries that took place.
struct share {
    std::uint64_t generated = 0, expected = 0, delivered = 0;
    std::uint64_t measured = 0, cycles_of_all = 0;  ///< deliveries of its packets, and their latencies' sum
    [[nodiscard]] double accepted(double cycles) const {
        if (expected == 0) return 0;
        const double part = static_cast<double>(delivered) / static_cast<double>(expected);
        return static_cast<double>(generated) / cycles * std::min(1.0, part);
    }
    [[nodiscard]] double mean() const {
        return measured == 0 ? 0 : static_cast<double>(cycles_of_all) / static_cast<double>(measured);
    }
};

class driver {
public:
    driver(noc::packet_network& network, const traffic_rule& rule, const load_plan& plan)
        : network_(network), rule_(rule), plan_(plan) {
        for (const unsigned node : rule.senders()) senders_.emplace_back(node, plan);
        of_source_.resize(rule.senders().empty() ? 0 : rule.senders().back() + 1);
        for (std::size_t i = 0; i < senders_.size(); ++i) {
            if (!senders_[i].silent()) due_.emplace(senders_[i].next(), i);
        }
        begin_ = plan.warm_up;
        end_ = plan.warm_up + plan.measure;
    }

    load_point run() {
        drive(begin_);
        network_.clear_counts();
        drive(end_);
        point_.links = network_.links();
        drive(end_ + plan_.warm_up);
        for (noc::cycle_t at = network_.now(); !network_.idle();) {
            at += 256;
            network_.advance(at);
            take();
        }
        return result();
    }

private:
    void drive(noc::cycle_t until) {
        while (!due_.empty() && due_.top().first < until) {
            const auto [at, i] = due_.top();
            due_.pop();
            if (at > network_.now()) {
                network_.advance(at);
                take();
            }
            send(senders_[i], at);
            senders_[i].draw();
            due_.emplace(senders_[i].next(), i);
        }
        network_.advance(until);
        take();
    }

    void send(sender& from, noc::cycle_t at) {
        rule_.choose(from.node(), from.destinations(), to_);
        network_.inject({from.node(), to_, plan_.packet_words, at, point_.packets});
        ++point_.packets;
        point_.words_expected += std::uint64_t{plan_.packet_words} * to_.size();
        if (at >= begin_ && at < end_) {
            generated_ += plan_.packet_words;
            expected_ += std::uint64_t{plan_.packet_words} * to_.size();
            of_source_[from.node()].generated += plan_.packet_words;
            of_source_[from.node()].expected += std::uint64_t{plan_.packet_words} * to_.size();
        }
    }

    void take() {
        for (const noc::delivery& d : network_.deliveries()) {
            point_.words_delivered += d.words;
            const noc::cycle_t first = d.last + 1 - d.words;  // words arrive one a cycle
            const auto there_by = [&](noc::cycle_t t) {
                return t <= first ? 0 : std::min<noc::cycle_t>(d.words, t - first);
            };
            delivered_ += there_by(end_) - there_by(begin_);
            of_source_[d.source].delivered += there_by(end_) - there_by(begin_);
            if (d.created >= begin_ && d.created < end_) {
                latencies_.add(d.last - d.created);
                ++of_source_[d.source].measured;
                of_source_[d.source].cycles_of_all += d.last - d.created;
            }
            check_order(d);
        }
        network_.deliveries().clear();
    }

    /// Tags rise at a source, so they must rise at each destination for it.
    void check_order(const noc::delivery& d) {
        const std::size_t flow = std::size_t{d.source} * rule_.nodes() + d.destination;
        if (flow >= last_tag_.size()) last_tag_.resize(flow + rule_.nodes(), 0);
        if (d.tag + 1 <= last_tag_[flow]) {
            throw std::runtime_error(fmt::format("noc: packet {} from {} reached {} twice or too late", d.tag,
                                                 d.source, d.destination));
        }
        last_tag_[flow] = d.tag + 1;
    }

    load_point result() {
        if (point_.words_delivered != point_.words_expected) {
            throw std::runtime_error(fmt::format("noc: {} words should have arrived, {} did",
                                                 point_.words_expected, point_.words_delivered));
        }
        const auto cycles = static_cast<double>(plan_.measure);
        const auto senders = static_cast<double>(std::max<std::size_t>(1, senders_.size()));
        point_.rate = plan_.rate;
        point_.cycles = plan_.measure;
        point_.offered = static_cast<double>(generated_) / cycles / senders;
        const share all{generated_, expected_, delivered_, 0, 0};
        point_.accepted = all.accepted(cycles) / senders;
        point_.accepted_least = point_.accepted;
        for (const sender& s : senders_) {
            const share& its = of_source_[s.node()];
            point_.senders.push_back(
                {s.node(), static_cast<double>(its.generated) / cycles, its.accepted(cycles), its.mean()});
            point_.accepted_least = std::min(point_.accepted_least, point_.senders.back().accepted);
        }
        point_.delivered = static_cast<double>(delivered_) / cycles;
        point_.latency = latencies_.summary();
        point_.latency.mean = mean_of_senders();
        return std::move(point_);
    }

    /// How many packets a sender begins in the measurement is chance, and ways differ in length from sender
    /// to sender; so each counts as much as the others, as it was asked for as much.
    [[nodiscard]] double mean_of_senders() const {
        double sum = 0;
        unsigned counted = 0;
        for (const share& s : of_source_) {
            if (s.measured == 0) continue;
            sum += s.mean();
            ++counted;
        }
        return counted == 0 ? 0 : sum / counted;
    }

    noc::packet_network& network_;
    const traffic_rule& rule_;
    const load_plan& plan_;
    noc::cycle_t begin_ = 0, end_ = 0;
    std::vector<sender> senders_;
    using due = std::pair<noc::cycle_t, std::size_t>;
    std::priority_queue<due, std::vector<due>, std::greater<>> due_;
    std::vector<unsigned> to_;
    std::uint64_t generated_ = 0, expected_ = 0, delivered_ = 0;
    latency_counts latencies_;
    std::vector<share> of_source_;
    std::vector<std::uint64_t> last_tag_;
    load_point point_;
};

}  // namespace

load_point run_load(noc::packet_network& network, const traffic_rule& rule, const load_plan& plan) {
    return driver(network, rule, plan).run();
}

}  // namespace eyeriss::sims
