#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// OpenSSL's digest context.
struct evp_md_ctx_st;

namespace eyeriss::sims {

/// SHA-256 (FIPS 180-4) of what was added, in pieces of any length, by OpenSSL.
class sha256 {
public:
    sha256();
    void add(std::span<const std::uint8_t> bytes);
    void add(std::string_view text);
    /// 64 hexadecimal digits. Ends the computation: nothing may be added after it.
    [[nodiscard]] std::string hex();

private:
    struct release {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, release> context_;
};

/// Hash of a file's content.
/// \throws user_error for a file that cannot be read.
[[nodiscard]] std::string hash_file(const std::filesystem::path& file);

}  // namespace eyeriss::sims
