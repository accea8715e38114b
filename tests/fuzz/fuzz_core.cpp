// Any guest code on any register contents ends no host: a trap in the guest is all that it can get.
//
// Input: 31 registers of three bytes each (a place and an offset), then code.
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <vector>

#include "platform/memory_map.h"
#include "platform/soc.h"
#include "tests/fuzz/input.h"

namespace eyeriss {
namespace {

using u32 = std::uint32_t;
namespace map = platform::memory_map;

constexpr u32 handler_at = 0x80000000, code_at = 0x80001000;
constexpr std::size_t longest_code = 4096;
constexpr std::uint64_t instructions = 3000;

// Goes on behind whatever trapped: csrrw t6, mscratch, t6; csrr t6, mepc; addi t6, t6, 2; csrw mepc, t6;
// csrrw t6, mscratch, t6; mret.
constexpr std::array<u32, 6> handler{0x340f9ff3, 0x34102ff3, 0x002f8f93, 0x341f9073, 0x340f9ff3, 0x30200073};

// lui ra, 0x80000; csrw mtvec, ra; li ra, -1; csrw pmpaddr0, ra; li ra, 0x1f; csrw pmpcfg0, ra: all of memory
// is open to user mode.
constexpr std::array<u32, 6> prologue{0x800000b7, 0x30509073, 0xfff00093, 0x3b009073, 0x01f00093, 0x3a009073};

/// Stands in for the finisher, which would end the simulation for all later inputs, and is bound to nobody.
struct sink : sc_core::sc_module {
    tlm_utils::simple_target_socket<sink> socket{"socket"};
    tlm_utils::simple_initiator_socket<sink> unused{"unused"};
    explicit sink(sc_core::sc_module_name name) : sc_module(name) {
        socket.register_b_transport(this, &sink::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload& t, sc_core::sc_time&) {
        t.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

/// One SoC for all inputs: SystemC elaborates once a process.
class bench {
public:
    bench() : finisher_("finisher_sink"), soc_("soc", machine(), options()) {
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

    void run(test::fuzz_input input) {
        soc_.reset();
        std::ranges::fill(soc_.main_memory().bytes(), std::uint8_t{0});
        store(handler_at, handler);
        store(code_at, prologue);
        for (unsigned reg = 1; reg < 32; ++reg) {
            soc_.cpu().set_reg(reg, value(input));
        }
        const auto code = input.take(longest_code);
        soc_.write_memory(code_at + sizeof prologue, code);
        soc_.flush_code();
        soc_.cpu().set_pc(code_at);
        const auto before = soc_.cpu_statistics().instructions;
        soc_.run({.until = sc_core::sc_time_stamp() + sc_core::sc_time(1, sc_core::SC_MS),
                  .instructions = before + instructions});
        if (soc_.cpu_statistics().instructions > before + instructions) {
            test::found("the hart ran past its limit");
        }
    }

private:
    static arch::machine machine() {
        arch::machine m;
        m.dram.capacity_mib = 1;
        m.core.sram_kib = 16;
        m.noc.cluster_rows = 2;
        m.noc.cluster_cols = 1;
        return m;
    }

    platform::soc_options options() {
        platform::soc_options out;
        out.timing = accelerator::timing::functional;
        out.between = [this](const std::string& name,
                             tlm::tlm_base_target_socket_b<>& target) -> tlm::tlm_base_target_socket_b<>& {
            if (name != "finisher") {
                return target;
            }
            finisher_.unused.bind(target);
            return finisher_.socket;
        };
        return out;
    }

    template <std::size_t n>
    void store(u32 address, const std::array<u32, n>& words) {
        soc_.write_memory(address, {reinterpret_cast<const std::uint8_t*>(words.data()), sizeof words});
    }

    // Into code, memory, devices, what lies between, and small numbers.
    static u32 value(test::fuzz_input& input) {
        const std::array<u32, 12> bases{code_at,
                                        0x80080000U,
                                        0x800fffe0U,
                                        static_cast<u32>(map::boot_rom.base),
                                        static_cast<u32>(map::clint.base),
                                        static_cast<u32>(map::plic.base),
                                        static_cast<u32>(map::uart.base),
                                        static_cast<u32>(map::accelerator.base),
                                        static_cast<u32>(map::sram_base),
                                        static_cast<u32>(map::finisher.base),
                                        0x2a000000U,
                                        0U};
        const auto place = input.number<std::uint8_t>();
        return bases.at(place % bases.size()) + input.number<std::uint16_t>();
    }

    sink finisher_;
    platform::soc soc_;
};

}  // namespace
}  // namespace eyeriss

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto bench = std::make_unique<eyeriss::bench>();
    bench->run(eyeriss::test::fuzz_input({data, size}));
    return 0;
}
