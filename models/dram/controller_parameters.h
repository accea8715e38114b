#pragma once

#include <cstdint>
#include <string>

#include "models/dram/part.h"

namespace eyeriss::dram {

/// Which request is served next. `fcfs`: strictly in order of arrival, one at a time. `frfcfs`: of those in
/// the window whose command may come now, row hits before others, older before younger.
enum class scheduler : std::uint8_t { fcfs, frfcfs };

/// When a row is closed. `open`: when another row of its bank is needed. `closed`: with the last request of
/// the window that hits it. `adaptive`: as one or the other, learnt for each bank from what came next.
enum class page_policy : std::uint8_t { open, closed, adaptive };

enum class refresh_mode : std::uint8_t { off, all_bank, per_bank };

/// Choices of a controller; the part says the rest. Clocks are the DRAM's. Every default is the platform's
/// own (the paper does not describe a controller), see doc/dram.md.
struct controller_parameters {
    unsigned channels = 1;
    unsigned ranks = 1;  ///< a channel
    /// "roba", "roco" or a list of address bits from the top, see address_mapping.
    std::string mapping = "roba";

    scheduler order = scheduler::frfcfs;
    unsigned window = 64;           ///< bursts of a direction that frfcfs chooses from
    clock_count starvation = 2000;  ///< age in clocks from which the oldest burst goes first
    unsigned read_queue = 64;       ///< bursts a channel
    unsigned write_queue = 64;      ///< bursts a channel
    unsigned write_high = 48;       ///< writes that start a group of writes while reads wait
    unsigned write_low = 16;        ///< writes at which the group ends when reads wait
    page_policy page = page_policy::open;
    refresh_mode refresh = refresh_mode::all_bank;
    unsigned postponed_refreshes = 0;  ///< that may be owed while requests wait, 0 to 8

    clock_count frontend = 2;  ///< from the socket into the queue
    clock_count phy = 2;       ///< from the data pins to the socket
};

/// One line that names a parameter and what would be right, or empty when a part can be driven so.
std::string check(const controller_parameters& c, const part& p);

}  // namespace eyeriss::dram
