#include "sims/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <vector>

#include "sims/error.h"

namespace eyeriss::sims {
namespace {

constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

}  // namespace

void sha256::block(std::span<const std::uint8_t, 64> bytes) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) {
        w[i] = std::uint32_t{bytes[4 * i]} << 24U | std::uint32_t{bytes[4 * i + 1]} << 16U |
               std::uint32_t{bytes[4 * i + 2]} << 8U | bytes[4 * i + 3];
    }
    for (std::size_t i = 16; i < 64; ++i) {
        const auto s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3U;
        const auto s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10U;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i < 64; ++i) {
        const auto s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const auto t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        const auto s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const auto t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> sum{a, b, c, d, e, f, g, h};
    std::transform(sum.begin(), sum.end(), state_.begin(), state_.begin(), std::plus<>{});
}

void sha256::add(std::span<const std::uint8_t> bytes) {
    total_bytes_ += bytes.size();
    if (rest_bytes_ > 0) {
        const auto take = std::min(bytes.size(), rest_.size() - rest_bytes_);
        std::copy_n(bytes.begin(), take, rest_.begin() + static_cast<std::ptrdiff_t>(rest_bytes_));
        rest_bytes_ += take;
        bytes = bytes.subspan(take);
        if (rest_bytes_ < rest_.size()) {
            return;
        }
        block(rest_);
        rest_bytes_ = 0;
    }
    while (bytes.size() >= 64) {
        block(bytes.first<64>());
        bytes = bytes.subspan(64);
    }
    std::copy(bytes.begin(), bytes.end(), rest_.begin());
    rest_bytes_ = bytes.size();
}

void sha256::add(std::string_view text) {
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    add(bytes);
}

std::string sha256::hex() {
    const std::uint64_t bits = total_bytes_ * 8;
    std::vector<std::uint8_t> tail(1, 0x80);
    tail.resize(1 + (119 - rest_bytes_) % 64, 0);
    for (int shift = 56; shift >= 0; shift -= 8) {
        tail.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(shift)));
    }
    add(tail);
    std::string out;
    for (const auto word : state_) {
        out += fmt::format("{:08x}", word);
    }
    return out;
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
