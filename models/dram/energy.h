#pragma once

#include "models/dram/part.h"
#include "models/dram/statistics.h"

namespace eyeriss::dram {

/// Energy of a rank by what it was spent on, in pJ, over all supplies and devices.
struct energy_picojoules {
    double activate = 0, precharge = 0, read = 0, write = 0, refresh = 0, background = 0;
    [[nodiscard]] double total() const { return activate + precharge + read + write + refresh + background; }
    energy_picojoules& operator+=(const energy_picojoules& other);
};

/// Energy of one command or clock of one rank, in pJ: activate V(IDD0-IDD3N)tRAS, precharge V(IDD0-IDD2N)tRP,
/// read and write V(IDD4-IDD3N)(BL/2)tCK, refresh V(IDD5-IDD3N)tRFC, background V IDD3N tCK with a bank open
/// and V IDD2N tCK with all closed; where a supply's active current lies below its standby current, nothing.
/// A refresh of one bank takes V(IDD5-IDD3N)tRFC over the number of banks.
struct energy_costs {
    double activate = 0, precharge = 0, read = 0, write = 0, refresh_all = 0, refresh_bank = 0;
    double active_clock = 0, precharged_clock = 0;

    explicit energy_costs(const part& p);
};

/// Energy of one rank of a channel.
[[nodiscard]] energy_picojoules rank_energy(const part& p, const channel_statistics& counts, unsigned rank);
/// Energy of a channel.
[[nodiscard]] energy_picojoules channel_energy(const part& p, const channel_statistics& counts);

}  // namespace eyeriss::dram
