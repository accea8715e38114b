#define BOOST_TEST_MODULE random_code
#include <array>
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "platform/memory_map.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

using u32 = std::uint32_t;

constexpr u32 handler_at = 0x80000000, code_at = 0x80001000, code_bytes = 0x4000;

// Goes on behind whatever trapped: csrrw t6, mscratch, t6; csrr t6, mepc; addi t6, t6, 2; csrw mepc, t6;
// csrrw t6, mscratch, t6; mret.
constexpr std::array<u32, 6> handler{0x340f9ff3, 0x34102ff3, 0x002f8f93, 0x341f9073, 0x340f9ff3, 0x30200073};

// lui ra, 0x80000; csrw mtvec, ra; li ra, -1; csrw pmpaddr0, ra; li ra, 0x1f; csrw pmpcfg0, ra: all of memory
// is open to user mode, in which random code ends up sooner or later.
constexpr std::array<u32, 6> prologue{0x800000b7, 0x30509073, 0xfff00093, 0x3b009073, 0x01f00093, 0x3a009073};

class chance {
public:
    explicit chance(unsigned seed) : random_(seed) {}
    u32 bits() { return static_cast<u32>(random_()); }
    u32 below(u32 count) { return bits() % count; }

private:
    std::mt19937 random_;
};

// A word with one of the ISA's major opcodes, two random half-words, or anything.
u32 random_word(chance& random) {
    constexpr std::array<u32, 12> opcodes{0x03, 0x23, 0x13, 0x33, 0x63, 0x6f,
                                          0x67, 0x37, 0x17, 0x2f, 0x73, 0x0f};
    const u32 bits = random.bits();
    switch (random.below(4)) {
        case 0:
            return bits;
        case 1:
            return bits & (random.below(2) == 0 ? ~3U : ~2U);
        default:
            return (bits & ~0x7fU) | opcodes.at(random.below(opcodes.size()));
    }
}

// Into code, memory, devices, what lies between, and anywhere.
u32 random_value(chance& random) {
    using namespace platform;
    const std::array<u32, 10> bases{code_at,
                                    0x84000000U,
                                    0x8ffffff0U,
                                    static_cast<u32>(memory_map::boot_rom.base),
                                    static_cast<u32>(memory_map::clint.base),
                                    static_cast<u32>(memory_map::plic.base),
                                    static_cast<u32>(memory_map::uart.base),
                                    static_cast<u32>(memory_map::accelerator.base),
                                    static_cast<u32>(memory_map::sram_base),
                                    0x2a000000U};
    return random.below(8) == 0 ? random.bits() : bases.at(random.below(bases.size())) + random.below(0x400);
}

void start_round(test::image_bench& bench, chance& random) {
    std::vector<u32> code(code_bytes / 4);
    for (u32& word : code) {
        word = random_word(random);
    }
    bench.soc.write_memory(code_at, {reinterpret_cast<std::uint8_t*>(code.data()), code_bytes});
    auto trap = handler;
    bench.soc.write_memory(handler_at, test::bytes_of(trap));
    for (unsigned reg = 1; reg < 32; ++reg) {
        bench.soc.cpu().set_reg(reg, random_value(random));
    }
    for (u32 i = 0; i < prologue.size(); ++i) {
        bench.set_word(code_at + 4 * i, prologue.at(i));
    }
    bench.soc.cpu().set_pc(code_at);
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_code_with_random_registers_ends_no_simulation_but_by_its_own_means) {
    constexpr unsigned seed = 20261123, rounds = 200, instructions = 5000;
    BOOST_TEST_MESSAGE("seed " << seed);
    chance random(seed);
    test::image_bench bench("");
    std::uint64_t executed = 0;
    unsigned ran = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        start_round(bench, random);
        const auto before = bench.soc.cpu_statistics().instructions;
        const auto result =
            bench.soc.run({.until = sc_core::sc_time_stamp() + sc_core::sc_time(1, sc_core::SC_MS),
                           .instructions = before + instructions});
        executed = bench.soc.cpu_statistics().instructions;
        ran += executed > before ? 1 : 0;
        if (result.reason == platform::stop_reason::finished ||
            result.reason == platform::stop_reason::idle) {
            break;
        }
    }
    BOOST_TEST_MESSAGE(executed << " instructions in " << ran << " rounds");
    BOOST_TEST(ran > rounds / 2);
    BOOST_TEST(executed > std::uint64_t{100} * ran);
}
