#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "platform/debug/debug_record.h"
#include "platform/outside.h"

/// Recordings of runs: all that came from outside, so that the run can be repeated to the cycle.
///
/// A recording is a text file with a JSON object a line: first what was run, then each input and each stop
/// for a debugger in the order in which they took effect, last where the run ended (doc/debugging.md).
namespace eyeriss::sims {

/// What a run is made of beside its recording: a kind, e.g. "firmware", and the hash of its content.
struct recorded_part {
    std::string kind, sha256;
    bool operator==(const recorded_part&) const = default;
};

/// Where a run ended.
struct recorded_end {
    std::string stopped_by;
    std::uint64_t at_ps = 0;
    std::vector<std::uint64_t> instructions{};  ///< of each hart
    bool operator==(const recorded_end&) const = default;
};

struct recording {
    std::vector<recorded_part> parts;
    std::vector<platform::outside_event> inputs;
    std::vector<platform::debug_stop> stops;
    recorded_end end;
    bool operator==(const recording&) const = default;
};

/// Reads a recording. \throws user_error naming file, line and what is wrong.
[[nodiscard]] recording read_recording(const std::filesystem::path& file);

/// Writes a recording while it happens. The file appears whole, at finish(), or not at all; until then the
/// lines stand in FILE.partial.
class recording_writer {
public:
    /// \throws user_error when the file cannot be written
    recording_writer(std::filesystem::path file, const std::vector<recorded_part>& parts);
    recording_writer(const recording_writer&) = delete;
    recording_writer& operator=(const recording_writer&) = delete;
    ~recording_writer();

    void add(const platform::outside_event& input);
    void add(const platform::debug_stop& stop);
    /// \throws user_error when the disk refuses it
    void finish(const recorded_end& end);

private:
    void line(const std::string& text);

    std::filesystem::path file_, partial_;
    std::ofstream out_;
};

}  // namespace eyeriss::sims
