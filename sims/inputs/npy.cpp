#include "sims/inputs/npy.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>
#include <string_view>
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

constexpr std::size_t longest_header = 4096;
constexpr std::size_t most_elements = std::size_t{1} << 31U;

struct header {
    npy_type type = npy_type::u8;
    std::vector<std::size_t> shape;
    std::size_t data_offset = 0;
};

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw user_error(fmt::format("{}: {}", file.string(), why));
}

unsigned value_bytes(npy_type type) {
    return type == npy_type::i32 ? 4 : 1;
}

/// The dictionary of the header, between the length field and the data.
std::string_view dictionary(const std::filesystem::path& file, std::string_view text) {
    if (text.size() < 12 || !text.starts_with("\x93NUMPY")) {
        refuse(file, "is no .npy file: expects the bytes \\x93NUMPY at its start");
    }
    const auto byte = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
    };
    const auto major = byte(6);
    if (major != 1 && major != 2) {
        refuse(file, fmt::format(".npy version {}: expects 1.0 or 2.0", major));
    }
    const std::size_t begin = major == 1 ? 10 : 12;
    std::size_t length = byte(8) | byte(9) << 8U;
    if (major == 2) {
        length |= byte(10) << 16U | byte(11) << 24U;
    }
    if (length > longest_header || length > text.size() - begin) {
        refuse(file, fmt::format("its header is cut short: expects {} bytes of it", length));
    }
    return text.substr(begin, length);
}

npy_type parse_type(const std::filesystem::path& file, const std::string& descr) {
    if (descr == "|i1" || descr == "<i1") {
        return npy_type::i8;
    }
    if (descr == "|u1" || descr == "<u1") {
        return npy_type::u8;
    }
    if (descr == "<i4") {
        return npy_type::i32;
    }
    refuse(file, fmt::format("holds type '{}': expects int8 ('|i1'), uint8 ('|u1') or int32 ('<i4')", descr));
}

header read_header(const std::filesystem::path& file, std::string_view text) {
    const auto dict = dictionary(file, text);
    const std::string body(dict);
    static const std::regex descr_key(R"('descr'\s*:\s*'([^']*)')");
    static const std::regex order_key(R"('fortran_order'\s*:\s*(True|False))");
    static const std::regex shape_key(R"('shape'\s*:\s*\(([0-9, ]*)\))");
    std::smatch descr;
    std::smatch order;
    std::smatch shape;
    if (!std::regex_search(body, descr, descr_key) || !std::regex_search(body, order, order_key) ||
        !std::regex_search(body, shape, shape_key)) {
        refuse(file, "its header does not name 'descr', 'fortran_order' and 'shape'");
    }
    header out;
    out.type = parse_type(file, descr[1]);
    if (order[1] == "True") {
        refuse(file, "is in Fortran order: expects C order");
    }
    out.data_offset = static_cast<std::size_t>(dict.data() - text.data()) + dict.size();
    std::size_t elements = 1;
    std::istringstream dims(shape[1]);
    for (std::string dim; std::getline(dims, dim, ',');) {
        if (dim.find_first_not_of(' ') == std::string::npos) {
            continue;
        }
        std::size_t value = 0;
        std::istringstream(dim) >> value;
        if (value == 0 || value > most_elements / elements) {
            refuse(file, fmt::format("has shape ({}): expects 1 to 2^31 elements", shape[1].str()));
        }
        elements *= value;
        out.shape.push_back(value);
    }
    const auto expected = out.data_offset + elements * value_bytes(out.type);
    if (text.size() != expected) {
        refuse(file, fmt::format("has {} bytes: its header asks for {}", text.size(), expected));
    }
    return out;
}

template <typename T>
std::vector<std::uint8_t> load(const std::string& text) {
    std::istringstream in(text);
    const xt::xarray<T> values = xt::load_npy<T>(in);
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

template <typename T>
std::string dump(const npy_array& array) {
    std::vector<T> values(array.elements());
    std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    return xt::dump_npy(xt::adapt(values, array.shape));
}

}  // namespace

std::string to_string(npy_type type) {
    switch (type) {
        case npy_type::i8:
            return "int8";
        case npy_type::u8:
            return "uint8";
        case npy_type::i32:
            break;
    }
    return "int32";
}

std::size_t npy_array::elements() const {
    std::size_t count = 1;
    for (const auto dim : shape) {
        count *= dim;
    }
    return count;
}

std::string shape_text(std::span<const std::size_t> shape) {
    return shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
}

npy_array read_npy(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    if (!in || std::filesystem::is_directory(file) || !(content << in.rdbuf())) {
        refuse(file, "cannot be read: expects a .npy file");
    }
    const std::string text = content.str();
    const auto head = read_header(file, text);
    npy_array out{head.type, head.shape, {}};
    try {
        switch (head.type) {
            case npy_type::i8:
                out.bytes = load<std::int8_t>(text);
                break;
            case npy_type::u8:
                out.bytes = load<std::uint8_t>(text);
                break;
            case npy_type::i32:
                out.bytes = load<std::int32_t>(text);
                break;
        }
    } catch (const std::runtime_error& error) {
        refuse(file, fmt::format("is no .npy file that can be read: {}", error.what()));
    }
    return out;
}

void write_npy(const std::filesystem::path& file, const npy_array& array) {
    const std::string text = array.type == npy_type::i8   ? dump<std::int8_t>(array)
                             : array.type == npy_type::u8 ? dump<std::uint8_t>(array)
                                                          : dump<std::int32_t>(array);
    std::ofstream out(file, std::ios::binary);
    if (!(out << text) || !out.flush()) {
        refuse(file, "cannot be written");
    }
}

}  // namespace eyeriss::sims
