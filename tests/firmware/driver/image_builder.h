#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/abi/descriptor.h"
#include "models/abi/image.h"
#include "models/csc/feature_map.h"

/// Images for tests of the driver, written from the contract alone: no code of the compiler takes part.
namespace eyeriss::test {

/// A machine of 8 x 2 clusters of 3 x 4 PEs, as register GEOMETRY has it.
inline constexpr std::uint32_t geometry = 0x04030208;

struct tensor_spec {
    csc::map_layout layout;
    std::uint32_t dtype = EYERISS_DTYPE_U8;
    std::int32_t zero_point = 0;
};

struct layer_spec {
    std::uint32_t op = EYERISS_OP_ACCELERATOR;
    std::vector<std::uint32_t> inputs;
    std::uint32_t output = 0;
    eyeriss_image_layer params{};      ///< only its params are used
    std::vector<std::uint8_t> tables;  ///< placed before the payload; table_offset is set
};

struct network_spec {
    std::vector<tensor_spec> tensors;
    std::vector<layer_spec> layers;
    std::uint32_t input = 0, output = 0;
};

/// A built image: its whole memory, arena included.
class image {
public:
    explicit image(const network_spec&);

    [[nodiscard]] std::vector<std::uint8_t>& bytes() { return bytes_; }
    [[nodiscard]] eyeriss_image_header& header() { return at<eyeriss_image_header>(0); }
    [[nodiscard]] eyeriss_image_tensor& tensor(unsigned i) {
        return at<eyeriss_image_tensor>(tensor_table_ + i * sizeof(eyeriss_image_tensor));
    }
    [[nodiscard]] eyeriss_image_layer& layer(unsigned i) {
        return at<eyeriss_image_layer>(layer_table_ + i * sizeof(eyeriss_image_layer));
    }
    [[nodiscard]] eyeriss_descriptor& descriptor(unsigned i) {
        return at<eyeriss_descriptor>(descriptors_.at(i));
    }
    template <typename T>
    [[nodiscard]] T& at(std::size_t offset) {
        return *reinterpret_cast<T*>(bytes_.data() + offset);
    }
    /// Makes the checksums of descriptors and header right again.
    void seal();
    /// The header's only.
    void seal_header();

    /// Puts NCHW bytes into a tensor, and reads them back with the models' codec.
    void write(unsigned tensor, const std::vector<std::uint8_t>& nchw);
    [[nodiscard]] std::vector<std::uint8_t> read(unsigned tensor);

private:
    std::size_t append(std::size_t count, std::size_t alignment = 4);
    std::uint32_t append_name(const std::string&);
    void place_layer(const layer_spec&, unsigned index);
    void place_descriptor(const layer_spec&, unsigned index);

    std::vector<tensor_spec> specs_;
    std::vector<std::uint8_t> bytes_;
    std::vector<std::size_t> descriptors_;
    std::size_t tensor_table_ = 0, layer_table_ = 0, crc_end_ = 0;
};

/// zlib's CRC-32, bit by bit.
[[nodiscard]] std::uint32_t plain_crc32(const std::uint8_t* bytes, std::size_t count);

}  // namespace eyeriss::test
