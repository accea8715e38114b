#define BOOST_TEST_MODULE replay
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/sims/background_program.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using boost::asio::ip::tcp;
using test::word;

namespace {

const std::vector<std::string> bursts{"a", "bcd", "efghijklmnop", "rs", "tq"};

std::string firmware(const std::string& name) {
    return fmt::format("'{}/{}.elf'", EYERISS_FIRMWARE, name);
}

/// Waits for a line of output for each character of a burst before it types the next.
std::string typed_at(std::uint16_t port) {
    boost::asio::io_context context;
    tcp::socket terminal(context);
    terminal.connect({boost::asio::ip::address_v4::loopback(), port});
    std::string seen, line;
    for (const auto& burst : bursts) {
        boost::asio::write(terminal, boost::asio::buffer(burst));
        for (std::size_t i = 0; i < burst.size(); ++i) {
            const auto bytes = boost::asio::read_until(terminal, boost::asio::dynamic_buffer(line), '\n');
            seen += line.substr(0, bytes);
            line.erase(0, bytes);
        }
    }
    return seen;
}

/// The last line that the program says of its run: time and instructions.
std::string end_of(const std::string& err) {
    const auto at = err.rfind("eyeriss-vp: exit code");
    return at == std::string::npos ? "no end in: " + err : err.substr(at);
}

/// Records a program that prints to the cycle when each character came, and replays it: the same output, end
/// and exit code. Returns the output.
std::string typed_and_replayed(const std::string& options) {
    const test::temporary_folder folder;
    const auto recording = folder / "session.jsonl";
    test::background_program recorded(
        fmt::format("boot {} --uart tcp:0 --record {} {}", firmware("typed"), word(recording), options));
    auto output =
        typed_at(static_cast<std::uint16_t>(std::stoul(recorded.announced("uart: waiting at 127.0.0.1:"))));
    BOOST_TEST(recorded.exit_code() == 0);
    const auto again = test::run_program(fmt::format("boot {} --uart {} --replay {} {}", firmware("typed"),
                                                     word(folder / "uart"), word(recording),
                                                     options.substr(0, options.find("--fault"))));
    BOOST_TEST(again.exit_code == 0, again.err);
    BOOST_TEST(test::read_text(folder / "uart") == output);
    BOOST_TEST(end_of(again.err) == end_of(recorded.error_text()));
    BOOST_TEST_MESSAGE(output << end_of(again.err));
    return output;
}

/// Columns of a line that program prints: rounds, additions, ticks, interrupts, word.
std::vector<std::string> columns(const std::string& output, std::size_t line) {
    std::istringstream lines(output);
    std::string text;
    for (std::size_t i = 0; i <= line; ++i) {
        std::getline(lines, text);
    }
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

/// Records a network's run under faults and replays it without: all results are the same, byte for byte.
void network_replayed(const std::string& options, const std::string& faults) {
    const test::temporary_folder folder;
    const auto run = [&](const std::string& name, const std::string& how) {
        return test::run_program(fmt::format("run --network lenet5 --quiet --uart {} --out {} {} {}",
                                             word(folder / (name + ".uart")), word(folder / name), options,
                                             how));
    };
    const auto recording = folder / "session.jsonl";
    const auto recorded = run("recorded", fmt::format("--record {} {}", word(recording), faults));
    const auto replayed = run("replayed", fmt::format("--replay {}", word(recording)));
    BOOST_TEST(replayed.exit_code == recorded.exit_code, recorded.err << replayed.err);
    BOOST_TEST(test::read_text(folder / "recorded.uart") == test::read_text(folder / "replayed.uart"));
    BOOST_TEST(test::read_text(recording).find("\"input\":\"fault\"") != std::string::npos);
    std::size_t compared = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "recorded")) {
        const auto name = entry.path().filename();
        if (name.extension() != ".json") {  // which say how long the host took
            BOOST_TEST(test::read_text(entry.path()) == test::read_text(folder / "replayed" / name), name);
            ++compared;
        }
    }
    BOOST_TEST(compared >= 4U);
}

