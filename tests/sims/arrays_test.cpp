#define BOOST_TEST_MODULE arrays_test
#include <png.h>

#include <boost/test/unit_test.hpp>

#include "sims/inputs/npy.h"
#include "sims/inputs/png_image.h"
#include "sims/support/error.h"
#include "tests/sims/temporary_folder.h"

using namespace eyeriss;
using namespace eyeriss::sims;
using test::temporary_folder;

namespace {

/// What reading a text as .npy ends in.
std::string refusal(const std::string& content) {
    const temporary_folder folder;
    test::write_text(folder / "a.npy", content);
    try {
        static_cast<void>(read_npy(folder / "a.npy"));
    } catch (const user_error& error) {
        const std::string message = error.what();
        return message.substr(message.find("a.npy"));
    }
    return "";
}

std::string npy_text(const std::string& header, std::size_t data_bytes) {
    std::string out = "\x93NUMPY";
    out += '\x01';
    out += '\0';
    out += static_cast<char>(header.size() % 256);
    out += static_cast<char>(header.size() / 256);
    return out + header + std::string(data_bytes, '\x07');
}

const std::string good = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }\n";

void write_png(const std::filesystem::path& file, unsigned width, unsigned height, png_uint_32 format,
               const std::vector<std::uint8_t>& pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = format;
    BOOST_REQUIRE(png_image_write_to_file(&image, file.c_str(), 0, pixels.data(), 0, nullptr) != 0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(arrays_of_each_type_survive_a_file) {
    const temporary_folder folder;
    for (const auto type : {npy_type::i8, npy_type::u8, npy_type::i32}) {
        npy_array array{type, {1, 2, 3, 4}, {}};
        for (std::size_t i = 0; i < 24U * (type == npy_type::i32 ? 4U : 1U); ++i) {
            array.bytes.push_back(static_cast<std::uint8_t>(i * 37 + 200));
        }
        write_npy(folder / "x.npy", array);
        const auto back = read_npy(folder / "x.npy");
        BOOST_TEST((back.type == type));
        BOOST_TEST(back.shape == array.shape, boost::test_tools::per_element());
        BOOST_TEST(back.bytes == array.bytes, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_numpy_itself_is_read) {
    std::string padded = good.substr(0, good.size() - 1);
    padded += std::string(118 - padded.size() - 1, ' ') + "\n";
    BOOST_TEST(refusal(npy_text(padded, 6)) == "");
    BOOST_TEST(refusal(npy_text(good, 6)) == "");
}

BOOST_AUTO_TEST_CASE(npy_files_that_are_not_whole_are_refused) {
    BOOST_TEST(refusal(npy_text(good, 5)).find("its header asks for 76") != std::string::npos);
    BOOST_TEST(refusal(npy_text(good, 7)).find("its header asks for 76") != std::string::npos);
    for (std::size_t size = 0; size < npy_text(good, 6).size(); ++size) {
        BOOST_TEST(refusal(npy_text(good, 6).substr(0, size)) != "", "cut at " << size);
    }
}

BOOST_AUTO_TEST_CASE(npy_files_of_other_kinds_are_refused_by_name) {
    const auto with = [](const std::string& descr, const std::string& order, const std::string& shape) {
        return refusal(npy_text(
            "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n", 6));
    };
    BOOST_TEST(with("<f4", "False", "(2, 3)").starts_with("a.npy: holds type '<f4': expects int8"));
    BOOST_TEST(with(">i4", "False", "(2, 3)").find("'>i4'") != std::string::npos);
    BOOST_TEST(with("<i2", "False", "(2, 3)").find("'<i2'") != std::string::npos);
    BOOST_TEST(with("|i1", "True", "(2, 3)").find("Fortran order: expects C order") != std::string::npos);
    BOOST_TEST(with("|i1", "False", "(0, 3)").find("expects 1 to 2^31 elements") != std::string::npos);
    BOOST_TEST(with("|i1", "False", "(99999999999, 99999999999)").find("expects 1") != std::string::npos);
    BOOST_TEST(with("|i1", "Maybe", "(2, 3)").find("does not name") != std::string::npos);
    BOOST_TEST(refusal("PK\x03\x04 zip archive").find("is no .npy file") != std::string::npos);
    BOOST_CHECK_THROW(static_cast<void>(read_npy("no/such/file.npy")), user_error);
}

BOOST_AUTO_TEST_CASE(a_png_becomes_channels_of_rows) {
    const temporary_folder folder;
    write_png(folder / "rgb.png", 2, 1, PNG_FORMAT_RGB, {1, 2, 3, 4, 5, 6});
    const auto rgb = read_png(folder / "rgb.png", 3);
    BOOST_TEST(rgb.height == 1U);
    BOOST_TEST(rgb.width == 2U);
    BOOST_TEST(rgb.values == (std::vector<std::uint8_t>{1, 4, 2, 5, 3, 6}), boost::test_tools::per_element());
    write_png(folder / "grey.png", 2, 2, PNG_FORMAT_GRAY, {9, 8, 7, 6});
    const auto grey = read_png(folder / "grey.png", 1);
    BOOST_TEST(grey.values == (std::vector<std::uint8_t>{9, 8, 7, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_broken_png_is_refused) {
    const temporary_folder folder;
    write_png(folder / "a.png", 16, 16, PNG_FORMAT_GRAY, std::vector<std::uint8_t>(256, 3));
    const auto whole = test::read_text(folder / "a.png");
    test::write_text(folder / "cut.png", whole.substr(0, whole.size() / 2));
    test::write_text(folder / "text.png", "hello");
    BOOST_CHECK_THROW(static_cast<void>(read_png(folder / "cut.png", 1)), user_error);
    BOOST_CHECK_THROW(static_cast<void>(read_png(folder / "text.png", 1)), user_error);
    BOOST_CHECK_THROW(static_cast<void>(read_png(folder / "absent.png", 1)), user_error);
    BOOST_CHECK_THROW(static_cast<void>(read_png(folder / "a.png", 2)), user_error);
}
