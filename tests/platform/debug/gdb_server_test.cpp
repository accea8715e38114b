#define BOOST_TEST_MODULE gdb_server
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

#include "platform/debug/target_description.h"
#include "tests/platform/debug/stub_bench.h"

using namespace eyeriss;
using test::hex;
using test::rsp_client;
using test::stub_bench;

namespace {

constexpr std::uint32_t jump_to_self = 0x0000006f, wait_for_interrupt = 0x10500073;

// nop; sw x6,0(x5); lw x7,0(x5); addi x6,x6,1; back to the nop
const std::vector<std::uint32_t> counting{0x00000013, 0x0062a023, 0x0002a383, 0x00130313, 0xff1ff06f};

std::string word(std::uint32_t value) {
    return fmt::format("{:02x}{:02x}{:02x}{:02x}", value & 0xffU, value >> 8U & 0xffU, value >> 16U & 0xffU,
                       value >> 24U);
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A stop reply of a signal, a thread and a place.
std::string stopped(const char* signal, unsigned thread, std::uint32_t pc, const std::string& more = "") {
    return fmt::format("T{}thread:{};20:{};{}", signal, thread, word(pc), more);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_packet_with_a_wrong_checksum_is_refused_and_taken_when_it_comes_again) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        for (const auto* broken : {"$?#00", "$?#zz", "$?#3", "?#3f$?#40"}) {
            gdb.send_raw(broken);
            if (std::string_view(broken) == "$?#3") {
                gdb.send_raw("e");
            }
            BOOST_TEST(gdb.next() == "-", broken);
        }
        BOOST_TEST(gdb.ask("?") == stopped("02", 1, stub_bench::code));
    });
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_refused_is_sent_again) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        gdb.send("qC");
        BOOST_TEST(gdb.next() == "+");
        BOOST_TEST(gdb.next() == "$QC1");
        gdb.send_raw("-");
        BOOST_TEST(gdb.next() == "$QC1");
        gdb.send_raw("+");
        BOOST_TEST(gdb.ask("qAttached") == "1");
    });
}

BOOST_AUTO_TEST_CASE(without_acknowledgements_only_replies_come) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        BOOST_TEST(holds(gdb.ask("qSupported:multiprocess+"), "QStartNoAckMode+"));
        BOOST_TEST(gdb.ask("QStartNoAckMode") == "OK");
        gdb.stop_acknowledging();
        BOOST_TEST(gdb.ask("qC") == "QC1");
        gdb.send_raw("$qC#00");  // is dropped: the next reply is that of the next packet
        BOOST_TEST(gdb.ask("qAttached") == "1");
    });
}

BOOST_AUTO_TEST_CASE(a_packet_in_pieces_and_packets_in_one_piece_are_the_same_packets) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        for (const char c : rsp_client::frame("qC")) {
            gdb.send_raw({&c, 1});
        }
        BOOST_TEST(gdb.next() == "+");
        BOOST_TEST(gdb.next() == "$QC1");
        gdb.send_raw("+" + rsp_client::frame("qC") + "+" + rsp_client::frame("qAttached") + "+");
        for (const auto* expected : {"+", "$QC1", "+", "$1"}) {
            BOOST_TEST(gdb.next() == expected);
        }
    });
}

BOOST_AUTO_TEST_CASE(the_target_description_comes_whole_in_pieces) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        std::string text, piece = "m";
        while (piece.starts_with('m')) {
            piece = gdb.ask(fmt::format("qXfer:features:read:target.xml:{:x},1f3", text.size()));
            text += piece.substr(1);
        }
        BOOST_TEST(piece.front() == 'l');
        BOOST_TEST(text == platform::gdb::target_description());
        BOOST_TEST(gdb.ask(fmt::format("qXfer:features:read:target.xml:{:x},10", text.size())) == "l");
        BOOST_TEST(gdb.ask(fmt::format("qXfer:features:read:target.xml:{:x},10", text.size() + 1)) == "E01");
        BOOST_TEST(gdb.ask("qXfer:features:read:target.xml:0") == "E01");
        BOOST_TEST(gdb.ask("qXfer:features:read:other.xml:0,10") == "E00");
        BOOST_TEST(gdb.ask("qXfer:memory-map:read::0,10").empty());
    });
}

