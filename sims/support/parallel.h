#pragma once

#include <cstddef>
#include <functional>

namespace eyeriss::sims {

/// Calls `work` with each index below `count`, `workers` at a time; which of them goes first is open. When an
/// error is thrown no further index is begun, and the first error is thrown on.
void in_parallel(std::size_t count, unsigned workers, const std::function<void(std::size_t)>& work);

}  // namespace eyeriss::sims
