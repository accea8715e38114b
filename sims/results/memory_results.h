#pragma once

#include <fstream>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "platform/soc.h"

namespace eyeriss::sims {

/// What went to DRAM in a run: for each initiator of the bus requests, bytes, latencies, most requests in
/// flight and bytes over time in windows; of a timed part also channels, ranks, banks and energy. Times only
/// when `timed`. What a core loads and stores by DMI has no time and is counted apart, as `direct`.
[[nodiscard]] nlohmann::ordered_json memory_json(platform::soc& soc, bool timed);

/// Writes each request to a SoC's DRAM to a trace file that `eyeriss-vp dram --trace` replays, in the order
/// of their times, into `file`.partial, which gets its name when all is written.
class dram_recording {
public:
    /// \throws user_error when the file cannot be written.
    dram_recording(const std::string& file, platform::soc& soc);
    /// Ends the file. \throws user_error when not all of it could be written.
    void close();

private:
    void write(const platform::bus_record& r);
    std::string file_;
    std::ofstream out_;
    std::vector<platform::bus_record> waiting_;  ///< not yet known to be first
};

}  // namespace eyeriss::sims
