#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// Arrays in NumPy's .npy files (format 1.0 and 2.0), C order, int8, uint8 or little-endian int32.
namespace eyeriss::sims {

enum class npy_type : std::uint8_t { i8, u8, i32 };

/// "int8", "uint8" or "int32".
[[nodiscard]] std::string to_string(npy_type);

struct npy_array {
    npy_type type = npy_type::u8;
    std::vector<std::size_t> shape;
    std::vector<std::uint8_t> bytes;  ///< C order; int32 little-endian
    [[nodiscard]] std::size_t elements() const;
};

/// "(1, 3, 8, 8)", as NumPy writes a shape.
[[nodiscard]] std::string shape_text(std::span<const std::size_t> shape);

/// Reads a file. \throws user_error for another type or order, a broken header, and a file whose size is not
/// what its header says.
[[nodiscard]] npy_array read_npy(const std::filesystem::path& file);

/// Writes a file. \throws user_error when it cannot be written.
void write_npy(const std::filesystem::path& file, const npy_array& array);

}  // namespace eyeriss::sims
