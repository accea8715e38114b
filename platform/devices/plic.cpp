#include "platform/devices/plic.h"

namespace eyeriss::platform {

namespace {

constexpr std::uint32_t highest_priority = 7;
constexpr unsigned word_bits = 32;

}  // namespace

plic::plic(sc_core::sc_module_name name)
    : peripheral(name),
      levels("levels", sources),
      external_interrupt("external_interrupt"),
      changed_("changed") {
    for (unsigned i = 0; i < sources; ++i) {
        add_register({"priority", 4 * i, 4, [this, i] { return state_.at(i).priority; },
                      accept([this, i](std::uint32_t value) {
                          state_.at(i).priority = i == 0 ? 0 : value & highest_priority;
                          update();
                      })});
    }
    for (unsigned first = 0; first < sources; first += word_bits) {
        const unsigned offset = first / word_bits * 4;
        add_register(
            {"pending", 0x1000 + offset, 4, [this, first] { return word_of(first, &source::pending); }, {}});
        add_register({"enable", 0x2000 + offset, 4,
                      [this, first] { return word_of(first, &source::enabled); },
                      accept([this, first](std::uint32_t bits) { write_enables(first, bits); })});
    }
    add_register(
        {"threshold", 0x200000, 4, [this] { return threshold_; }, accept([this](std::uint32_t value) {
             threshold_ = value & highest_priority;
             update();
         })});
    add_register({"claim", 0x200004, 4, [this] { return claim(); },
                  accept([this](std::uint32_t number) { complete(number); })});
    SC_HAS_PROCESS(plic);
    SC_METHOD(sample);
    sensitive << changed_;
}

void plic::end_of_elaboration() {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    bool any = false;
    for (auto& level : levels) {
        if (level.size() != 0) {
            options.set_sensitivity(&level->value_changed_event());
            any = true;
        }
    }
    if (any) {
        // One process alone drives the output: sc_signal has one writer.
        sc_core::sc_spawn([this] { update(); }, "levels_changed", &options);
    }
}

void plic::sample() {
    for (unsigned i = 1; i < sources; ++i) {
        source& s = state_.at(i);
        if (levels[i].size() != 0 && levels[i]->read() && !s.in_service) {
            s.pending = true;
        }
    }
    external_interrupt.write(best(threshold_) != 0);
}

void plic::update() {
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void plic::write_enables(unsigned first, std::uint32_t bits) {
    for (unsigned i = 0; i < word_bits; ++i) {
        state_.at(first + i).enabled = first + i != 0 && (bits >> i & 1U) != 0;
    }
    update();
}

std::uint32_t plic::word_of(unsigned first, bool source::*flag) const {
    std::uint32_t word = 0;
    for (unsigned i = 0; i < word_bits; ++i) {
        word |= (state_.at(first + i).*flag ? 1U : 0U) << i;
    }
    return word;
}

// Number of the source to be served next, 0 when none has a priority above `above`.
unsigned plic::best(std::uint32_t above) const {
    unsigned chosen = 0;
    std::uint32_t priority = above;
    for (unsigned i = 1; i < sources; ++i) {
        const source& s = state_.at(i);
        if (s.pending && s.enabled && s.priority > priority) {
            chosen = i;
            priority = s.priority;
        }
    }
    return chosen;
}

// The threshold masks the notification, not the claim.
std::uint32_t plic::claim() {
    const unsigned chosen = best(0);
    if (chosen != 0) {
        state_.at(chosen).pending = false;
        state_.at(chosen).in_service = true;
    }
    update();
    return chosen;
}

void plic::complete(std::uint32_t number) {
    if (number < sources && state_.at(number).enabled) {
        state_.at(number).in_service = false;
    }
    update();
}

}  // namespace eyeriss::platform
