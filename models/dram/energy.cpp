#include "models/dram/energy.h"

#include <algorithm>

namespace eyeriss::dram {

energy_picojoules& energy_picojoules::operator+=(const energy_picojoules& other) {
    activate += other.activate;
    precharge += other.precharge;
    read += other.read;
    write += other.write;
    refresh += other.refresh;
    background += other.background;
    return *this;
}

// mA x V x ns = pJ.
energy_costs::energy_costs(const part& p) {
    const auto& t = p.timings;
    const double ns = static_cast<double>(p.tck_ps) * 1e-3;
    for (const auto& s : p.supplies) {
        const double watt_clock = s.volts * p.geometry.devices() * ns;
        const auto cost = [&](double current, double standby, clock_count clocks) {
            return watt_clock * std::max(0.0, current - standby) * static_cast<double>(clocks);
        };
        activate += cost(s.idd0, s.idd3n, t.ras);
        precharge += cost(s.idd0, s.idd2n, t.rp);
        read += cost(s.idd4r, s.idd3n, p.burst_clocks());
        write += cost(s.idd4w, s.idd3n, p.burst_clocks());
        refresh_all += cost(s.idd5, s.idd3n, t.rfc);
        active_clock += cost(s.idd3n, 0, 1);
        precharged_clock += cost(s.idd2n, 0, 1);
    }
    refresh_bank = refresh_all / p.geometry.banks();
}

energy_picojoules rank_energy(const part& p, const channel_statistics& counts, unsigned rank) {
    const energy_costs cost(p);
    const bank_statistics total = counts.rank_total(rank);
    const auto times = [](std::uint64_t count, double each) { return static_cast<double>(count) * each; };
    energy_picojoules out;
    out.activate = times(total.count(command::activate), cost.activate);
    out.precharge = times(counts.ranks[rank].bank_closings, cost.precharge);
    out.read = times(total.count(command::read) + total.count(command::read_auto), cost.read);
    out.write = times(total.count(command::write) + total.count(command::write_auto) +
                          total.count(command::masked_write) + total.count(command::masked_write_auto),
                      cost.write);
    out.refresh = times(total.count(command::refresh_all), cost.refresh_all) +
                  times(total.count(command::refresh_bank), cost.refresh_bank);
    const auto& r = counts.ranks[rank];
    out.background = static_cast<double>(r.active) * cost.active_clock +
                     static_cast<double>(r.precharged + r.refreshing) * cost.precharged_clock;
    return out;
}

energy_picojoules channel_energy(const part& p, const channel_statistics& counts) {
    energy_picojoules out;
    for (unsigned r = 0; r < counts.ranks.size(); ++r) {
        out += rank_energy(p, counts, r);
    }
    return out;
}

}  // namespace eyeriss::dram
