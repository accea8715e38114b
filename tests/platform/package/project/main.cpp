#include <exception>
#include <iostream>
#include <systemc>

#include "gcd_unit.h"
#include "platform/soc.h"

namespace {

int run(const char* firmware) {
    eyeriss::platform::soc soc("soc", eyeriss::arch::machine{},
                               {.uart_output = [](char c) { std::cout << c; }});

    gcd_unit gcd("gcd", sc_core::sc_time(5, sc_core::SC_NS));
    sc_core::sc_signal<bool> gcd_line("gcd_line");
    gcd.interrupt(gcd_line);
    soc.map("gcd", {0x19000000, 0x1000}, gcd.socket);
    soc.connect_interrupt(40, gcd_line);

    soc.load_elf(firmware);
    const auto result = soc.run({.until = sc_core::sc_time(10, sc_core::SC_MS)});
    std::cout << "the unit gave " << gcd.results() << " results, firmware ended with "
              << result.exit_code.value_or(-1) << " at " << sc_core::sc_time_stamp() << '\n';
    return result.exit_code.value_or(1);
}

}  // namespace

int sc_main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: gcd_soc FIRMWARE.elf\n";
        return 2;
    }
    try {
        return run(argv[1]);
    } catch (const std::exception& error) {
        std::cerr << "gcd_soc: " << error.what() << '\n';
        return 2;
    }
}
