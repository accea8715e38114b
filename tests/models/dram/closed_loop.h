#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "models/dram/address_mapping.h"
#include "models/dram/channel.h"
#include "models/dram/energy.h"

namespace eyeriss::test {

/// What a closed loop asks for next.
struct asked {
    std::uint64_t address = 0;
    bool is_write = false;
    bool masked = false;
};

struct loop_result {
    dram::clock_count clocks = 0;  ///< to the last answer
    std::uint64_t answered = 0;
    double latency_sum = 0;
    dram::clock_count longest = 0;
    dram::channel_statistics counts;
    dram::energy_picojoules energy;

    [[nodiscard]] double bytes_per_clock(const dram::part& p) const {
        return static_cast<double>(answered) * p.geometry.burst_bytes() / static_cast<double>(clocks);
    }
    [[nodiscard]] double latency() const { return latency_sum / static_cast<double>(answered); }
};

/// Keeps `outstanding` bursts in flight on one channel, without a kernel; each answer sends the next at once.
inline loop_result closed_loop(const dram::part& part, const dram::controller_parameters& parameters,
                               unsigned outstanding, std::uint64_t bursts,
                               const std::function<asked(std::uint64_t)>& pattern,
                               std::function<void(const dram::command_record&)> observer = {}) {
    const dram::address_mapping map(parameters.mapping, part, 1, parameters.ranks);
    dram::channel channel(part, parameters);
    channel.observe(std::move(observer));
    std::vector<dram::clock_count> sent_at(bursts);
    std::uint64_t sent = 0;
    loop_result out;
    const auto& g = part.geometry;
    const auto send = [&](dram::clock_count now) {
        const auto next = pattern(sent);
        const auto place = map.decode(next.address);
        dram::burst b;
        b.owner = static_cast<std::uint32_t>(sent);
        b.bank = static_cast<std::uint8_t>((place.rank * g.bank_groups + place.group) * g.banks_per_group +
                                           place.bank);
        b.row = place.row;
        b.column = place.column;
        b.is_write = next.is_write;
        b.masked = next.masked;
        b.arrival = now + parameters.frontend;
        sent_at[sent++] = now;
        channel.push(b);
    };
    // A burst may find its queue full: then the sender waits, as back-pressure makes it.
    dram::clock_count now = 0;
    unsigned in_flight = 0;
    const auto fill = [&] {
        while (sent < bursts && in_flight < outstanding && channel.has_room(false) &&
               channel.has_room(true)) {
            send(now);
            ++in_flight;
        }
    };
    fill();
    while (out.answered < bursts) {
        const auto answer = channel.next_completion();
        const auto limit = answer == dram::never ? dram::never : answer + parameters.frontend - 1;
        if (channel.step(limit)) {
            if (in_flight < outstanding && sent < bursts) {
                now = std::max(now, channel.time());
                fill();
            }
            continue;
        }
        if (answer == dram::never) {
            break;  // nothing left to happen: the caller sees the missing answers
        }
        const auto done = channel.take_completion();
        now = std::max(now, done.at);
        ++out.answered;
        --in_flight;
        const auto latency = done.at - sent_at[done.owner];
        out.latency_sum += static_cast<double>(latency);
        out.longest = std::max(out.longest, latency);
        fill();
    }
    out.clocks = now;
    out.counts = channel.statistics(std::max(now, channel.time()));
    out.energy = dram::channel_energy(part, out.counts);
    return out;
}

inline std::function<asked(std::uint64_t)> sequential(const dram::part& p) {
    const auto bytes = p.geometry.burst_bytes();
    const auto capacity = p.geometry.rank_bytes();
    return [=](std::uint64_t i) { return asked{i * bytes % capacity}; };
}

inline std::function<asked(std::uint64_t)> uniform(const dram::part& p, unsigned seed) {
    const auto bytes = p.geometry.burst_bytes();
    return [=, random = std::mt19937_64(seed), n = p.geometry.rank_bytes() / bytes](std::uint64_t) mutable {
        return asked{random() % n * bytes};
    };
}

}  // namespace eyeriss::test
