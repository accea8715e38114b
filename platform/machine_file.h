#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/arch/machine.h"

/// Machines from YAML files and from `key=value` settings. The keys are those of arch::parameters(); a file
/// may nest them (`pe: {psum_bits: 20}`) or write them dotted (`pe.psum_bits: 20`).
namespace eyeriss::platform {

/// A mistake in a machine file or setting: one line that names place, key and what would be right.
class machine_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A machine and where each of its values came from.
struct configuration {
    arch::machine machine;
    /// By index in arch::parameters(): "default", "FILE:LINE" or "--set".
    std::vector<std::string> origins;

    configuration();
    /// Where the value of a key came from.
    /// \throws machine_error for a key that does not exist.
    [[nodiscard]] const std::string& origin(std::string_view key) const;
};

/// Key of arch::parameters() that differs from `key` in the fewest single letters.
[[nodiscard]] std::string_view nearest_key(std::string_view key);

/// Reads a machine: defaults, then `file` if there is one, then each `key=value` of `settings` in order.
/// \throws machine_error for a file that cannot be read or is no YAML map, an unknown or repeated key, a
/// value of the wrong type or out of range, and for values that do not go together (arch::check).
[[nodiscard]] configuration read_machine(const std::optional<std::filesystem::path>& file,
                                         std::span<const std::string> settings);

}  // namespace eyeriss::platform
