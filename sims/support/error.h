#pragma once

#include <stdexcept>

namespace eyeriss::sims {

/// A mistake of the user: one line that names thing, place and what would be right. The program ends with
/// exit_user.
class user_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Exit codes of the program; `boot` ends with the guest's own.
inline constexpr int exit_success = 0;
inline constexpr int exit_failed_check = 1;
inline constexpr int exit_user = 2;
inline constexpr int exit_interrupted = 130;

}  // namespace eyeriss::sims
