#define BOOST_TEST_MODULE quantum
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstring>
#include <exception>
#include <ostream>
#include <vector>

#include "platform/memory_map.h"
#include "tests/platform/cpu/events_bench.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

// What must not depend on the quantum; plain data, to cross a pipe.
struct outcome {
    std::array<char, 64> text{};
    std::uint64_t end_ps = 0, instructions = 0, cycles = 0, active_cycles = 0, transactions = 0;
    std::uint64_t direct_reads = 0, direct_writes = 0, direct_bytes = 0;
    int exit_code = -1;
    bool operator==(const outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& o) {
    return out << o.text.data() << " exit " << o.exit_code << " at " << o.end_ps << " ps, " << o.instructions
               << " instructions, " << o.cycles << " cycles, " << o.active_cycles << " active, "
               << o.transactions << " transactions, " << o.direct_reads << " reads and " << o.direct_writes
               << " writes by DMI of " << o.direct_bytes << " bytes";
}

struct variant {
    unsigned quantum_ns = 10'000, slice_us = 100, dmi_latency_ns = 0;
};

outcome run_events(const variant& v) {
    arch::machine machine;
    machine.core.quantum_ns = v.quantum_ns;
    machine.dram.dmi_latency_ns = v.dmi_latency_ns;
    test::image_bench bench("test_events", machine);
    test::irregular_device device("device");
    test::irregular_writer writer("writer");
    bench.soc.map("device", {0x20000000, 0x1000}, device.socket);
    bench.soc.connect_interrupt(5, device.level);
    bench.soc.add_initiator(writer.port);
    const auto result = bench.soc.run({.until = sc_core::sc_time(100, sc_core::SC_MS),
                                       .slice = sc_core::sc_time(v.slice_us, sc_core::SC_US)});
    const auto statistics = bench.soc.cpu_statistics();
    const auto direct = bench.soc.cpu(0).direct(platform::memory_map::dram_base, UINT32_MAX);
    outcome out{{},
                sc_core::sc_time_stamp().value(),
                statistics.instructions,
                statistics.cycles,
                statistics.active_cycles,
                statistics.transactions,
                direct.reads,
                direct.writes,
                direct.read_bytes + direct.write_bytes,
                result.exit_code.value_or(-1)};
    bench.text.copy(out.text.data(), out.text.size() - 1);
    return out;
}

// The child's exit code; nothing may reach the test framework from there.
int send_events(int pipe_end, const variant& v) {
    try {
        const outcome out = run_events(v);
        return write(pipe_end, &out, sizeof out) == static_cast<ssize_t>(sizeof out) ? 0 : 1;
    } catch (const std::exception& e) {
        std::fputs(e.what(), stderr);
        return 2;
    }
}

// One simulation a process is all that the kernel allows.
outcome in_own_process(const variant& v) {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(pipe(ends.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
        _exit(send_events(ends[1], v));
    }
    close(ends[1]);
    outcome out;
    BOOST_TEST(read(ends[0], &out, sizeof out) == static_cast<ssize_t>(sizeof out));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_result_and_no_time_depends_on_the_quantum) {
    const outcome reference = in_own_process({5});
    BOOST_TEST_MESSAGE(reference);
    BOOST_TEST(reference.exit_code > 0);
    BOOST_TEST(reference.instructions > 10000U);
    for (const unsigned quantum_ns : {10U, 35U, 100U, 1000U, 10'000U, 1'000'000U}) {
        BOOST_TEST(in_own_process({quantum_ns}) == reference, "quantum of " << quantum_ns << " ns");
    }
}

BOOST_AUTO_TEST_CASE(no_result_and_no_time_depends_on_how_often_the_caller_looks) {
    const outcome reference = in_own_process({10'000, 100'000});
    BOOST_TEST(in_own_process({10'000, 1}) == reference);
    BOOST_TEST(in_own_process({10'000, 7}) == reference);
}

BOOST_AUTO_TEST_CASE(a_latency_of_direct_access_does_not_depend_on_the_quantum_either) {
    const unsigned latency_ns = 13;  // no multiple of a cycle
    const outcome reference = in_own_process({5, 100, latency_ns});
    BOOST_TEST_MESSAGE(reference);
    BOOST_TEST(reference.exit_code > 0);
    BOOST_TEST(reference.direct_reads > 1000U);
    for (const unsigned quantum_ns : {10U, 35U, 1000U, 10'000U, 1'000'000U}) {
        BOOST_TEST(in_own_process({quantum_ns, 100, latency_ns}) == reference, quantum_ns << " ns");
    }
    BOOST_TEST(in_own_process({10'000, 7, latency_ns}) == reference);
}

BOOST_AUTO_TEST_CASE(each_load_and_store_by_dmi_is_counted_and_takes_its_latency) {
    arch::machine machine;
    machine.dram.dmi_latency_ns = 73;  // 15 cycles of 5 ns
    test::image_bench bench("test_traps", machine);
    const std::uint32_t code = 0x80100000;
    const std::array<std::uint32_t, 9> program{
        0x80200537,  // lui a0, 0x80200
        0x00052583,  // lw a1, 0(a0)
        0x00b52223,  // sw a1, 4(a0)
        0x00051603,  // lh a2, 0(a0)
        0x00c503a3,  // sb a2, 7(a0)
        0x00b526af,  // amoadd.w a3, a1, (a0)
        0x1005272f,  // lr.w a4, (a0)
        0x18b5272f,  // sc.w a4, a1, (a0)
        0x0000006f,  // j .
    };
    for (std::uint32_t i = 0; i < program.size(); ++i) {
        bench.set_word(code + 4 * i, program[i]);
    }
    bench.soc.cpu(0).set_pc(code);
    constexpr unsigned before_loop = 8, accesses = 7, cycles_each = 15;
    constexpr unsigned cycles = before_loop + accesses * cycles_each;
    static_cast<void>(bench.soc.run({.until = sc_core::sc_time(5 * (cycles + 10), sc_core::SC_NS)}));
    const auto direct = bench.soc.cpu(0).direct(platform::memory_map::dram_base, UINT32_MAX);
    BOOST_TEST(direct.reads == 5U);
    BOOST_TEST(direct.writes == 4U);
    BOOST_TEST(direct.read_bytes == 4U * 4 + 2);
    BOOST_TEST(direct.write_bytes == 3U * 4 + 1);
    BOOST_TEST(bench.soc.cpu_statistics().instructions == before_loop + 10U);
}

BOOST_AUTO_TEST_CASE(a_quantum_longer_than_the_callers_slice_is_no_cause_for_warnings) {
    arch::machine machine;
    machine.core.quantum_ns = 1'000'000;
    test::image_bench bench("test_workload", machine);
    bench.set_word(0x84000000, 20);
    BOOST_TEST(bench.run(100).exit_code.value_or(-1) == 0);
    BOOST_TEST(sc_core::sc_report_handler::get_count(sc_core::SC_WARNING) == 0);
}
