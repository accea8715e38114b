#include "sims/inputs/network_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "sims/inputs/npy.h"
#include "sims/inputs/png_image.h"
#include "sims/networks/networks.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"
#include "sims/support/version.h"

namespace eyeriss::sims {
namespace fs = std::filesystem;
namespace {

bool is_generated(const std::string& name) {
    const auto& all = networks::list();
    return std::any_of(all.begin(), all.end(), [&](const auto& n) { return n.name == name; });
}

std::string known_names() {
    std::string out;
    for (const auto& n : networks::list()) {
        out += (out.empty() ? "" : ", ") + n.name;
    }
    return out;
}

/// Hash of a file of the cache, kept beside it: large networks are hashed once.
std::string cached_hash(const fs::path& file) {
    auto beside = file;
    beside += ".sha256";
    if (std::string text; std::ifstream(beside) >> text && text.size() == 64) {
        return text;
    }
    auto hash = hash_file(file);
    std::ofstream(beside) << hash << "\n";
    return hash;
}

network_source generated(const std::string& name, std::uint64_t seed, const content_cache& cache) {
    const auto key = fmt::format("networks/{}-{}-{}.onnx", name, seed, content_hash().substr(0, 16));
    const auto file = cache.get(key, [&](const fs::path& partial) {
        const auto model = networks::make_network(name, {seed, std::nullopt});
        std::ofstream out(partial, std::ios::binary);
        if (!model.SerializeToOstream(&out) || !out.flush()) {
            throw user_error(fmt::format("{}: cannot be written", partial.string()));
        }
    });
    return {name, file, cached_hash(file), true, seed};
}

std::string type_name(compiler::dtype type) {
    return type == compiler::dtype::u8 ? "uint8" : type == compiler::dtype::i8 ? "int8" : "int32";
}

std::vector<std::uint8_t> from_picture(const fs::path& file, const input_shape& want) {
    const auto image = read_png(file, want.c);
    if (want.n != 1 || image.height != want.h || image.width != want.w) {
        throw user_error(fmt::format("{}: is an image of {} x {} pixels: the network's input expects {} x {}",
                                     file.string(), image.width, image.height, want.w, want.h));
    }
    auto values = image.values;
    if (want.type == compiler::dtype::i8) {
        for (auto& v : values) {
            v ^= 0x80U;
        }
    }
    return values;
}

std::vector<std::uint8_t> from_array(const fs::path& file, const input_shape& want) {
    auto array = read_npy(file);
    const std::vector<std::size_t> shape{want.n, want.c, want.h, want.w};
    const bool without_batch =
        want.n == 1 && std::equal(array.shape.begin(), array.shape.end(), shape.begin() + 1, shape.end());
    if (array.shape != shape && !without_batch) {
        throw user_error(fmt::format("{}: has shape {}: the network's input expects {}", file.string(),
                                     shape_text(array.shape), shape_text(shape)));
    }
    if (to_string(array.type) != type_name(want.type)) {
        throw user_error(fmt::format("{}: holds {}: the network's input expects {}", file.string(),
                                     to_string(array.type), type_name(want.type)));
    }
    return std::move(array.bytes);
}

}  // namespace

network_source find_network(const std::string& name_or_file, std::uint64_t seed, const content_cache& cache) {
    if (is_generated(name_or_file)) {
        return generated(name_or_file, seed, cache);
    }
    const fs::path file = name_or_file;
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
        throw user_error(
            fmt::format("network '{}': expects an ONNX file or one of {}", name_or_file, known_names()));
    }
    return {file.stem().string(), file, hash_file(file), false, seed};
}

input_shape shape_of(const compiler::tensor& t) {
    return {t.n, t.c, t.h, t.w, t.type};
}

input_shape shape_of(const eyeriss_image_tensor& t) {
    return {t.batch, t.channels, t.height, t.width, static_cast<compiler::dtype>(t.dtype)};
}

std::vector<std::uint8_t> read_input(const fs::path& file, const input_shape& want) {
    const auto extension = file.extension().string();
    if (extension == ".png" || extension == ".PNG") {
        return from_picture(file, want);
    }
    if (extension == ".npy") {
        return from_array(file, want);
    }
    throw user_error(fmt::format("{}: expects an input file that ends in .npy or .png", file.string()));
}

std::vector<std::uint8_t> default_input(const std::string& network, const input_shape& want,
                                        std::uint64_t seed) {
    if (is_generated(network)) {
        const auto& info = networks::find(network);
        const bool same = want.n == 1 && want.c == info.channels && want.h == want.w &&
                          want.h >= info.smallest_image && want.h <= 512 && want.type == compiler::dtype::u8;
        if (same) {
            return networks::default_input(network, {1, want.h});
        }
    }
    std::mt19937_64 random(seed);
    std::vector<std::uint8_t> values(want.elements());
    std::generate(values.begin(), values.end(), [&] { return static_cast<std::uint8_t>(random() >> 56U); });
    return values;
}

}  // namespace eyeriss::sims
