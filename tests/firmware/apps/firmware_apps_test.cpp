#define BOOST_TEST_MODULE firmware_apps
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "firmware/compiler/emit_image.h"
#include "models/abi/counter_table.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/prepare.h"
#include "tests/platform/image_bench.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;

namespace {

/// A built-in network, its image, and what the reference makes of the programs' own input.
struct prepared {
    std::vector<std::uint8_t> image;
    compiler::reference_result reference;
    std::vector<std::uint8_t> input;
    eyeriss_image_header header{};

    prepared(const std::string& name, const sims::content_cache& cache, unsigned seed) {
        const auto network = sims::find_network(name, 1, cache);
        image = sims::compile_network(network, arch::machine{}, cache).bytes;
        header = compiler::image_header(image);
        const auto t = compiler::image_tensor(image, header.input_tensor);
        input.resize(std::size_t{t.batch} * t.channels * t.height * t.width);
        for (std::size_t i = 0; i < input.size(); ++i) {
            input[i] = static_cast<std::uint8_t>((37 * i + seed) % 128);
        }
        reference = sims::reference_for(network, input, cache);
    }
    [[nodiscard]] std::string crc_of(std::uint32_t tensor) const {
        const auto& bytes = reference.tensors.at(tensor);
        return fmt::format("0x{:08x}", ::crc32(0, bytes.data(), static_cast<unsigned>(bytes.size())));
    }
    [[nodiscard]] std::string output_crc() const { return crc_of(header.output_tensor); }
};

/// The SoC with a program of firmware/apps and networks in its memory.
struct bench {
    test::temporary_folder folder;
    sims::content_cache cache{(folder / "cache").string()};
    test::image_bench soc;