BOOST_AUTO_TEST_CASE(memory_above_the_middle_of_the_address_space_is_read_and_written) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        BOOST_TEST(gdb.ask("M80001000,4:78563412") == "OK");
        BOOST_TEST(gdb.ask("m80001000,4") == "78563412");
        BOOST_TEST(gdb.ask("m80000fff,6") == "007856341200");
        const std::string binary = "\x01}\x03}\x04\xff";  // '#' and '$' are escaped
        BOOST_TEST(gdb.ask("X87fffffc,4:" + binary) == "OK");
        BOOST_TEST(gdb.ask("m87fffffc,4") == "012324ff");
        BOOST_TEST(gdb.ask("X80001000,0:") == "OK");
        BOOST_TEST(gdb.ask("m18000000,4") == word(EYERISS_ID_VALUE));
    });
}

BOOST_AUTO_TEST_CASE(memory_beyond_the_map_is_an_error_and_its_edge_is_read_as_far_as_it_goes) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        for (const auto* nowhere : {"m40000000,4", "m88000000,4", "mfffffffc,4", "mffffffff,10", "m0,1",
                                    "M40000000,2:0102", "M88000000,1:00", "M18000000,4:00000000"}) {
            BOOST_TEST(gdb.ask(nowhere) == "E0e", nowhere);
        }
        BOOST_TEST(gdb.ask("M87fffffc,4:01020304") == "OK");
        BOOST_TEST(gdb.ask("m87fffffc,100") == "01020304");
        BOOST_TEST(gdb.ask("M87fffffe,4:05060708") == "E0e");
        for (const auto* malformed :
             {"m", "m80000000", "m80000000,", "m,4", "mxyz,4", "m80000000,4,4x", "m180000000,4",
              "M80001000,4:0102", "M80001000,1:0g", "M80001000,1", "X80001000,2:a"}) {
            BOOST_TEST(gdb.ask(malformed) == "E01", malformed);
        }
        const auto most = gdb.ask("m80000000,ffffffff");
        BOOST_TEST(most.size() == 0x4000U);
    });
}

BOOST_AUTO_TEST_CASE(registers_are_read_and_written_one_by_one_and_all_at_once) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        auto all = gdb.ask("g");
        BOOST_TEST_REQUIRE(all.size() == 33U * 8);
        BOOST_TEST(all.substr(5 * 8, 8) == word(stub_bench::data));
        BOOST_TEST(all.substr(32 * 8) == word(stub_bench::code));
        all.replace(31 * 8, 8, word(0xcafe0001));
        BOOST_TEST(gdb.ask("G" + all) == "OK");
        BOOST_TEST(gdb.ask("p1f") == word(0xcafe0001));
        BOOST_TEST(gdb.ask("G" + all.substr(8)) == "E01");
        BOOST_TEST(gdb.ask("Pa=" + word(0x12345678)) == "OK");
        BOOST_TEST(gdb.ask("pa") == word(0x12345678));
        BOOST_TEST(gdb.ask("P0=" + word(1)) == "OK");
        BOOST_TEST(gdb.ask("p0") == word(0));
        BOOST_TEST(gdb.ask(fmt::format("P{:x}={}", 65 + 0x340, word(99))) == "OK");  // mscratch
        BOOST_TEST(gdb.ask(fmt::format("p{:x}", 65 + 0x340)) == word(99));
        for (const auto* wrong : {"p28", "pffffffff", "p", "Pa", "Pa=1", "P28=00000000", "Pf55=00000000"}) {
            BOOST_TEST(gdb.ask(wrong) == "E01", wrong);  // 0xf55: mhartid
        }
    });
}

