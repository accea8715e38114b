#pragma once

#include <algorithm>
#include <cstdint>

/// What the computing instructions of RV32IMA compute, and when its branches are taken. Two's complement
/// words in and out; division by zero and overflow give what the M extension says.
namespace eyeriss::platform::alu {

using u32 = std::uint32_t;
using i32 = std::int32_t;

constexpr i32 to_signed(u32 value) {
    return static_cast<i32>(value);
}

constexpr u32 do_add(u32 a, u32 b) {
    return a + b;
}
constexpr u32 do_sub(u32 a, u32 b) {
    return a - b;
}
constexpr u32 do_xor(u32 a, u32 b) {
    return a ^ b;
}
constexpr u32 do_or(u32 a, u32 b) {
    return a | b;
}
constexpr u32 do_and(u32 a, u32 b) {
    return a & b;
}
constexpr u32 do_sll(u32 a, u32 b) {
    return a << (b & 31U);
}
constexpr u32 do_srl(u32 a, u32 b) {
    return a >> (b & 31U);
}
constexpr u32 do_sra(u32 a, u32 b) {
    return static_cast<u32>(to_signed(a) >> (b & 31U));
}
constexpr u32 do_slt(u32 a, u32 b) {
    return to_signed(a) < to_signed(b) ? 1 : 0;
}
constexpr u32 do_sltu(u32 a, u32 b) {
    return a < b ? 1 : 0;
}

constexpr u32 do_mul(u32 a, u32 b) {
    return a * b;
}
constexpr u32 do_mulh(u32 a, u32 b) {
    return static_cast<u32>((std::int64_t{to_signed(a)} * std::int64_t{to_signed(b)}) >> 32);
}
constexpr u32 do_mulhsu(u32 a, u32 b) {
    return static_cast<u32>((std::int64_t{to_signed(a)} * static_cast<std::int64_t>(b)) >> 32);
}
constexpr u32 do_mulhu(u32 a, u32 b) {
    return static_cast<u32>((std::uint64_t{a} * b) >> 32);
}
constexpr bool division_overflows(u32 a, u32 b) {
    return a == 0x80000000U && b == ~0U;
}
constexpr u32 do_div(u32 a, u32 b) {
    if (b == 0) {
        return ~0U;
    }
    return division_overflows(a, b) ? a : static_cast<u32>(to_signed(a) / to_signed(b));
}
constexpr u32 do_divu(u32 a, u32 b) {
    return b == 0 ? ~0U : a / b;
}
constexpr u32 do_rem(u32 a, u32 b) {
    if (b == 0) {
        return a;
    }
    return division_overflows(a, b) ? 0 : static_cast<u32>(to_signed(a) % to_signed(b));
}
constexpr u32 do_remu(u32 a, u32 b) {
    return b == 0 ? a : a % b;
}
constexpr u32 do_swap(u32, u32 b) {
    return b;
}
constexpr u32 do_min(u32 a, u32 b) {
    return to_signed(a) < to_signed(b) ? a : b;
}
constexpr u32 do_max(u32 a, u32 b) {
    return to_signed(a) < to_signed(b) ? b : a;
}
constexpr u32 do_minu(u32 a, u32 b) {
    return std::min(a, b);
}
constexpr u32 do_maxu(u32 a, u32 b) {
    return std::max(a, b);
}

constexpr bool if_equal(u32 a, u32 b) {
    return a == b;
}
constexpr bool if_different(u32 a, u32 b) {
    return a != b;
}
constexpr bool if_less(u32 a, u32 b) {
    return to_signed(a) < to_signed(b);
}
constexpr bool if_not_less(u32 a, u32 b) {
    return to_signed(a) >= to_signed(b);
}
constexpr bool if_below(u32 a, u32 b) {
    return a < b;
}
constexpr bool if_not_below(u32 a, u32 b) {
    return a >= b;
}

}  // namespace eyeriss::platform::alu
