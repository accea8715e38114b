#define BOOST_TEST_MODULE program_test
#include <algorithm>
#include <boost/algorithm/string/erase.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "sims/inputs/npy.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

nlohmann::json parse(const std::string& text) {
    const auto out = nlohmann::json::parse(text, nullptr, false);
    BOOST_REQUIRE_MESSAGE(!out.is_discarded(), "no JSON: " << text);
    return out;
}

nlohmann::json summary(const std::filesystem::path& folder) {
    return parse(test::read_text(folder / "summary.json"));
}

/// What two runs must agree in.
std::string without_host(nlohmann::json value) {
    value.erase("wall_seconds");
    value.erase("host");
    return value.dump();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_network_runs_whole_and_bit_exact) {
    const temporary_folder folder;
    const auto ran = run_program("run --network lenet5 --out " + word(folder / "out"));
    BOOST_TEST(ran.exit_code == 0, ran.err);
    BOOST_TEST(ran.err == "");
    BOOST_TEST(ran.out.find("equals the reference, bit for bit") != std::string::npos);
    const auto s = summary(folder / "out");
    BOOST_TEST(s.at("bit_exact") == true);
    BOOST_TEST(s.at("complete") == true);
    BOOST_TEST(s.at("macs_nominal") == 416520);
    std::uint64_t cycles = 0;
    for (const auto& layer : s.at("layers")) {
        BOOST_TEST(layer.at("bit_exact") == true);
        if (layer.at("runs_on") == "accelerator") {
            std::uint64_t ledger = 0;
            for (const auto& [cause, count] : layer.at("pe_cycles").items()) {
                ledger += count.get<std::uint64_t>();
            }
            BOOST_TEST(ledger == 192 * layer.at("cycles").get<std::uint64_t>(), layer.at("name"));
            cycles += layer.at("cycles").get<std::uint64_t>();
        }
    }
    BOOST_TEST(s.at("cycles_accelerator") == cycles);
    BOOST_TEST(s.at("cycles_total") > s.at("cycles_accelerator"));
    BOOST_TEST(sims::read_npy(folder / "out/output.npy").elements() == 10U);
    BOOST_TEST(test::entries(folder.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(two_runs_leave_the_same_bytes) {
    const temporary_folder folder;
    for (const auto* name : {"a", "b"}) {
        std::filesystem::create_directory(folder / name);
        const auto ran = run_program("run --network lenet5 --quiet --out " + word(folder / name));
        BOOST_TEST(ran.exit_code == 0, ran.err);
        BOOST_TEST(ran.out == "");
    }
    BOOST_TEST(without_host(summary(folder / "a")) == without_host(summary(folder / "b")));
    for (const auto* file : {"layers.csv", "uart.log", "output.npy"}) {
        BOOST_TEST(test::read_text(folder / "a" / file) == test::read_text(folder / "b" / file), file);
    }
    auto first = parse(test::read_text(folder / "a/manifest.json"));
    auto second = parse(test::read_text(folder / "b/manifest.json"));
    first.erase("command_line");
    second.erase("command_line");
    BOOST_TEST(first == second);
}

BOOST_AUTO_TEST_CASE(a_functional_run_gives_the_same_output_and_no_cycles) {
    const temporary_folder folder;
    const auto timed = run_program("run --network lenet5 --quiet --out " + word(folder / "t"));
    const auto functional =
        run_program("run --network lenet5 --timing functional --out " + word(folder / "f"));
    BOOST_TEST(timed.exit_code == 0);
    BOOST_TEST(functional.exit_code == 0, functional.err);
    BOOST_TEST(functional.out.find("ycle") == std::string::npos);
    for (const auto* file : {"summary.json", "layers.csv"}) {
        auto text = test::read_text(folder / "f" / file);
        boost::algorithm::erase_all(text, "\"mapping_cost\": \"cycles\"");
        BOOST_TEST(text.find("ycle") == std::string::npos, file);
    }
    BOOST_TEST(test::read_text(folder / "t/output.npy") == test::read_text(folder / "f/output.npy"));
    BOOST_TEST(summary(folder / "f").at("macs_effectual") == summary(folder / "t").at("macs_effectual"));
}

BOOST_AUTO_TEST_CASE(json_is_the_summary) {
    const temporary_folder folder;
    const auto ran = run_program("run --network lenet5 --json --out " + word(folder / "out"));
    BOOST_TEST(ran.exit_code == 0);
    BOOST_TEST(ran.out == test::read_text(folder / "out/summary.json"));
}

BOOST_AUTO_TEST_CASE(a_generated_file_runs_like_the_network_of_its_name) {
    const temporary_folder folder;
    const auto made = run_program("make-network lenet5 --quiet -o " + word(folder / "mine.onnx"));
    BOOST_TEST(made.exit_code == 0, made.err);
    const auto by_file =
        run_program("run --quiet --network " + word(folder / "mine.onnx") + " --out " + word(folder / "f"));
    const auto by_name = run_program("run --quiet --network lenet5 --out " + word(folder / "n"));
    BOOST_TEST(by_file.exit_code == 0, by_file.err);
    BOOST_TEST(by_name.exit_code == 0);
    BOOST_TEST(summary(folder / "f").at("network") == "mine");
    BOOST_TEST(test::read_text(folder / "f/layers.csv") == test::read_text(folder / "n/layers.csv"));
}

BOOST_AUTO_TEST_CASE(a_run_can_be_repeated_from_its_own_manifest) {
    const temporary_folder folder;
    const auto first =
        run_program("run --network lenet5 --quiet --set noc.hop_cycles=2 --out " + word(folder / "a"));
    BOOST_TEST(first.exit_code == 0);
    std::string machine;
    const auto manifest = parse(test::read_text(folder / "a/manifest.json"));
    for (const auto& [key, value] : manifest.at("configuration").items()) {
        machine += key + ": " + value.at("value").get<std::string>() + "\n";
        BOOST_TEST(value.at("origin") == (key == "noc.hop_cycles" ? "--set" : "default"));
    }
    test::write_text(folder / "m.yaml", machine);
    const auto second = run_program("run --network lenet5 --quiet --machine " + word(folder / "m.yaml") +
                                    " --out " + word(folder / "b"));
    BOOST_TEST(second.exit_code == 0, second.err);
    BOOST_TEST(test::read_text(folder / "a/layers.csv") == test::read_text(folder / "b/layers.csv"));
}

BOOST_AUTO_TEST_CASE(a_limit_ends_a_run_with_whole_results_marked_incomplete) {
    const temporary_folder folder;
    for (const std::string limit : {"--max-time 1200us", "--max-instructions 250000"}) {
        const auto ran = run_program("run --network lenet5 " + limit + " --out " + word(folder / "out"));
        BOOST_TEST(ran.exit_code == 1, limit << ran.err);
        const auto s = summary(folder / "out");
        BOOST_TEST(s.at("complete") == false);
        BOOST_TEST(s.at("bit_exact").is_null());
        BOOST_TEST(s.at("stopped_by") == limit.substr(2, limit.find(' ') - 2));
        BOOST_TEST(s.at("layers").size() == 8U);
        BOOST_TEST(s.at("layers").at(0).at("done") == true);
        BOOST_TEST(s.at("layers").at(7).at("done") == false);
        BOOST_TEST(!std::filesystem::exists(folder / "out/output.npy"));
    }
}

BOOST_AUTO_TEST_CASE(a_psum_too_narrow_for_its_sum_fails_the_run) {
    const temporary_folder folder;
    const auto ran = run_program("run --network lenet5 --set pe.psum_bits=10 --out " + word(folder / "out"));
    BOOST_TEST(ran.exit_code == 1);
    const auto s = summary(folder / "out");
    BOOST_TEST(s.at("complete") == true);
    BOOST_TEST(s.at("bit_exact") == false);
    BOOST_TEST(s.at("psum_overflows") > 0);
    BOOST_TEST(ran.out.find("DIFFER") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(firmware_boots_and_its_exit_code_is_the_programs) {
    const temporary_folder folder;
    const std::string firmware = std::string(EYERISS_FIRMWARE) + "/";
    const auto hello = run_program("boot " + firmware + "hello.elf");
    BOOST_TEST(hello.exit_code == 0, hello.err);
    BOOST_TEST(hello.out.find("hello from hart 0") != std::string::npos);
    // Without an image in memory run_network refuses what it finds.
    const auto refused = run_program("boot " + firmware + "run_network.elf --uart " + word(folder / "uart"));
    BOOST_TEST(refused.exit_code > 0);
    BOOST_TEST(refused.exit_code < 128);
    BOOST_TEST(refused.out == "");
    BOOST_TEST(test::read_text(folder / "uart").find("error: ") != std::string::npos);
    const auto cut = run_program("boot " + firmware + "hello.elf --max-instructions 10");
    BOOST_TEST(cut.exit_code == 1);
    BOOST_TEST(cut.err.find("stopped by max-instructions") != std::string::npos);
    const auto early = run_program("boot " + firmware + "hello.elf --max-time 1us --json");
    BOOST_TEST(early.exit_code == 1);
    BOOST_TEST(early.out.find("\"stopped_by\": \"max-time\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_result_depends_on_the_quantum) {
    const std::string boot = "boot " + std::string(EYERISS_FIRMWARE) + "/hello.elf --json";
    auto small = run_program(boot + " --quantum 20ns");
    auto large = run_program(boot + " --quantum 1ms");
    BOOST_TEST(small.exit_code == 0, small.err);
    const auto tail = [](const std::string& text) {
        auto json = parse(text.substr(text.find('{')));
        json.erase("wall_seconds");
        json.erase("host");
        return json.dump();
    };
    BOOST_TEST(tail(small.out) == tail(large.out));
}

BOOST_AUTO_TEST_CASE(a_compiled_image_boots_on_the_firmware) {
    const temporary_folder folder;
    const auto made = run_program("compile --network lenet5 -o " + word(folder / "net.img"));
    BOOST_TEST(made.exit_code == 0, made.err);
    BOOST_TEST(made.out.find("conv1") != std::string::npos);
    const auto ran = run_program("boot " + std::string(EYERISS_FIRMWARE) + "/run_network.elf --image " +
                                 word(folder / "net.img"));
    BOOST_TEST(ran.exit_code == 0, ran.out << ran.err);
    BOOST_TEST(ran.out.find("layer 0 conv1 accelerator") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(questions_are_answered_without_a_run) {
    BOOST_TEST(run_program("--version").out.starts_with("eyeriss-vp 0."));
    BOOST_TEST(run_program("--help").exit_code == 0);
    BOOST_TEST(run_program("run --help").out.find("--timing") != std::string::npos);
    const auto params = run_program("--list-params");
    BOOST_TEST(params.exit_code == 0);
    BOOST_TEST(params.out.find("pe.psum_bits = 20 bits (8..32)") != std::string::npos);
    BOOST_TEST(params.out.find("untimed") != std::string::npos);
    const auto config = run_program("--print-config --set pe.psum_bits=24");
    BOOST_TEST(config.out.find("pe.psum_bits: 24") != std::string::npos);
    const auto networks = run_program("make-network --list");
    BOOST_TEST(networks.out.find("sparse-mobilenet") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_default_machine_file_is_the_default_machine) {
    const auto strip = [](const std::string& text) {
        std::string out;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) {
            out += line.substr(0, line.find(' ', line.find(": ") + 2)) + "\n";
        }
        return out;
    };
    const std::string machines = std::string(EYERISS_MACHINES) + "/";
    const auto file = run_program("--print-config --machine " + machines + "eyeriss_v2.yaml");
    BOOST_TEST(file.exit_code == 0, file.err);
    BOOST_TEST(file.out.find("default") == std::string::npos);
    BOOST_TEST(strip(file.out) == strip(run_program("--print-config").out));
    for (const auto& entry : std::filesystem::directory_iterator(machines)) {
        BOOST_TEST(run_program("--print-config --machine " + word(entry.path())).exit_code == 0,
                   entry.path());
    }
}

BOOST_AUTO_TEST_CASE(the_main_job_runs_both_networks_bit_exact) {
    const temporary_folder folder;
    const auto ran = run_program("run --json --out " + word(folder / "out"));
    BOOST_TEST(ran.exit_code == 0, ran.err);
    const auto both = parse(ran.out);
    BOOST_REQUIRE(both.size() == 2U);
    BOOST_TEST(both.at(0).at("network") == "sparse-mobilenet");
    BOOST_TEST(both.at(0).at("macs_nominal") == 49160192);
    BOOST_TEST(both.at(1).at("network") == "sparse-alexnet");
    BOOST_TEST(both.at(1).at("macs_nominal") == 724406816);
    for (const auto& s : both) {
        BOOST_TEST(s.at("bit_exact") == true);
        BOOST_TEST(s.at("psum_overflows") == 0);
        BOOST_TEST(
            std::filesystem::exists(folder / "out" / s.at("network").get<std::string>() / "manifest.json"));
    }
}
