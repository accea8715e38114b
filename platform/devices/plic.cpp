#include "platform/devices/plic.h"

#include <algorithm>
#include <utility>

namespace eyeriss::platform {

namespace {

constexpr std::uint32_t highest_priority = 7;
constexpr unsigned word_bits = 32;

std::uint32_t enabled_word(const std::bitset<plic::sources>& enabled, unsigned first) {
    std::uint32_t word = 0;
    for (unsigned i = 0; i < word_bits; ++i) {
        word |= (enabled[first + i] ? 1U : 0U) << i;
    }
    return word;
}

}  // namespace

plic::plic(sc_core::sc_module_name name, unsigned harts)
    : peripheral(name),
      levels("levels", sources),
      external_interrupt("external_interrupt", harts),
      contexts_(std::size_t{contexts_a_hart} * harts),
      changed_("changed") {
    add_sources();
    for (unsigned i = 0; i < contexts_.size(); ++i) {
        add_context(i);
    }
    ignore_unknown(4, window_bytes);
    SC_HAS_PROCESS(plic);
    SC_METHOD(sample);
    sensitive << changed_;
}

void plic::reset() {
    state_ = {};
    std::ranges::fill(contexts_, context{});
    update();
    // Devices that are reset at the same time lower their lines a delta cycle later.
    sc_core::sc_spawn([this] {
        constexpr unsigned deltas_until_lines_are_low = 2;
        for (unsigned i = 0; i < deltas_until_lines_are_low; ++i) {
            wait(sc_core::SC_ZERO_TIME);
        }
        for (unsigned i = 1; i < sources; ++i) {
            state_.at(i).pending = levels[i].size() != 0 && levels[i]->read();
        }
        update();
    });
}

void plic::add_sources() {
    for (unsigned i = 0; i < sources; ++i) {
        add_register({"priority", 4 * i, 4, [this, i] { return state_.at(i).priority; },
                      accept([this, i](std::uint32_t value) {
                          state_.at(i).priority = i == 0 ? 0 : value & highest_priority;
                          update();
                      })});
    }
    for (unsigned first = 0; first < sources; first += word_bits) {
        add_register({"pending",
                      0x1000 + first / word_bits * 4,
                      4,
                      [this, first] { return pending_word(first); },
                      {}});
    }
}

void plic::add_context(unsigned index) {
    context& own = contexts_.at(index);
    for (unsigned first = 0; first < sources; first += word_bits) {
        add_register({"enable", 0x2000 + 0x80 * index + first / word_bits * 4, 4,
                      [&own, first] { return enabled_word(own.enabled, first); },
                      accept([this, &own, first](std::uint32_t bits) { write_enables(own, first, bits); })});
    }
    const std::uint32_t base = 0x200000 + 0x1000 * index;
    add_register(
        {"threshold", base, 4, [&own] { return own.threshold; }, accept([this, &own](std::uint32_t value) {
             own.threshold = value & highest_priority;
             update();
         })});
    register_description claiming{"claim", base + 4, 4, [this, &own] { return claim(own); },
                                  accept([this, &own](std::uint32_t number) { complete(own, number); })};
    claiming.read_has_effect = true;
    add_register(std::move(claiming));
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
    for (unsigned hart = 0; hart < external_interrupt.size(); ++hart) {
        const context& machine = contexts_.at(std::size_t{contexts_a_hart} * hart);
        external_interrupt[hart].write(best(machine, machine.threshold) != 0);
    }
}

void plic::update() {
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void plic::write_enables(context& at, unsigned first, std::uint32_t bits) {
    for (unsigned i = 0; i < word_bits; ++i) {
        at.enabled.set(first + i, first + i != 0 && (bits >> i & 1U) != 0);
    }
    update();
}

std::uint32_t plic::pending_word(unsigned first) const {
    std::uint32_t word = 0;
    for (unsigned i = 0; i < word_bits; ++i) {
        word |= (state_.at(first + i).pending ? 1U : 0U) << i;
    }
    return word;
}

// Number of the source to be served next, 0 when none has a priority above `above`.
unsigned plic::best(const context& at, std::uint32_t above) const {
    unsigned chosen = 0;
    std::uint32_t priority = above;
    for (unsigned i = 1; i < sources; ++i) {
        const source& s = state_.at(i);
        if (s.pending && at.enabled[i] && s.priority > priority) {
            chosen = i;
            priority = s.priority;
        }
    }
    return chosen;
}

// The threshold masks the notification, not the claim.
std::uint32_t plic::claim(const context& at) {
    const unsigned chosen = best(at, 0);
    if (chosen != 0) {
        state_.at(chosen).pending = false;
        state_.at(chosen).in_service = true;
    }
    update();
    return chosen;
}

void plic::complete(const context& at, std::uint32_t number) {
    if (number < sources && at.enabled[number]) {
        state_.at(number).in_service = false;
    }
    update();
}

}  // namespace eyeriss::platform
