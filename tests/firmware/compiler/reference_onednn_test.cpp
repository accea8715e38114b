#define BOOST_TEST_MODULE reference_onednn
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <dnnl.hpp>

#include "firmware/compiler/reference.h"
#include "tests/firmware/compiler/random_layer.h"

using namespace eyeriss;

namespace {

constexpr std::uint64_t seed = 1603;

bool has_vnni() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512vnni") != 0;
#else
    return false;
#endif
}

dnnl::memory memory_of(const dnnl::engine& engine, const dnnl::memory::dims& dims,
                       dnnl::memory::data_type type, dnnl::memory::format_tag tag, const void* data) {
    dnnl::memory memory({dims, type, tag}, engine);
    if (data != nullptr) std::memcpy(memory.get_data_handle(), data, memory.get_desc().get_size());
    return memory;
}

// The sums of a convolution by oneDNN. The zero point of the padding is not oneDNN's: callers use zero point
// 0.
std::vector<std::int32_t> onednn_sums(const test::random_conv& conv) {
    using tag = dnnl::memory::format_tag;
    using type = dnnl::memory::data_type;
    const auto& s = conv.shape;
    const auto number = [](unsigned value) { return static_cast<dnnl::memory::dim>(value); };
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    const type x_type = conv.type == compiler::dtype::u8 ? type::u8 : type::s8;
    const dnnl::memory::dims x_dims{number(s.batch), number(s.channels_in()), number(s.h), number(s.w)};
    const dnnl::memory::dims w_dims{number(s.groups), number(s.m), number(s.c), number(s.r), number(s.s)};
    const dnnl::memory::dims y_dims{number(s.batch), number(s.channels_out()), number(s.e()), number(s.f())};
    auto x = memory_of(engine, x_dims, x_type, tag::nchw, conv.x.data());
    auto w = memory_of(engine, w_dims, type::s8, tag::goihw, conv.weights.data());
    const dnnl::convolution_forward::desc what(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, {x_dims, x_type, tag::any},
        {w_dims, type::s8, tag::any}, {y_dims, type::s32, tag::any}, {number(s.stride_h), number(s.stride_w)},
        {number(s.pad_top), number(s.pad_left)}, {number(s.pad_bottom), number(s.pad_right)});
    const dnnl::convolution_forward::primitive_desc how(what, engine);
    dnnl::memory packed_x(how.src_desc(), engine), packed_w(how.weights_desc(), engine),
        packed_y(how.dst_desc(), engine);
    dnnl::reorder(x, packed_x).execute(stream, x, packed_x);
    dnnl::reorder(w, packed_w).execute(stream, w, packed_w);
    dnnl::convolution_forward(how).execute(
        stream, {{DNNL_ARG_SRC, packed_x}, {DNNL_ARG_WEIGHTS, packed_w}, {DNNL_ARG_DST, packed_y}});
    auto y = memory_of(engine, y_dims, type::s32, tag::nchw, nullptr);
    dnnl::reorder(packed_y, y).execute(stream, packed_y, y);
    stream.wait();
    std::vector<std::int32_t> sums(y.get_desc().get_size() / sizeof(std::int32_t));
    std::memcpy(sums.data(), y.get_data_handle(), y.get_desc().get_size());
    return sums;
}

}  // namespace

BOOST_AUTO_TEST_CASE(random_convolutions_equal_onednn) {
    const unsigned weight_limit = has_vnni() ? 127 : 64;
    BOOST_TEST_MESSAGE(
        "seed " << seed << ", weights within " << weight_limit
                << (has_vnni() ? " (VNNI: exact)" : " (no VNNI: 16-bit sums must not saturate)"));
    test::generator random(seed);
    for (int trial = 0; trial < 200; ++trial) {
        test::random_conv conv = test::draw_conv(random, weight_limit);
        conv.zero_point = 0;
        const auto sums = compiler::conv_sums(conv.shape, conv.x, conv.type, conv.zero_point, conv.weights);
        BOOST_TEST_REQUIRE(sums == onednn_sums(conv), "trial " << trial);
    }
}
