#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace eyeriss::sims {

/// SHA-256 (FIPS 180-4) of what was added, in pieces of any length.
class sha256 {
public:
    void add(std::span<const std::uint8_t> bytes);
    void add(std::string_view text);
    /// 64 hexadecimal digits. Ends the computation: nothing may be added after it.
    [[nodiscard]] std::string hex();

private:
    void block(std::span<const std::uint8_t, 64> bytes);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> rest_{};
    std::size_t rest_bytes_ = 0;
    std::uint64_t total_bytes_ = 0;
};

/// Hash of a file's content.
/// \throws user_error for a file that cannot be read.
[[nodiscard]] std::string hash_file(const std::filesystem::path& file);

}  // namespace eyeriss::sims
