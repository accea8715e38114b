#define BOOST_TEST_MODULE soc
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "platform/soc.h"

using namespace eyeriss;
using platform::stop_reason;

namespace {

struct console {
    std::string text;
    platform::soc_options options() {
        return {[this](char c) { text += c; }, {}, accelerator::timing::timed};
    }
};

std::string image(const std::string& name) {
    return std::string(EYERISS_FIRMWARE_DIR) + "/" + name + ".elf";
}

}  // namespace

BOOST_AUTO_TEST_CASE(hello_prints_and_exits_with_0) {
    console uart;
    platform::soc soc("soc", arch::machine{}, uart.options());
    soc.load_elf(image("hello"));
    const auto result = soc.run({.until = sc_core::sc_time(10, sc_core::SC_MS)});
    BOOST_TEST((result.reason == stop_reason::finished));
    BOOST_TEST(result.exit_code.value_or(-1) == 0);
    BOOST_TEST(uart.text == "hello from hart 0\ntimer after about 100 ticks\n");
    BOOST_TEST(soc.cpu_statistics().instructions > 1000U);
}
