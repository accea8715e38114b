#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/input.h"

namespace eyeriss::test {

void found(const char* what) {
    std::fprintf(stderr, "found: %s\n", what);
    std::abort();
}

}  // namespace eyeriss::test

// SystemC's threads switch stacks, of which neither check knows anything; its kernel frees nothing at the
// end.
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier)
    return "detect_stack_use_after_return=0:detect_leaks=0";
}
