#define BOOST_TEST_MODULE parts_test
#include <boost/test/unit_test.hpp>

#include "sims/commands/parameters_text.h"
#include "sims/inputs/prepare.h"
#include "sims/results/results_folder.h"
#include "sims/support/cache.h"
#include "sims/support/duration.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;
using test::temporary_folder;

namespace {

std::string hash_of(std::string_view text) {
    sha256 hash;
    hash.add(text);
    return hash.hex();
}

/// The machine that --print-config's text describes when it is read as a machine file.
platform::configuration reread(const std::string& text) {
    const temporary_folder folder;
    test::write_text(folder / "printed.yaml", text);
    return platform::read_machine(folder / "printed.yaml", {});
}

}  // namespace

BOOST_AUTO_TEST_CASE(sha256_agrees_with_the_standards_examples) {
    BOOST_TEST(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    BOOST_TEST(hash_of(std::string(1000000, 'a')) ==
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(sha256_does_not_depend_on_how_the_text_is_cut) {
    const std::string text(300, 'x');
    for (std::size_t first = 0; first <= 130; ++first) {
        sha256 hash;
        hash.add(text.substr(0, first));
        hash.add(text.substr(first));
        BOOST_TEST(hash.hex() == hash_of(text));
    }
}

BOOST_AUTO_TEST_CASE(times_are_read_with_their_unit) {
    BOOST_TEST(parse_duration_ps("10ms", "--max-time") == 10000000000U);
    BOOST_TEST(parse_duration_ps("1us", "--quantum") == 1000000U);
    BOOST_TEST(parse_duration_ps("2.5 s", "x") == 2500000000000U);
    BOOST_TEST(parse_duration_ps("7ps", "x") == 7U);
    for (const auto* bad : {"", "10", "ms", "-1ms", "1 hour", "0ns", "1e9s", "nan s", "10001s", "5msx"}) {
        BOOST_CHECK_THROW(static_cast<void>(parse_duration_ps(bad, "--max-time")), user_error);
    }
}

BOOST_AUTO_TEST_CASE(the_cache_makes_a_file_once) {
    const temporary_folder folder;
    const content_cache cache(folder / "cache");
    int made = 0;
    const auto make = [&](const std::filesystem::path& partial) {
        ++made;
        test::write_text(partial, "content");
    };
    BOOST_TEST(test::read_text(cache.get("a/b.bin", make)) == "content");
    BOOST_TEST(test::read_text(cache.get("a/b.bin", make)) == "content");
    BOOST_TEST(made == 1);
    BOOST_TEST(test::entries(folder / "cache" / "a") == 1U);
}

BOOST_AUTO_TEST_CASE(the_cache_keeps_nothing_of_a_file_that_failed) {
    const temporary_folder folder;
    const content_cache cache(folder / "cache");
    const auto fail = [](const std::filesystem::path& partial) {
        test::write_text(partial, "half");
        throw user_error("no");
    };
    BOOST_CHECK_THROW(static_cast<void>(cache.get("x.bin", fail)), user_error);
    BOOST_TEST(test::entries(folder / "cache") == 0U);
}

BOOST_AUTO_TEST_CASE(a_cache_folder_that_cannot_be_made_is_named) {
    const temporary_folder folder;
    test::write_text(folder / "file", "");
    const content_cache cache(folder / "file");
    BOOST_CHECK_THROW(static_cast<void>(cache.get("x.bin", [](const auto&) {})), user_error);
}

BOOST_AUTO_TEST_CASE(a_reference_survives_its_bytes) {
    const compiler::reference_result result{{{1, 2, 3}, {}, {255}}, {{-5, 7}, {0, 2147483647}}};
    const auto bytes = pack_reference(result);
    const auto back = unpack_reference(bytes);
    BOOST_TEST((back.tensors == result.tensors));
    BOOST_REQUIRE(back.sums.size() == 2U);
    BOOST_TEST(back.sums[0].low == -5);
    BOOST_TEST(back.sums[1].high == 2147483647);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        BOOST_CHECK_THROW(static_cast<void>(unpack_reference(std::span(bytes).first(size))), user_error);
    }
}

BOOST_AUTO_TEST_CASE(results_appear_whole_and_leave_no_trace_of_the_way) {
    const temporary_folder folder;
    {
        results_folder results(folder / "deep/out");
        results.write("summary.json", "{}");
        BOOST_TEST(!std::filesystem::exists(folder / "deep/out"));
        results.publish();
    }
    BOOST_TEST(test::read_text(folder / "deep/out/summary.json") == "{}");
    BOOST_TEST(test::entries(folder / "deep") == 1U);
}

BOOST_AUTO_TEST_CASE(results_that_are_not_published_leave_nothing) {
    const temporary_folder folder;
    {
        results_folder results(folder / "out");
        results.write("summary.json", "{}");
    }
    BOOST_TEST(test::entries(folder.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(new_results_replace_old_ones_and_spare_other_files) {
    const temporary_folder folder;
    std::filesystem::create_directories(folder / "out/mine");
    test::write_text(folder / "out/summary.json", "old");
    test::write_text(folder / "out/mine/notes.txt", "keep");
    results_folder results(folder / "out");
    results.write("summary.json", "new");
    BOOST_TEST(test::read_text(folder / "out/summary.json") == "old");
    results.publish();
    BOOST_TEST(test::read_text(folder / "out/summary.json") == "new");
    BOOST_TEST(test::read_text(folder / "out/mine/notes.txt") == "keep");
}

BOOST_AUTO_TEST_CASE(the_current_folder_can_take_results_and_stays_the_same_folder) {
    const temporary_folder folder;
    test::write_text(folder / "mine.txt", "keep");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    {
        results_folder results(".");
        results.write("summary.json", "new");
        results.publish();
    }
    const bool here = std::filesystem::exists("summary.json") && std::filesystem::exists("mine.txt");
    std::filesystem::current_path(before);
    BOOST_TEST(here);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_hold_results_is_found_at_once) {
    const temporary_folder folder;
    test::write_text(folder / "file", "");
    BOOST_CHECK_THROW(results_folder(folder / "file"), user_error);
    BOOST_CHECK_THROW(results_folder(folder / "file/out"), user_error);
    BOOST_TEST(test::read_text(folder / "file") == "");
}

BOOST_AUTO_TEST_CASE(printed_configuration_is_a_machine_file_with_origins) {
    const auto config = platform::read_machine(std::nullopt, std::vector<std::string>{"pe.psum_bits=24"});
    const auto text = config_text(config);
    BOOST_TEST(text.find("pe.psum_bits: 24") != std::string::npos);
    BOOST_TEST(text.find("# bits, --set") != std::string::npos);
    BOOST_TEST(text.find("# MHz, default") != std::string::npos);
    const auto back = reread(text);
    for (const auto& p : arch::parameters()) {
        BOOST_TEST(p.get(back.machine) == p.get(config.machine), p.key);
        BOOST_TEST(back.origin(p.key) != "default");
    }
}

BOOST_AUTO_TEST_CASE(listed_parameters_have_default_unit_range_and_sentence) {
    const auto text = parameters_text(false);
    const arch::machine defaults;
    for (const auto& p : arch::parameters()) {
        const auto at = text.find(std::string(p.key) + " = " + p.get(defaults));
        BOOST_TEST(at != std::string::npos, p.key);
        BOOST_TEST(text.find("(" + p.range + ")", at) != std::string::npos, p.key);
        BOOST_TEST(text.find(p.sentence, at) != std::string::npos, p.key);
    }
    BOOST_TEST(parameters_text(true).find("\"noc.hop_cycles\"") != std::string::npos);
}