BOOST_AUTO_TEST_CASE(breakpoints_and_watchpoints_stop_where_they_were_set) {
    stub_bench bench(counting);
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        constexpr auto code = stub_bench::code;
        const auto go = [&](const char* set, const char* removed) {
            BOOST_TEST(gdb.ask(set) == "OK", set);
            auto reply = gdb.ask("vCont;c");
            BOOST_TEST(gdb.ask(removed) == "OK", removed);
            return reply;
        };
        BOOST_TEST(go("Z0,8000000c,4", "z0,8000000c,4") == stopped("05", 1, code + 12, "swbreak:;"));
        BOOST_TEST(go("Z1,80000004,2", "z1,80000004,2") == stopped("05", 1, code + 4, "hwbreak:;"));
        BOOST_TEST(go("Z2,80001000,4", "z2,80001000,4") == stopped("05", 1, code + 8, "watch:80001000;"));
        BOOST_TEST(go("Z2,80001000,4", "z2,80001000,4") == stopped("05", 1, code + 8, "watch:80001000;"));
        BOOST_TEST(gdb.ask("p6") == word(2));
        BOOST_TEST(go("Z3,80001002,1", "z3,80001002,1") == stopped("05", 1, code + 12, "rwatch:80001002;"));
        BOOST_TEST(go("Z4,80001000,4", "z4,80001000,4") == stopped("05", 1, code + 8, "awatch:80001000;"));
        BOOST_TEST(gdb.ask("s") == stopped("05", 1, code + 12));
        BOOST_TEST(gdb.ask("Z5,80001000,4").empty());
        for (const auto* wrong : {"Z0", "Z0,80000000", "Zx,80000000,4", "Z2,80001000,0", "Z0,180000000,4"}) {
            BOOST_TEST(gdb.ask(wrong) == "E01", wrong);
        }
    });
}

BOOST_AUTO_TEST_CASE(each_hart_is_a_thread_that_can_step_and_run_alone) {
    stub_bench bench(counting, 2);
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        constexpr auto code = stub_bench::code;
        const auto counted_by = [&](unsigned thread) {
            BOOST_TEST(gdb.ask(fmt::format("Hg{}", thread)) == "OK");
            return gdb.ask("p6");
        };
        BOOST_TEST(gdb.ask("qfThreadInfo") == "m1,2");
        BOOST_TEST(gdb.ask("qsThreadInfo") == "l");
        BOOST_TEST(gdb.ask("qThreadExtraInfo,2") == hex("hart 1"));
        BOOST_TEST(gdb.ask("T2") == "OK");
        BOOST_TEST(gdb.ask("T3") == "E01");
        BOOST_TEST(gdb.ask("vCont?") == "vCont;c;C;s;S");
        for (unsigned step = 1; step <= 3; ++step) {
            BOOST_TEST(gdb.ask("vCont;s:2") == stopped("05", 2, code + 4 * step));
        }
        BOOST_TEST(gdb.ask("Hg1") == "OK");
        BOOST_TEST(gdb.ask("p20") == word(code));  // the other has stood still
        BOOST_TEST(gdb.ask("Z0,80000000,4") == "OK");
        BOOST_TEST(gdb.ask("vCont;c:2") == stopped("05", 2, code, "swbreak:;"));
        BOOST_TEST(gdb.ask("vCont;C05:2") == stopped("05", 2, code, "swbreak:;"));
        BOOST_TEST(counted_by(2) == word(2));
        BOOST_TEST(counted_by(1) == word(0));
        BOOST_TEST(gdb.ask("z0,80000000,4") == "OK");
        BOOST_TEST(gdb.ask("vCont;s:1;c") == stopped("05", 1, code + 4));
        BOOST_TEST(gdb.ask("Hc2") == "OK");
        BOOST_TEST(gdb.ask("s").starts_with("T05thread:2;"));
        for (const auto* wrong : {"vCont", "vCont;", "vCont;x", "vCont;c:3", "Hg3", "Hx1", "H"}) {
            const auto reply = gdb.ask(wrong);
            BOOST_TEST(reply == "E01", wrong << " is answered by " << reply);
        }
    });
}

