#define BOOST_TEST_MODULE watch
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "platform/cpu/call_trace.h"
#include "platform/cpu/execution_fan_out.h"
#include "platform/cpu/profile.h"
#include "platform/cpu/trace.h"
#include "tests/platform/image_bench.h"

using namespace eyeriss;

namespace {

const platform::cpu_profile::function_cost& of(const std::vector<platform::cpu_profile::function_cost>& all,
                                               const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
    BOOST_TEST_REQUIRE((found != all.end()), "no function " << name);
    return *found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(instructions_read_as_llvm_writes_them) {
    const platform::disassembler text;
    BOOST_TEST(text.text(0x80000000, 0x00150513) == "addi a0, a0, 1");
    BOOST_TEST(text.text(0x80000000, 0x4501) == "li a0, 0");
    BOOST_TEST(text.text(0x80000000, 0x34029073) == "csrw mscratch, t0");
    BOOST_TEST(text.text(0x80000000, 0x100525af) == "lr.w a1, (a0)");
    BOOST_TEST(text.text(0x80000000, 0x02b50533) == "mul a0, a0, a1");
    BOOST_TEST(text.text(0x80000000, 0xffffffff) == ".word 0xffffffff");
    BOOST_TEST(text.text(0x80000000, 0x0000) == "unimp");
    BOOST_TEST(text.text(0x80000000, 0x2000) == ".half 0x2000");
}

BOOST_AUTO_TEST_CASE(symbols_name_places_by_function_and_offset) {
    const platform::symbols names(test::image_path("test_calls"));
    BOOST_TEST(names.place(0x80000000) == "_start+0x0");
    BOOST_TEST(names.place(0x80000004) == "_start+0x4");
    BOOST_TEST(names.place(0x10000000) == "0x10000000");
    BOOST_TEST(names.functions().size() >= 4U);
    BOOST_CHECK_THROW(platform::symbols("/nowhere"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_profile_counts_each_function_and_each_chain_of_calls) {
    test::image_bench bench("test_calls");
    const platform::symbols names(test::image_path("test_calls"));
    platform::cpu_profile profile(names);
    bench.soc.cpu().observe(&profile);
    BOOST_TEST_REQUIRE(bench.run(1).exit_code.value_or(-1) == 0);
    const auto functions = profile.functions();
    std::uint64_t instructions = 0, cycles = 0;
    for (const auto& f : functions) {
        instructions += f.own.instructions;
        cycles += f.own.cycles;
    }
    BOOST_TEST(instructions == bench.soc.cpu_statistics().instructions);
    // time stops where the last instruction begins
    BOOST_TEST(cycles == bench.soc.cpu_statistics().cycles + 1);
    BOOST_TEST(of(functions, "inner").own.instructions == 60U);
    BOOST_TEST(of(functions, "inner").own.cycles == 60U);
    BOOST_TEST(of(functions, "inner").calls == 6U);
    BOOST_TEST(of(functions, "outer").calls == 2U);
    BOOST_TEST(of(functions, "handler").own.instructions == 5U);
    BOOST_TEST(of(functions, "handler").calls == 1U);
    const std::string folded = profile.folded_stacks();
    BOOST_TEST_MESSAGE(folded);
    BOOST_TEST(folded.find("_start;outer;inner 60\n") != std::string::npos);
    BOOST_TEST(folded.find("_start;handler 5\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_trace_has_a_line_for_each_instruction_and_changes_nothing) {
    test::image_bench bench("test_calls");
    const platform::symbols names(test::image_path("test_calls"));
    std::ostringstream out;
    platform::cpu_trace trace(
        bench.soc.cpu(), 0, names, [&](std::uint32_t at) { return bench.word(at & ~1U); }, out);
    bench.soc.cpu().observe(&trace);
    BOOST_TEST_REQUIRE(bench.run(1).exit_code.value_or(-1) == 0);
    const std::string text = out.str();
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    // beside the instructions: the ecall, which does not retire, and the line that says so
    BOOST_TEST(lines == bench.soc.cpu_statistics().instructions + 2);
    for (const char* expected :
         {"hart 0  cycle 0  00001000 00000297  auipc t0, 0", "ecall", "hart 0  trap at _start+", "mret",
          "addi a0, a0, 1", "to inner+0x0", "handler+0x0", "sw t1, 0(t0)"}) {
        BOOST_TEST(text.find(expected) != std::string::npos, expected);
    }
}

BOOST_AUTO_TEST_CASE(several_observers_of_a_hart_see_what_each_would_see_alone) {
    const platform::symbols names(test::image_path("test_calls"));
    test::image_bench bench("test_calls");
    platform::execution_fan_out all(bench.soc.cpu());
    std::ostringstream lines;
    std::vector<std::string> calls;
    platform::cpu_trace trace(
        bench.soc.cpu(), 0, names, [&](std::uint32_t at) { return bench.word(at & ~1U); }, lines);
    platform::cpu_profile profile(names), removed(names);
    platform::call_trace tracks(
        names, [&](const platform::call_trace::call& c) { calls.push_back(names.name(c.function)); });
    for (platform::execution_observer* o :
         std::initializer_list<platform::execution_observer*>{&trace, &profile, &removed, &tracks})
        all.add(*o);
    all.remove(removed);
    BOOST_TEST_REQUIRE(bench.run(1).exit_code.value_or(-1) == 0);
    const std::string text = lines.str();
    BOOST_TEST(static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) ==
               bench.soc.cpu_statistics().instructions + 2);
    // as the profile counts block by block, above
    const auto functions = profile.functions();
    BOOST_TEST(of(functions, "inner").own.cycles == 60U);
    BOOST_TEST(of(functions, "inner").calls == 6U);
    BOOST_TEST(of(functions, "handler").own.instructions == 5U);
    BOOST_TEST(std::count(calls.begin(), calls.end(), "inner") == 6);
    BOOST_TEST(std::count(calls.begin(), calls.end(), "handler") == 1);
    BOOST_TEST(removed.functions().empty());
}