/// A recording of a short run, changed; what the replay says of it.
void refuse(int exit_code, const std::string& from, const std::string& to, const std::string& message) {
    const test::temporary_folder folder;
    const auto file = folder / "session.jsonl";
    BOOST_TEST_REQUIRE(
        test::run_program(fmt::format("boot --uart {} --record {} --fault "
                                      "dram-flip,address=0x80200000,bit=1,at=1us {}",
                                      word(folder / "uart"), word(file), firmware("qemu_hello")))
            .exit_code == 0);
    auto text = test::read_text(file);
    const auto at = text.find(from);
    BOOST_TEST_REQUIRE(at != std::string::npos, text);
    text.replace(at, from.size(), to);
    std::ofstream(file, std::ios::binary) << text;
    const auto outcome = test::run_program(fmt::format("boot --uart {} --replay {} {}", word(folder / "uart"),
                                                       word(file), firmware("qemu_hello")));
    BOOST_TEST(outcome.exit_code == exit_code, outcome.err);
    BOOST_TEST(outcome.err.find(file.string()) != std::string::npos, outcome.err);
    BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(characters_typed_in_bursts_come_again_at_their_cycles) {
    const auto output = typed_and_replayed("");
    BOOST_TEST(columns(output, 0)[0] == "a");
    BOOST_TEST(columns(output, 0)[1] != columns(output, 1)[1]);
}

BOOST_AUTO_TEST_CASE(two_harts_find_what_was_typed_at_the_same_places_again) {
    const auto output = typed_and_replayed("--set core.harts=2");
    BOOST_TEST(columns(output, 3)[2] != "0");  // the other has added
}

BOOST_AUTO_TEST_CASE(three_harts_that_change_every_seventy_nanoseconds_replay) {
    typed_and_replayed("--set core.harts=3 --quantum 70ns");
}

BOOST_AUTO_TEST_CASE(a_bit_that_flips_while_someone_types_flips_again) {
    const auto output = typed_and_replayed("--fault dram-flip,address=0x80100000,bit=4,access=3");
    BOOST_TEST(output.find("16777232") != std::string::npos, output);  // 0x01000010
}

BOOST_AUTO_TEST_CASE(interrupts_without_a_cause_come_again) {
    const auto output = typed_and_replayed(
        "--set core.harts=2 --fault irq-spurious,line=error,at=30us --fault irq-spurious,line=done,at=50us");
    BOOST_TEST(columns(output, 16)[4] != "0", output);
}

BOOST_AUTO_TEST_CASE(a_network_that_recovers_from_a_broken_descriptor_replays) {
    network_replayed("", "--fault descriptor-flip,word=3,bit=2,layer=1");
}

BOOST_AUTO_TEST_CASE(a_network_whose_interrupts_are_lost_and_late_replays) {
    network_replayed("", "--fault irq-lost,layer=0 --fault irq-late,for=30us,layer=2");
}

BOOST_AUTO_TEST_CASE(a_network_with_check_bits_and_flips_everywhere_replays) {
    network_replayed(
        "--set dram.ecc=true --set glb.ecc=true",
        "--fault dram-flip,address=0x84000100,bit=3,at=10us --fault "
        "dram-flip,address=0x84000200,bit=65,layer=1 --fault glb-flip,cluster=0,bank=0,word=1,bit=2,layer=1");
}

BOOST_AUTO_TEST_CASE(a_network_that_stalls_replays) {
    network_replayed("",
                     "--fault dma-stall,access=12,for=20us --fault clock-gate,cluster=1,layer=1,for=10us");
}

BOOST_AUTO_TEST_CASE(a_network_whose_accesses_fail_replays) {
    network_replayed("", "--fault bus-error,access=40 --fault stuck,cluster=0,router=1,port=iact,layer=1");
}

BOOST_AUTO_TEST_CASE(a_recording_that_is_damaged_is_refused_by_name) {
    refuse(2, "eyeriss_vp_recording\":1", "eyeriss_vp_recording\":9",
           ":1: is no recording that --record made: "
           "expects a recording of version 1");
    refuse(2, "{\"eyeriss", "eyeriss", ":1: is no recording that --record made");
    refuse(2, "{\"at_ps\"", "{\"at\"", ":2: is no recording that --record made");
    refuse(2, "\"input\":\"fault\"", "\"input\":\"weather\"", "input for 'weather': nobody takes it here");
    refuse(2, "\"data\":\"", "\"data\":\"\xe2\x82\xac",
           ":2: is no recording that --record made: data holds a "
           "character above U+00FF");
    const std::string late = "{\"at_ps\":7,\"input\":\"fault\",\"data\":\"irq-lost\"}\n";
    const std::string early = "{\"at_ps\":5,\"input\":\"fault\",\"data\":\"irq-lost\"}\n";
    refuse(2, "{\"end\"", late + early + "{\"end\"", "expects a time from 7 ps on");
    refuse(2, "{\"end\"", "{\"at_ps\":7,\"input\":\"fault\",\"data\":\"x\"}\n{\"end\"",
           "'x' is no fault: expects");
    refuse(2, "{\"end\":\"firmware\"", "{\"end\":\"\"", "has no end; expects a whole recording");
}

BOOST_AUTO_TEST_CASE(a_run_that_departs_from_its_recording_says_where) {
    refuse(1, "\"instructions\":[", "\"instructions\":[1", "the run ended by firmware at ");
    refuse(1, "\"end\":\"firmware\"", "\"end\":\"idle\"", "the recorded one by idle at ");
    refuse(1, "{\"end\"",
           "{\"at_ps\":50000,\"hart\":0,\"instructions\":9,\"pc\":4,\"resume\":\"run\"}\n{\"end\"",
           "the recording at hart 0 at 0x00000004 after 9 instructions, 50000 ps");
    refuse(1, "{\"end\"", "{\"at_ps\":5,\"hart\":7,\"instructions\":9,\"pc\":4,\"resume\":\"run\"}\n{\"end\"",
           "the recording stops hart 7, this machine has 1");
}

BOOST_AUTO_TEST_CASE(a_stop_that_is_damaged_is_refused_by_name) {
    const std::string stop = "{\"at_ps\":5,\"hart\":0,\"instructions\":1,\"pc\":4,\"actions\":[";
    refuse(2, "{\"end\"", stop + "{\"do\":\"dance\"}],\"resume\":\"run\"}\n{\"end\"", "'dance' is not known");
    refuse(2, "{\"end\"", stop + "],\"resume\":\"walk\"}\n{\"end\"", "'walk' is not known");
    for (const auto* bytes : {"0", "0x", "123", "zz", "-1"}) {
        refuse(2, "{\"end\"",
               fmt::format("{}{{\"do\":\"memory\",\"bytes\":\"{}\"}}],\"resume\":\"run\"}}\n{{\"end\"", stop,
                           bytes),
               fmt::format("bytes are {}: expects pairs of hexadecimal digits", bytes));
    }
}

BOOST_AUTO_TEST_CASE(a_recording_of_something_else_is_refused) {
    const test::temporary_folder folder;
    const auto file = folder / "session.jsonl", uart = folder / "uart";
    const auto boot = [&](const std::string& options) {
        return test::run_program(fmt::format("boot --quiet --uart {} {}", word(uart), options));
    };
    BOOST_TEST(boot(fmt::format("--record {} {}", word(file), firmware("qemu_hello"))).exit_code == 0);
    const auto refused = [&](const std::string& options, const std::string& message) {
        const auto outcome = boot(fmt::format("--replay {} {}", word(file), options));
        BOOST_TEST(outcome.exit_code == 2, outcome.err);
        BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err);
    };
    const auto same = firmware("qemu_hello");
    refused(firmware("test_timer"), "was recorded with another firmware; expects the same");
    refused(same + " --set core.clock_mhz=100", "was recorded with another machine");
    refused(same + " --timing functional", "was recorded with another options");
    refused(same + " --fault irq-lost", "expects none with --replay");
    BOOST_TEST(boot("--replay /nowhere/at/all " + firmware("qemu_hello")).exit_code == 2);
    BOOST_TEST(boot(fmt::format("--replay {} {}", word(file), firmware("qemu_hello"))).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(semihosting_writes_files_and_ends_the_run) {
    const test::temporary_folder folder;
    std::filesystem::create_directory(folder / "sub");
    const auto boot = fmt::format("boot --quiet --semihosting {} ", word(folder.path()));
    const auto outcome = test::run_program(boot + firmware("test_semihost"));
    BOOST_TEST(outcome.exit_code == 42, outcome.err);
    BOOST_TEST(outcome.out == "by semihosting\n");
    BOOST_TEST(std::filesystem::file_size(folder / "sub/out.bin") == 1000U);
    const auto nowhere = test::run_program("boot --semihosting /nowhere/at/all " + firmware("test_semihost"));
    BOOST_TEST(nowhere.exit_code == 2);
    BOOST_TEST(
        nowhere.err.find("--semihosting /nowhere/at/all: expects a folder that exists") != std::string::npos,
        nowhere.err);
}
