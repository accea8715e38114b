#define BOOST_TEST_MODULE machine_file_test
#include "platform/machine_file.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace eyeriss;
using platform::machine_error;
using platform::read_machine;

namespace {

/// A machine file that goes away with its test.
class machine_text {
public:
    explicit machine_text(const std::string& text) {
        std::string name = (std::filesystem::temp_directory_path() / "machine_XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream(path()) << text;
    }
    machine_text(const machine_text&) = delete;
    machine_text& operator=(const machine_text&) = delete;
    ~machine_text() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    [[nodiscard]] std::filesystem::path path() const { return folder_ / "m.yaml"; }

private:
    std::filesystem::path folder_;
};

/// The message that a text and settings end in, without the folder before the file's name.
std::string refusal(const std::string& text, const std::vector<std::string>& settings = {}) {
    const machine_text file(text);
    try {
        static_cast<void>(read_machine(file.path(), settings));
    } catch (const machine_error& error) {
        const std::string message = error.what();
        const auto name = message.find("m.yaml");
        return name == std::string::npos ? message : message.substr(name);
    }
    return "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(nested_and_dotted_keys_are_the_same) {
    const machine_text nested("pe:\n  psum_bits: 24\nnoc: {cluster_rows: 4}\n");
    const machine_text dotted("pe.psum_bits: 24\nnoc.cluster_rows: 4\n");
    for (const auto* file : {&nested, &dotted}) {
        const auto config = read_machine(file->path(), {});
        BOOST_TEST(config.machine.pe.psum_bits == 24U);
        BOOST_TEST(config.machine.noc.cluster_rows == 4U);
        BOOST_TEST(config.machine.noc.cluster_cols == 2U);
    }
}

BOOST_AUTO_TEST_CASE(each_value_knows_where_it_came_from) {
    const machine_text file("name: mine\npe:\n  psum_bits: 24\n  macs: 1\n");
    const auto config = read_machine(file.path(), std::vector<std::string>{"pe.macs=2"});
    BOOST_TEST(config.origin("name") == fmt::format("{}:1", file.path().string()));
    BOOST_TEST(config.origin("pe.psum_bits") == fmt::format("{}:3", file.path().string()));
    BOOST_TEST(config.origin("pe.macs") == "--set");
    BOOST_TEST(config.machine.pe.macs == 2U);
    BOOST_TEST(config.origin("clock_mhz") == "default");
    BOOST_CHECK_THROW(static_cast<void>(config.origin("clock")), machine_error);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_the_nearest_known_one) {
    BOOST_TEST(refusal("clock_mhz: 200\npe:\n  psum_bit: 20\n") ==
               "m.yaml:3: unknown key 'pe.psum_bit'; the nearest known key is 'pe.psum_bits'");
    BOOST_TEST(refusal("dran:\n  latency_ns: 5\n").starts_with("m.yaml:1: unknown key 'dran'; the nearest"));
    BOOST_TEST(refusal("psum_bits: 20\n").find("'pe.psum_bits'") != std::string::npos);
    BOOST_TEST(refusal("", {"noc.cluster_row=4"}) ==
               "--set: unknown key 'noc.cluster_row'; the nearest known key is 'noc.cluster_rows'");
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_refused_with_file_line_key_and_range) {
    BOOST_TEST(refusal("name: x\npe: {psum_bits: many}\n") ==
               "m.yaml:2: pe.psum_bits is 'many': expects a whole number from 8 to 32, in bits");
    BOOST_TEST(refusal("pe.psum_bits: 64\n").starts_with("m.yaml:1: pe.psum_bits is '64': expects"));
    BOOST_TEST(refusal("pe.psum_bits: [1, 2]\n") == "m.yaml:1: pe.psum_bits expects one value");
    BOOST_TEST(refusal("pe.psum_bits: 20 bits\n").find("'20 bits'") != std::string::npos);
    BOOST_TEST(refusal("pe: {overflow: fast}\n") ==
               "m.yaml:1: pe.overflow is 'fast': expects one of wrap|saturate; the nearest is 'wrap'");
    BOOST_TEST(refusal("", {"pe.overflow=fast"}) ==
               "--set: pe.overflow is 'fast': expects one of wrap|saturate; the nearest is 'wrap'");
    BOOST_TEST(refusal("", {"dram.model"}) == "--set: 'dram.model' expects key=value");
    BOOST_TEST(refusal("", {"noc.topology=crosbar"}).ends_with("; the nearest is 'crossbar'"));
}

BOOST_AUTO_TEST_CASE(a_key_set_twice_in_a_file_is_refused) {
    const auto message = refusal("pe.macs: 1\nname: x\npe:\n  macs: 2\n");
    BOOST_TEST(message.starts_with("m.yaml:4: pe.macs is set a second time (first at "));
}

BOOST_AUTO_TEST_CASE(values_that_do_not_go_together_are_refused_with_their_place) {
    const auto message = refusal("name: x\nnoc.psum_port_bits: 16\n");
    BOOST_TEST(message.starts_with("m.yaml:2: noc.psum_port_bits is 16: expects at least pe.psum_bits"));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_machine_is_refused) {
    BOOST_TEST(refusal("pe: {psum_bits: 20\nname: [\n").find("is no YAML") != std::string::npos);
    BOOST_TEST(refusal("- 1\n- 2\n") == "m.yaml:1: expects keys with values");
    BOOST_TEST(refusal("just words\n") == "m.yaml:1: expects keys with values");
    BOOST_TEST(refusal("pe: &x {pe: *x}\n") != "");
    BOOST_TEST(refusal("? [a, b]\n: 1\n") == "m.yaml:1: a key must be a name");
    const std::filesystem::path absent = "no/such/machine.yaml";
    BOOST_CHECK_THROW(static_cast<void>(read_machine(absent, {})), machine_error);
    BOOST_CHECK_THROW(static_cast<void>(read_machine(std::filesystem::temp_directory_path(), {})),
                      machine_error);
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_the_default_machine) {
    BOOST_TEST(refusal("") == "");
    const machine_text file("# nothing\n");
    const auto config = read_machine(file.path(), {});
    const arch::machine fresh;
    for (const auto& p : arch::parameters()) {
        BOOST_TEST(p.get(config.machine) == p.get(fresh), p.key);
    }
}