BOOST_AUTO_TEST_CASE(an_interrupt_stops_a_program_that_spins_and_nothing_that_stands) {
    stub_bench bench({0x00130313, 0xffdff06f});  // addi x6,x6,1; back to it
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        for (unsigned i = 0; i < 3; ++i) {
            gdb.send("vCont;c");
            BOOST_TEST(gdb.next() == "+");
            gdb.send_raw("\x03");
            BOOST_TEST(gdb.reply().starts_with("T02thread:1;20:0"));
        }
        gdb.send_raw("\x03");
        BOOST_TEST(gdb.ask("qC") == "QC1");
        BOOST_TEST(gdb.ask("p6") != word(0));
    });
}

BOOST_AUTO_TEST_CASE(a_program_in_which_nothing_can_happen_stops_for_its_debugger) {
    stub_bench bench({wait_for_interrupt, jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        BOOST_TEST(gdb.ask("vCont;c").starts_with("T02thread:1;"));
        BOOST_TEST(gdb.ask("qThreadExtraInfo,1") == hex("hart 0, asleep"));
    });
}

BOOST_AUTO_TEST_CASE(the_end_of_the_program_is_told_with_its_exit_code) {
    // lui x6,0x53; addi x6,x6,0x333; lui x7,0x100; sw x6,0(x7): "failed with 5" to the finisher; j .
    stub_bench bench({0x00053337, 0x33330313, 0x001003b7, 0x0063a023, jump_to_self});
    const auto result = bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        BOOST_TEST(gdb.ask("vCont;c") == "W05");
        BOOST_TEST(gdb.next().empty());
    });
    BOOST_TEST(result.exit_code.value_or(-1) == 5);
}

BOOST_AUTO_TEST_CASE(a_program_runs_on_without_breakpoints_when_its_debugger_detaches) {
    stub_bench bench(counting);
    bench.serve([](std::uint16_t port) {
        {
            rsp_client gdb(port);
            BOOST_TEST(gdb.ask("Z0,80000004,4") == "OK");
            BOOST_TEST(gdb.ask("D") == "OK");
            BOOST_TEST(gdb.next().empty());
        }
        rsp_client next(port);
        BOOST_TEST(next.ask("?").starts_with("T02thread:1;"));
        BOOST_TEST(next.ask("p6") != word(0));  // it has come past the breakpoint
    });
    BOOST_TEST(bench.reports.size() >= 3U);
    BOOST_TEST(bench.reports.at(1) == "gdb: the client has gone; the program runs on");
}

BOOST_AUTO_TEST_CASE(a_killed_program_ends) {
    stub_bench bench({jump_to_self});
    const auto result = bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        BOOST_TEST(gdb.ask("vKill;1") == "OK");
        BOOST_TEST(gdb.next().empty());
    });
    BOOST_TEST(!result.exit_code.has_value());
    BOOST_TEST(bench.server().target().killed());
}

BOOST_AUTO_TEST_CASE(a_program_killed_by_the_old_command_ends) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        gdb.send("k");
        BOOST_TEST(gdb.next() == "+");
        BOOST_TEST(gdb.next().empty());
    });
    BOOST_TEST(bench.server().target().killed());
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_in_the_middle_of_a_packet_leaves_the_program_running) {
    stub_bench bench(counting);
    bench.serve([](std::uint16_t port) {
        {
            rsp_client gdb(port);
            BOOST_TEST(gdb.ask("Z0,80000004,4") == "OK");
            gdb.send_raw("$M80001000,4:0102");
        }
        {
            rsp_client gdb(port);
            BOOST_TEST(gdb.ask("?").starts_with("T02thread:1;"));  // and not the rest of a packet
            BOOST_TEST(gdb.ask("p6") != word(0));
            gdb.send("vCont;c");
        }
        rsp_client gdb(port);
        BOOST_TEST(gdb.ask("?").starts_with("T02thread:1;"));
    });
}

