#include "sims/session/interrupt.h"

#include <csignal>

namespace eyeriss::sims {
namespace {

// A signal handler can reach nothing but a static flag.
volatile std::sig_atomic_t asked = 0;

void note(int /*signal*/) {
    asked = 1;
}

}  // namespace

interrupt_watch::interrupt_watch() {
    asked = 0;
    std::signal(SIGINT, note);
    std::signal(SIGTERM, note);
}

interrupt_watch::~interrupt_watch() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

bool interrupt_watch::requested() {
    return asked != 0;
}

}  // namespace eyeriss::sims
