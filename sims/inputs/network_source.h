#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "firmware/compiler/graph.h"
#include "models/abi/image.h"
#include "sims/support/cache.h"

/// Networks and their inputs, by name or from files.
namespace eyeriss::sims {

/// An ONNX file and what identifies it.
struct network_source {
    std::string name;  ///< of the network, or the file's stem
    std::filesystem::path file;
    std::string sha256;
    bool generated = false;
    std::uint64_t seed = 1;
};

/// Finds a network: one of networks::list(), generated into the cache where it is not there yet, or a file.
/// \throws user_error naming the known networks where it is neither.
[[nodiscard]] network_source find_network(const std::string& name_or_file, std::uint64_t seed,
                                          const content_cache& cache);

/// Shape and type that an input must have.
struct input_shape {
    unsigned n = 1, c = 1, h = 1, w = 1;
    compiler::dtype type = compiler::dtype::u8;
    [[nodiscard]] std::size_t elements() const { return std::size_t{n} * c * h * w; }
};
[[nodiscard]] input_shape shape_of(const compiler::tensor&);
[[nodiscard]] input_shape shape_of(const eyeriss_image_tensor&);

/// Input bytes from a .npy file of N,C,H,W (or C,H,W where N is 1) in the network's type, or from a PNG image
/// of the input's size; for an int8 input 128 is taken from each pixel.
/// \throws user_error for another shape or type.
[[nodiscard]] std::vector<std::uint8_t> read_input(const std::filesystem::path& file, const input_shape&);

/// Input of a run without --input: the picture on which a generated network was calibrated where the
/// network's name and input are one's, otherwise seeded random bytes.
[[nodiscard]] std::vector<std::uint8_t> default_input(const std::string& network, const input_shape&,
                                                      std::uint64_t seed);

}  // namespace eyeriss::sims