BOOST_AUTO_TEST_CASE(a_second_client_is_turned_away_while_the_first_is_there) {
    stub_bench bench(counting);
    bench.serve([](std::uint16_t port) {
        rsp_client first(port);
        BOOST_TEST(first.ask("qC") == "QC1");
        BOOST_TEST(rsp_client(port).next().empty());  // while the program stands
        first.send("vCont;c");
        BOOST_TEST(first.next() == "+");
        BOOST_TEST(rsp_client(port).next().empty());  // and while it runs
        first.send_raw("\x03");
        BOOST_TEST(first.reply().starts_with("T02"));
    });
    BOOST_TEST(std::ranges::count(bench.reports,
                                  "gdb: a second client was turned away; expects one at a time") == 2);
}

BOOST_AUTO_TEST_CASE(a_command_that_is_not_known_has_an_empty_reply) {
    stub_bench bench({jump_to_self});
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        for (const auto* unknown : {"!", "vMustReplyEmpty", "qTStatus", "QNonStop:0", "i", "R00", "b"}) {
            BOOST_TEST(gdb.ask(unknown).empty(), unknown);
        }
        gdb.send("");
        BOOST_TEST(gdb.next() == "+");
        BOOST_TEST(gdb.reply().empty());
        const auto monitor = [&](const std::string& line) {
            return test::text_of_hex(gdb.ask("qRcmd," + hex(line)));
        };
        BOOST_TEST(holds(monitor("help"), "fault SPEC"));
        BOOST_TEST(monitor("dance") == "'dance': no such command; `monitor help` lists them\n");
        BOOST_TEST(monitor("time") == "0 ps\nhart 0: cycle 0, 0 instructions\n");
        BOOST_TEST(holds(monitor("reg id"), "0x18000000  0x45595632"));
        BOOST_TEST(monitor("reg id 5") == "ID: the write is refused\n");
        BOOST_TEST(monitor("reg ctrl x") == "'x': expects a number of 32 bits, e.g. 0x1\n");
        BOOST_TEST(gdb.ask("qRcmd,6") == "E01");
    });
}

BOOST_AUTO_TEST_CASE(random_commands_are_each_answered) {
    constexpr unsigned seed = 20261121, count = 5000;
    stub_bench bench(counting, 2);
    bench.serve([](std::uint16_t port) {
        rsp_client gdb(port);
        std::mt19937 random(seed);
        const auto below = [&](std::size_t n) { return static_cast<unsigned>(random() % n); };
        const std::vector<std::string> good{"g",
                                            "p20",
                                            "Pa=01020304",
                                            "m80000000,20",
                                            "M80001000,2:0102",
                                            "X80001000,2:ab",
                                            "Z0,80000000,4",
                                            "z2,80001000,4",
                                            "Hg2",
                                            "T1",
                                            "qXfer:features:read:target.xml:0,20",
                                            "qThreadExtraInfo,1",
                                            "qRcmd,72656720",
                                            "qSupported",
                                            "vCont?",
                                            "?"};
        constexpr std::string_view characters = "0123456789abcdef,:;=-xgpmMXZzHTq?GP";
        for (unsigned i = 0; i < count; ++i) {
            auto packet = good[below(good.size())];
            for (unsigned changes = below(4); changes > 0 && !packet.empty(); --changes) {
                const auto at = below(packet.size());
                const char c = characters[below(characters.size())];
                below(2) == 0 ? packet.insert(at, 1, c) : packet.replace(at, 1, 1, c);
            }
            // what goes on is answered at the next stop only
            if (!packet.starts_with("vCont;") &&
                std::string_view("cskD").find(packet[0]) == std::string::npos) {
                BOOST_REQUIRE_NO_THROW(gdb.ask(packet));
            }
        }
        BOOST_TEST(gdb.ask("Hg1") == "OK");
    });
    BOOST_TEST_MESSAGE("seed " << seed);
}
