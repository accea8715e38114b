#include "sims/support/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

void check(int result) {
    if (result != 1) {
        throw std::runtime_error("OpenSSL refuses SHA-256");
    }
}

}  // namespace

void sha256::release::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

sha256::sha256() : context_(EVP_MD_CTX_new()) {
    check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void sha256::add(std::span<const std::uint8_t> bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

void sha256::add(std::string_view text) {
    check(EVP_DigestUpdate(context_.get(), text.data(), text.size()));
}

std::string sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += fmt::format("{:02x}", digest.at(i));
    }
    return text;
}

std::string hash_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw user_error(fmt::format("{}: cannot be read", file.string()));
    }
    sha256 hash;
    std::vector<char> piece(std::size_t{1} << 20U);
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
        const std::vector<std::uint8_t> bytes(piece.begin(), piece.begin() + in.gcount());
        hash.add(bytes);
    }
    return hash.hex();
}

}  // namespace eyeriss::sims
