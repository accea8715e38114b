#define BOOST_TEST_MODULE terminal
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/sims/background_program.h"
#include "tests/sims/program.h"

using namespace eyeriss;

namespace {

std::string image(const std::string& name) {
    return fmt::format("'{}/{}.elf'", EYERISS_FIRMWARE, name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(standard_input_reaches_firmware_and_its_end_leaves_it_asleep) {
    const test::temporary_folder folder;
    const auto with = [&](const std::string& input) {
        const auto command = fmt::format("printf '{}' | {} boot --quiet {} >'{}' 2>/dev/null", input,
                                         EYERISS_VP_PROGRAM, image("test_echo"), (folder / "out").string());
        const int status = std::system(command.c_str());
        return std::pair(WEXITSTATUS(status), test::read_text(folder / "out"));
    };
    BOOST_TEST(with("hello!q").first == 0);
    BOOST_TEST(with("hello!q").second == "echo\nhello!\n");
    BOOST_TEST(with("0123456789abcdefghijklmnop-0123456789q").second ==
               "echo\n0123456789abcdefghijklmnop-0123456789\n");
    BOOST_TEST(with("never ends").first == 1);
    BOOST_TEST(with("never ends").second == "echo\nnever ends");
}

BOOST_AUTO_TEST_CASE(a_tcp_client_is_firmwares_terminal) {
    using boost::asio::ip::tcp;
    test::background_program program("boot --uart tcp:0 " + image("test_echo"));
    const auto port = std::stoul(program.announced("uart: waiting at 127.0.0.1:"));
    boost::asio::io_context context;
    tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)});
    std::string seen;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(seen), "echo\n");
    boost::asio::write(socket, boost::asio::buffer(std::string("one")));
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(seen), "one");
    boost::asio::write(socket, boost::asio::buffer(std::string(" twoq")));
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(seen), " two\n");
    BOOST_TEST(seen == "echo\none two\n");
    BOOST_TEST(program.exit_code() == 0);
}

BOOST_AUTO_TEST_CASE(a_pseudo_terminal_is_firmwares_terminal) {
    test::background_program program("boot --uart pty " + image("test_echo"));
    const auto name = program.announced("uart: ");
    const int terminal = ::open(name.c_str(), O_RDWR | O_NOCTTY);
    BOOST_TEST_REQUIRE(terminal >= 0);
    const auto read_up_to = [&](const std::string& end) {
        std::string seen;
        char c = 0;
        while (!seen.ends_with(end) && ::read(terminal, &c, 1) == 1) {
            seen += c;
        }
        return seen;
    };
    BOOST_TEST(read_up_to("echo\n") == "echo\n");
    BOOST_TEST(::write(terminal, "hi", 2) == 2);
    BOOST_TEST(read_up_to("hi") == "hi");
    BOOST_TEST(::write(terminal, "q", 1) == 1);
    BOOST_TEST(program.exit_code() == 0);
    ::close(terminal);
}

BOOST_AUTO_TEST_CASE(the_log_names_each_register_with_value_pc_and_time) {
    const test::temporary_folder folder;
    const auto log = folder / "bus.log";
    const auto outcome =
        test::run_program(fmt::format("boot --log bus=debug:{} {}", test::word(log), image("test_refused")));
    BOOST_TEST(outcome.exit_code == 0);
    const auto text = test::read_text(log);
    BOOST_TEST(text.find("write 0x00007777 to accelerator.ID: refused, the register is read-only\n") !=
                   std::string::npos,
               text);
    BOOST_TEST(text.find("read 0x45595632 from accelerator.ID\n") != std::string::npos, text);
    BOOST_TEST(text.find("write 0x00005555 to finisher.finish\n") != std::string::npos, text);
    BOOST_TEST(text.starts_with("["));
    BOOST_TEST(text.find(" us] hart 0, pc 0x80000") != std::string::npos);
    BOOST_TEST(
        outcome.err.find("refused: write of 4 bytes to accelerator.ID at pc 0x80000") != std::string::npos,
        outcome.err);
    BOOST_TEST(outcome.err.find("; 3 times, first at ") != std::string::npos);
    const auto to_err = test::run_program(fmt::format("boot --log bus=debug {}", image("test_refused")));
    BOOST_TEST(to_err.err.find("read 0x45595632 from accelerator.ID\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refused_accesses_stand_in_the_json_of_a_run) {
    const auto outcome = test::run_program("boot --json " + image("test_refused"));
    const auto refused = nlohmann::json::parse(outcome.out).at("refused_accesses");
    BOOST_TEST_REQUIRE(refused.size() == 7U);
    BOOST_TEST(refused[0]["place"] == "accelerator.ID");
    BOOST_TEST(refused[0]["access"] == "write");
    BOOST_TEST(refused[0]["count"] == 3);
    BOOST_TEST(refused[1]["place"] == "accelerator+0xffc");
    BOOST_TEST(!refused[1].contains("value"));
}

BOOST_AUTO_TEST_CASE(a_wrong_terminal_or_log_is_the_users_mistake) {
    const auto refuse = [](const std::string& options, const std::string& message) {
        const auto outcome = test::run_program(fmt::format("boot {} {}", options, image("test_echo")));
        BOOST_TEST(outcome.exit_code == 2);
        BOOST_TEST(outcome.err.find(message) != std::string::npos, outcome.err);
    };
    refuse("--uart tcp:70000", "--uart tcp:70000: expects a port from 0 to 65535");
    refuse("--uart tcp:", "--uart tcp:: expects a port from 0 to 65535");
    refuse("--uart /nowhere/at/all", "--uart /nowhere/at/all: cannot be written");
    refuse("--log everything", "--log everything: expects bus=debug or bus=debug:FILE");
    refuse("--log bus=debug:", "--log bus=debug:: expects bus=debug or bus=debug:FILE");
    refuse("--log bus=debug:/nowhere/at/all", "/nowhere/at/all cannot be written");
}
