#include "sims/support/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace eyeriss::sims {

void in_parallel(std::size_t count, unsigned workers, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::mutex guard;
    std::exception_ptr first_error;
    const auto take_turns = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            try {
                work(i);
            } catch (...) {
                const std::scoped_lock lock(guard);
                if (!first_error) {
                    first_error = std::current_exception();
                }
                next = count;
            }
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min<std::size_t>(std::max(workers, 1U), count); ++i) {
        threads.emplace_back(take_turns);
    }
    threads.clear();
    if (first_error) {
        std::rethrow_exception(first_error);
    }
}

}  // namespace eyeriss::sims
