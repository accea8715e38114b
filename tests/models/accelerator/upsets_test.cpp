#define BOOST_TEST_MODULE upsets
#include <boost/test/unit_test.hpp>

#include "models/abi/registers.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

// Bits that turn in the GLB and in SPads, with a layer around them.

using namespace eyeriss;
using test::layer_bench;

namespace {

constexpr std::uint64_t seed = 20260505;
constexpr unsigned tries = 60;

/// How the layers of a series ended.
struct series {
    unsigned right = 0, wrong = 0, undecodable = 0, refused = 0, other = 0;
    std::uint64_t corrected = 0;
};

/// Flips in the GLB, each in a word of its own: one that no layer has read yet waits for the next.
class glb_flips {
public:
    explicit glb_flips(const arch::machine& m) : m_(m) {}
    faults::fault draw(std::mt19937_64& random) {
        faults::fault f;
        f.what = faults::kind::glb_flip;
        f.memory = faults::glb_bank::iact;
        f.cluster = 0;
        f.bank = drawn_ % m_.noc.iact_routers();
        f.word = drawn_++ / m_.noc.iact_routers();
        f.bit = static_cast<unsigned>(random() % m_.noc.iact_port_bits);
        return f;
    }

private:
    const arch::machine& m_;
    unsigned drawn_ = 0;
};

faults::fault spad_flip(std::mt19937_64& random, faults::spad pad) {
    faults::fault f;
    f.what = faults::kind::spad_flip;
    f.pad = pad;
    f.pe = static_cast<unsigned>(random() % 4);
    f.word = 0;
    f.bit = static_cast<unsigned>(random() % 8);
    return f;
}

/// Runs random layers, each with faults of its own. ECC's counters start at zero with each.
series run_with(const arch::machine& m, accelerator::timing mode,
                const std::function<std::vector<faults::fault>(std::mt19937_64&)>& faults_of) {
    BOOST_TEST_MESSAGE("seed " << seed);
    series out;
    std::mt19937_64 random(seed);
    test::play(m, mode, [&](layer_bench& bench) {
        for (unsigned i = 0; i < tries; ++i) {
            const auto layer = test::make_random_layer(random, true);
            bench.load(compiler::compile(layer.net, m), layer.input);
            bench.write_register(EYERISS_REG_CTRL, EYERISS_CTRL_RESET | EYERISS_CTRL_CRC_CHECK);
            for (const auto& f : faults_of(random)) bench.dut.inject(f);
            const auto error = bench.run().error;
            out.corrected += bench.read_register(EYERISS_REG_ECC_GLB_CORRECTED);
            if (error == EYERISS_ERR_ECC) {
                ++out.refused;
                BOOST_TEST(bench.read_register(EYERISS_REG_ERROR_INFO) < m.noc.iact_routers());
                BOOST_TEST(bench.read_register(EYERISS_REG_ECC_ADDRESS) ==
                           bench.read_register(EYERISS_REG_ERROR_INFO));
            } else if (error == EYERISS_ERR_PAYLOAD_CODE) {
                ++out.undecodable;
            } else if (error != EYERISS_OK) {
                ++out.other;
            } else {
                ++(bench.output() == layer.expected(static_cast<int>(m.pe.psum_bits)) ? out.right
                                                                                      : out.wrong);
            }
        }
    });
    BOOST_TEST(out.other == 0U);
    BOOST_TEST(out.right + out.wrong + out.undecodable + out.refused == tries);
    return out;
}

arch::machine with_ecc() {
    arch::machine m;
    m.glb.ecc = true;
    return m;
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_check_bits_a_bit_in_the_glb_changes_outputs) {
    const arch::machine m;
    glb_flips flips(m);
    const auto got = run_with(m, accelerator::timing::timed,
                              [&](auto& random) { return std::vector{flips.draw(random)}; });
    BOOST_TEST(got.wrong > 0U);
    BOOST_TEST(got.refused == 0U);
    BOOST_TEST(got.corrected == 0U);
}

BOOST_AUTO_TEST_CASE(with_check_bits_a_bit_in_the_glb_is_corrected_and_counted) {
    const auto m = with_ecc();
    glb_flips flips(m);
    const auto got = run_with(m, accelerator::timing::timed,
                              [&](auto& random) { return std::vector{flips.draw(random)}; });
    BOOST_TEST(got.right == tries);
    BOOST_TEST(got.corrected > 0U);
}

BOOST_AUTO_TEST_CASE(two_bits_of_a_word_of_the_glb_end_the_layer_with_their_bank) {
    const auto m = with_ecc();
    glb_flips flips(m);
    const auto got = run_with(m, accelerator::timing::timed, [&](auto& random) {
        const auto first = flips.draw(random);
        auto second = first;
        second.bit = (first.bit + 1) % m.noc.iact_port_bits;
        return std::vector{first, second};
    });
    BOOST_TEST(got.refused > 0U);
    BOOST_TEST(got.wrong == 0U);
    BOOST_TEST(got.corrected == 0U);
}

BOOST_AUTO_TEST_CASE(a_bit_in_a_psum_spad_changes_what_the_layer_gives) {
    const auto got = run_with({}, accelerator::timing::timed, [](auto& random) {
        return std::vector{spad_flip(random, faults::spad::psum)};
    });
    BOOST_TEST(got.wrong > 0U);
    BOOST_TEST(got.undecodable == 0U);
}

BOOST_AUTO_TEST_CASE(a_bit_in_an_iact_spad_is_noticed_by_nothing_but_the_output) {
    const auto got = run_with({}, accelerator::timing::functional, [](auto& random) {
        return std::vector{spad_flip(random, faults::spad::iact)};
    });
    BOOST_TEST(got.wrong > 0U);
    BOOST_TEST(got.refused == 0U);
}

BOOST_AUTO_TEST_CASE(weights_that_no_longer_decode_in_a_spad_end_the_layer_with_code_8) {
    const auto got = run_with({}, accelerator::timing::timed, [](auto& random) {
        return std::vector{spad_flip(random, faults::spad::weight)};
    });
    BOOST_TEST(got.wrong + got.undecodable > 0U);
    BOOST_TEST(got.undecodable > 0U);
}
