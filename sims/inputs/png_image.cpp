#include "sims/inputs/png_image.h"

#include <fmt/format.h>
#include <png.h>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

constexpr std::uint64_t most_pixels = std::uint64_t{64} << 20U;

/// libpng's reader, freed with its scope.
class png_reader {
public:
    explicit png_reader(const std::filesystem::path& file) : file_(file) {
        image_.version = PNG_IMAGE_VERSION;
        if (png_image_begin_read_from_file(&image_, file.c_str()) == 0) {
            refuse(image_.message);
        }
    }
    png_reader(const png_reader&) = delete;
    png_reader& operator=(const png_reader&) = delete;
    ~png_reader() { png_image_free(&image_); }

    [[nodiscard]] unsigned width() const { return image_.width; }
    [[nodiscard]] unsigned height() const { return image_.height; }

    std::vector<std::uint8_t> read(unsigned channels) {
        if (std::uint64_t{image_.width} * image_.height > most_pixels) {
            refuse(fmt::format("has {} x {} pixels: expects at most 64 M", image_.width, image_.height));
        }
        image_.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
        std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image_));
        const png_color black{0, 0, 0};
        if (png_image_finish_read(&image_, &black, pixels.data(), 0, nullptr) == 0) {
            refuse(image_.message);
        }
        return pixels;
    }

private:
    [[noreturn]] void refuse(const std::string& why) {
        png_image_free(&image_);
        throw user_error(fmt::format("{}: is no PNG image that can be read: {}", file_.string(), why));
    }

    std::filesystem::path file_;
    png_image image_{};
};

}  // namespace

picture read_png(const std::filesystem::path& file, unsigned channels) {
    if (channels != 1 && channels != 3) {
        throw user_error(fmt::format(
            "{}: a PNG image has 1 or 3 channels, the network's input has {}: give the input as .npy",
            file.string(), channels));
    }
    png_reader reader(file);
    picture out{channels, reader.height(), reader.width(), {}};
    const auto pixels = reader.read(channels);
    out.values.resize(pixels.size());
    const std::size_t plane = std::size_t{out.height} * out.width;
    for (std::size_t i = 0; i < plane; ++i) {
        for (unsigned c = 0; c < channels; ++c) {
            out.values[c * plane + i] = pixels[i * channels + c];
        }
    }
    return out;
}

}  // namespace eyeriss::sims
