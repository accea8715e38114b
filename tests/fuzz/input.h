#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace eyeriss::test {

/// A fuzzer's input, taken from the front; what is missing reads as zeros.
class fuzz_input {
public:
    explicit fuzz_input(std::span<const std::uint8_t> bytes) : left_(bytes) {}

    [[nodiscard]] bool empty() const { return left_.empty(); }
    [[nodiscard]] std::span<const std::uint8_t> rest() const { return left_; }

    /// The next `count` bytes, fewer at the end.
    std::span<const std::uint8_t> take(std::size_t count) {
        const auto taken = left_.first(std::min(count, left_.size()));
        left_ = left_.subspan(taken.size());
        return taken;
    }

    /// The next number, little-endian.
    template <typename T>
    T number() {
        std::array<std::uint8_t, sizeof(T)> raw{};
        std::ranges::copy(take(sizeof(T)), raw.begin());
        T value{};
        std::memcpy(&value, raw.data(), sizeof value);
        return value;
    }

private:
    std::span<const std::uint8_t> left_;
};

/// Ends the process, so that the fuzzer keeps the input.
[[noreturn]] void found(const char* what);

}  // namespace eyeriss::test

/// One input; called any number of times in a process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
