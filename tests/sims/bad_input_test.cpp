#define BOOST_TEST_MODULE bad_input_test
#include <onnx/onnx_pb.h>

#include <boost/test/unit_test.hpp>
#include <random>

#include "sims/inputs/npy.h"
#include "tests/sims/program.h"

using namespace eyeriss;
using test::run_program;
using test::temporary_folder;
using test::word;

namespace {

/// Bad input ends in exit code 2, one line that names the words, and nothing written.
void expect_refusal(const std::string& arguments, const std::vector<std::string>& words) {
    const temporary_folder folder;
    const auto ran = run_program(arguments + " --out " + word(folder / "out"));
    BOOST_TEST(ran.exit_code == 2, arguments << ": " << ran.err);
    BOOST_TEST(ran.err.starts_with("eyeriss-vp: "), ran.err);
    BOOST_TEST(std::count(ran.err.begin(), ran.err.end(), '\n') == 1, ran.err);
    for (const auto& w : words) {
        BOOST_TEST(ran.err.find(w) != std::string::npos, "'" << w << "' is missing in: " << ran.err);
    }
    BOOST_TEST(test::entries(folder.path()) == 0U, arguments << " left something behind");
}

std::string lenet(const temporary_folder& folder) {
    const auto made = run_program("make-network lenet5 --quiet -o " + word(folder / "net.onnx"));
    BOOST_REQUIRE(made.exit_code == 0);
    return test::read_text(folder / "net.onnx");
}

std::string npy(const temporary_folder& folder, const std::string& name, sims::npy_type type,
                std::vector<std::size_t> shape) {
    sims::npy_array array{type, std::move(shape), {}};
    array.bytes.assign(array.elements() * (type == sims::npy_type::i32 ? 4 : 1), 1);
    sims::write_npy(folder / name, array);
    return word(folder / name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_network_that_is_cut_short_is_refused) {
    const temporary_folder folder;
    const auto whole = lenet(folder);
    for (const std::size_t size : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
        test::write_text(folder / "cut.onnx", whole.substr(0, size));
        expect_refusal("run --network " + word(folder / "cut.onnx"), {"cut.onnx"});
    }
}

BOOST_AUTO_TEST_CASE(a_corrupt_network_never_ends_in_a_crash) {
    const temporary_folder folder;
    const auto whole = lenet(folder);
    const unsigned seed = 7;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 40; ++round) {
        auto bad = whole;
        for (int i = 0; i < 4; ++i) {
            // Names and structure are small; most bytes are weights, so the front is hit more often.
            const auto range = round % 2 == 0 ? bad.size() : std::size_t{2000};
            bad[random() % range] = static_cast<char>(random());
        }
        test::write_text(folder / "bad.onnx", bad);
        const auto ran =
            run_program("run --quiet --timing functional --network " + word(folder / "bad.onnx") +
                        " --cache " + word(folder / "cache") + " --out " + word(folder / "out"));
        // Changed weights may run, and may make sums that do not fit.
        BOOST_TEST((ran.exit_code >= 0 && ran.exit_code <= 2),
                   "exit code " << ran.exit_code << ": " << ran.err);
        BOOST_TEST((ran.exit_code != 2 || !ran.err.empty()));
    }
}

BOOST_AUTO_TEST_CASE(an_operator_that_is_not_supported_is_named_with_its_node) {
    const temporary_folder folder;
    onnx::ModelProto model;
    BOOST_REQUIRE(model.ParseFromString(lenet(folder)));
    bool changed = false;
    for (auto& node : *model.mutable_graph()->mutable_node()) {
        if (node.op_type() == "MaxPool" && !changed) {
            node.set_op_type("LpPool");
            node.set_name("pool_of_the_test");
            changed = true;
        }
    }
    BOOST_REQUIRE(changed);
    std::string text;
    model.SerializeToString(&text);
    test::write_text(folder / "net.onnx", text);
    expect_refusal("run --network " + word(folder / "net.onnx"), {"LpPool", "pool_of_the_test"});
}

BOOST_AUTO_TEST_CASE(an_input_of_another_shape_or_type_is_refused) {
    const temporary_folder folder;
    using sims::npy_type;
    const std::string run = "run --network lenet5 --input ";
    expect_refusal(run + npy(folder, "shape.npy", npy_type::u8, {1, 1, 27, 28}),
                   {"shape.npy", "(1, 1, 27, 28)", "(1, 1, 28, 28)"});
    expect_refusal(run + npy(folder, "type.npy", npy_type::i8, {1, 1, 28, 28}),
                   {"type.npy", "int8", "uint8"});
    test::write_text(folder / "float.npy",
                     "\x93NUMPY\x01" + std::string(1, '\0') + "\x3e" + std::string(1, '\0') +
                         "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,28,28)}\n" +
                         std::string(3136, ' '));
    expect_refusal(run + word(folder / "float.npy"), {"float.npy", "int8"});
    expect_refusal(run + "absent.npy", {"absent.npy"});
    expect_refusal(run + "picture.jpg", {"picture.jpg", ".npy or .png"});
    expect_refusal("run --input x.npy", {"--network"});
}

BOOST_AUTO_TEST_CASE(unknown_names_and_keys_are_refused_with_what_is_known) {
    const temporary_folder folder;
    expect_refusal("run --network resnet50", {"resnet50", "sparse-mobilenet"});
    expect_refusal("run --network lenet5 --set dram.latency=5", {"--set", "dram.latency", "dram.latency_ns"});
    expect_refusal("run --network lenet5 --set pe.macs=3", {"--set", "pe.macs", "from 1 to 2"});
    test::write_text(folder / "m.yaml", "name: x\npe:\n  psum_bit: 3\n");
    expect_refusal("run --network lenet5 --machine " + word(folder / "m.yaml"),
                   {"m.yaml:3", "pe.psum_bit", "pe.psum_bits"});
    expect_refusal("run --network lenet5 --machine absent.yaml", {"absent.yaml"});
    expect_refusal("run --network lenet5 --timing fast", {"timing", "functional"});
    expect_refusal("run --network lenet5 --max-time 10", {"--max-time", "10"});
    expect_refusal("run --networks lenet5", {"--networks"});
}

BOOST_AUTO_TEST_CASE(a_machine_on_which_a_layer_cannot_fit_is_refused_with_the_layer) {
    expect_refusal("run --network lenet5 --set glb.iact_bank_words=1", {"conv1"});
    expect_refusal("run --network lenet5 --set dram.capacity_mib=64", {"dram"});
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_an_image_is_found_by_the_machine) {
    const temporary_folder folder;
    BOOST_REQUIRE(run_program("compile --network lenet5 --quiet -o " + word(folder / "net.img")).exit_code ==
                  0);
    const auto whole = test::read_text(folder / "net.img");
    // Header, tables, descriptors, weights.
    for (const std::size_t at : {std::size_t{5}, std::size_t{300}, std::size_t{3000}, whole.size() * 3 / 4}) {
        auto bad = whole;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        test::write_text(folder / "bad.img", bad);
        const auto ran = run_program("boot " + std::string(EYERISS_FIRMWARE) + "/run_network.elf --image " +
                                     word(folder / "bad.img"));
        BOOST_TEST(ran.exit_code > 0, "byte " << at << ": " << ran.out);
        BOOST_TEST(ran.exit_code < 128, "byte " << at);
        BOOST_TEST(ran.out.find("error: ") != std::string::npos, "byte " << at << ": " << ran.out);
    }
}

BOOST_AUTO_TEST_CASE(an_executable_for_another_machine_is_refused) {
    const temporary_folder folder;
    const auto refused = [](const std::string& file) {
        const auto ran = run_program("boot " + file);
        BOOST_TEST(ran.exit_code == 2, file << ran.err);
        BOOST_TEST(ran.err.starts_with("eyeriss-vp: "), ran.err);
        return ran.err;
    };
    BOOST_TEST(refused(EYERISS_VP_PROGRAM).find("eyeriss-vp") != std::string::npos);
    test::write_text(folder / "text.elf", "hello");
    BOOST_TEST(refused(word(folder / "text.elf")).find("text.elf") != std::string::npos);
    BOOST_TEST(refused("absent.elf").find("absent.elf") != std::string::npos);
    const auto hello = test::read_text(std::string(EYERISS_FIRMWARE) + "/hello.elf");
    test::write_text(folder / "cut.elf", hello.substr(0, 200));
    BOOST_TEST(refused(word(folder / "cut.elf")).find("cut.elf") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_found_before_the_run) {
    const temporary_folder folder;
    test::write_text(folder / "file", "mine");
    const std::string inside = word(folder / "file/out");
    const auto started = std::chrono::steady_clock::now();
    const auto ran = run_program("run --network sparse-alexnet --out " + inside);
    BOOST_TEST(ran.exit_code == 2, ran.err);
    BOOST_TEST(ran.err.find("file/out") != std::string::npos, ran.err);
    BOOST_TEST((std::chrono::steady_clock::now() - started < std::chrono::seconds(30)));
    BOOST_TEST(run_program("make-network lenet5 -o " + inside).exit_code == 2);
    BOOST_TEST(run_program("compile --network lenet5 -o " + inside).exit_code == 2);
    BOOST_TEST(
        run_program("boot " + std::string(EYERISS_FIRMWARE) + "/hello.elf --uart " + inside).exit_code == 2);
    BOOST_TEST(
        run_program("run --network lenet5 --cache " + inside + " --out " + word(folder / "out")).exit_code ==
        2);
    BOOST_TEST(test::read_text(folder / "file") == "mine");
    BOOST_TEST(test::entries(folder.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(arrays_that_make_no_layer_are_refused) {
    const temporary_folder folder;
    using sims::npy_type;
    const auto iact = npy(folder, "i.npy", npy_type::u8, {1, 4, 6, 6});
    const auto weight = npy(folder, "w.npy", npy_type::i8, {8, 4, 3, 3});
    const std::string layer = "layer --iact " + iact + " --weight ";
    expect_refusal(layer + npy(folder, "c.npy", npy_type::i8, {8, 3, 3, 3}), {"--weight", "3", "4"});
    expect_refusal(layer + npy(folder, "t.npy", npy_type::u8, {8, 4, 3, 3}), {"--weight", "uint8", "int8"});
    expect_refusal(layer + npy(folder, "d.npy", npy_type::i8, {8, 4, 3}), {"--weight", "M,C/G,R,S"});
    expect_refusal(layer + npy(folder, "r.npy", npy_type::i8, {8, 4, 9, 3}), {"window"});
    expect_refusal(layer + weight + " --groups 3", {"--groups", "3"});
    expect_refusal(layer + weight + " --pad 1,2", {"--pad", "1,2"});
    expect_refusal(layer + weight + " --stride 0", {"stride"});
    expect_refusal(layer + weight + " --bias " + npy(folder, "b.npy", npy_type::i32, {7}),
                   {"--bias", "(8,)"});
    expect_refusal(layer + weight + " --requant-scale=-1", {"--requant-scale"});
    expect_refusal(layer + weight + " --output-type int8", {"--requant-scale"});
}
