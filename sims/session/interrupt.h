#pragma once

namespace eyeriss::sims {

/// While it lives, Ctrl-C and a termination request are noted instead of ending the process.
class interrupt_watch {
public:
    interrupt_watch();
    interrupt_watch(const interrupt_watch&) = delete;
    interrupt_watch& operator=(const interrupt_watch&) = delete;
    ~interrupt_watch();

    /// True once a request came.
    [[nodiscard]] static bool requested();
};

}  // namespace eyeriss::sims