    explicit bench(const std::string& app) : soc(app) {}
    void place(const prepared& network, std::uint32_t address = EYERISS_IMAGE_ADDRESS) {
        soc.soc.write_memory(address, network.image);
    }
    void place_input(const prepared& network) {
        for (const auto& patch : compiler::encode_input(network.image, network.input)) {
            soc.soc.write_memory(EYERISS_IMAGE_ADDRESS + patch.offset, patch.bytes);
        }
    }
    int run() { return soc.run(1000).exit_code.value_or(-1); }
    [[nodiscard]] std::vector<std::string> lines() const {
        std::istringstream text(soc.text);
        std::vector<std::string> out;
        for (std::string line; std::getline(text, line);) out.push_back(line);
        return out;
    }
    void expect(const std::string& text) const {
        BOOST_TEST(soc.text.find(text) != std::string::npos, "no '" << text << "' in:\n" << soc.text);
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(one_layer_gives_the_output_of_the_reference) {
    bench b("one_layer");
    const prepared lenet("lenet5", b.cache, 5);
    b.place(lenet);
    BOOST_TEST(b.run() == 0, b.soc.text);
    BOOST_TEST_REQUIRE(b.lines().size() == 2U, b.soc.text);
    b.expect("layer 0 conv1 accelerator ");
    const auto layer = compiler::image_layer(lenet.image, 0);
    const auto t = compiler::image_tensor(lenet.image, layer.output);
    BOOST_TEST(b.lines()[1] == fmt::format("output {} x {} x {}, crc32 {}", t.channels, t.height, t.width,
                                           lenet.crc_of(layer.output)));
}

BOOST_AUTO_TEST_CASE(one_layer_without_an_image_names_the_field) {
    bench b("one_layer");
    BOOST_TEST(b.run() == 2, b.soc.text);
    b.expect("error: header.magic is not EVYI; found 0x0 at 0x0\n");
}

BOOST_AUTO_TEST_CASE(two_networks_that_take_turns_both_give_their_references_output) {
    bench b("alternating");
    const prepared first("lenet5", b.cache, 5);
    const prepared second("lenet5", b.cache, 6);
    b.place(first);
    b.place(second, 0x88000000);
    BOOST_TEST(b.run() == 0, b.soc.text);
    for (unsigned round = 0; round < 2; ++round) {
        const auto line = [&](const prepared& network) {
            return fmt::format("round {} lenet5: {} layers, output crc32 {}\n", round,
                               network.header.layer_count, network.output_crc());
        };
        b.expect(line(first) + line(second));
    }
    BOOST_TEST(first.output_crc() != second.output_crc());
}

BOOST_AUTO_TEST_CASE(recovery_mends_what_it_breaks) {
    bench b("recovery");
    const prepared lenet("lenet5", b.cache, 5);
    b.place(lenet);
    BOOST_TEST(b.run() == 0, b.soc.text);
    const std::vector<std::string> expected{
        "undisturbed: output taken",
        "recovered: layer 1 after MAP_CHECKSUM (1 retry)",
        "damaged feature map: output as before",
        fmt::format("recovered: layer 0 after code {} (1 retry)", static_cast<int>(EYERISS_ERR_DESC_CRC)),
        "damaged descriptor: output as before",
        "recovered: layer 0 after TIMEOUT (1 retry)",
        "layer out of time: output as before",
        "cancelled and restarted: output as before"};
    BOOST_TEST(b.lines() == expected, boost::test_tools::per_element());
}

namespace {

/// What a layer adds to each counter, by its name.
void add_counts(std::map<std::string, std::uint64_t>& counts, const accelerator::layer_report& report) {
    for (std::size_t i = 0; i < report.pe_cycles.size(); ++i) {
        std::string name(accelerator::cause_names[i]);
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c == '_' ? c : static_cast<char>(c - 'a' + 'A'); });
        counts[name] += report.pe_cycles[i];
    }
    counts["CYCLES"] += report.cycles;
    counts["LAYERS"] += 1;
    counts["FAILED_LAYERS"] += report.error != 0 ? 1 : 0;
    counts["PASSES"] += report.passes;
    counts["MACS_NOMINAL"] += report.macs_nominal;
    counts["MACS_EFFECTUAL"] += report.macs_effectual;
    counts["PSUM_OVERFLOWS"] += report.psum_overflows;
    counts["DRAM_READ_BYTES"] += report.dram_read_bytes;
    counts["DRAM_WRITE_BYTES"] += report.dram_write_bytes;
    counts["GLB_READ_BYTES"] += report.glb_read_bytes;
    counts["GLB_WRITE_BYTES"] += report.glb_write_bytes;
    counts["SPAD_READ_BYTES"] += report.spad_read_bytes;
    counts["SPAD_WRITE_BYTES"] += report.spad_write_bytes;
    counts["IACT_MESH_WORDS"] += report.iact.mesh;
    counts["IACT_LOCAL_WORDS"] += report.iact.local;
    counts["WEIGHT_MESH_WORDS"] += report.weight.mesh;
    counts["WEIGHT_LOCAL_WORDS"] += report.weight.local;
    counts["PSUM_MESH_WORDS"] += report.psum.mesh;
    counts["PSUM_LOCAL_WORDS"] += report.psum.local;
    counts["CONFIG_BITS"] += report.config_bits;
}

}  // namespace

BOOST_AUTO_TEST_CASE(counters_that_firmware_reads_are_those_of_the_layers) {
    bench b("counters");
    const prepared lenet("lenet5", b.cache, 5);
    b.place(lenet);
    b.place_input(lenet);
    std::map<std::string, std::uint64_t> expected;
    b.soc.soc.accelerator_block().observe_layers([&](const auto& report) { add_counts(expected, report); });
    BOOST_TEST(b.run() == 0, b.soc.text);
    std::map<std::string, std::uint64_t> found;
    for (const auto& line : b.lines()) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t value = 0;
        if (words >> name >> value) found[name] = value;
    }
    BOOST_TEST(expected.size() == register_map::counters.size());
    for (const auto& counter : register_map::counters) {
        const std::string name(counter.name);
        BOOST_TEST_REQUIRE(found.count(name) == 1U, name);
        BOOST_TEST_REQUIRE(expected.count(name) == 1U, name);
        BOOST_TEST(found.at(name) == expected.at(name), name);
    }
    BOOST_TEST(expected.at("CYCLES") > 0U);
    BOOST_TEST(expected.at("FAILED_LAYERS") == 0U);
    b.expect("LAYERS reached 1 after layer 0\n");
    b.expect("PE-cycles add up\n");
}
