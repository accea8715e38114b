#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "platform/soc.h"

namespace eyeriss::test {

template <typename T>
std::span<std::uint8_t> bytes_of(T& value) {
    return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

inline std::string image_path(const std::string& name) {
    return std::string(EYERISS_FIRMWARE_DIR) + "/" + name + ".elf";
}

/// A SoC with an image loaded and its UART kept.
struct image_bench {
    std::string text;
    platform::soc soc;

    explicit image_bench(const std::string& image, const arch::machine& machine = {})
        : soc("soc", machine, {.uart_output = [this](char c) { text += c; }}) {
        if (!image.empty()) {
            soc.load_elf(image_path(image));
        }
    }

    platform::run_result run(double milliseconds) {
        return soc.run({.until = sc_core::sc_time(milliseconds, sc_core::SC_MS)});
    }

    std::uint32_t word(std::uint32_t address) {
        std::uint32_t value = 0;
        soc.read_memory(address, bytes_of(value));
        return value;
    }
    void set_word(std::uint32_t address, std::uint32_t value) { soc.write_memory(address, bytes_of(value)); }
};

}  // namespace eyeriss::test
