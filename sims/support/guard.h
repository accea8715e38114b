#pragma once

#include <functional>

namespace eyeriss::sims {

/// Runs an action; what it throws becomes one line on standard error and an exit code: exit_user for a
/// mistake of the user, exit_failed_check for anything else.
int guarded(const std::function<int()>& action);

}  // namespace eyeriss::sims
