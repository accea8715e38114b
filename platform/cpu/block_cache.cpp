#include "platform/cpu/block_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/cpu/core.h"

namespace eyeriss::platform {

namespace {

bool ends_block(operation o) {
    switch (o) {
        case operation::illegal:
        case operation::jal:
        case operation::jalr:
        case operation::fence_i:
        case operation::ecall:
        case operation::ebreak:
        case operation::mret:
        case operation::wfi:
            return true;
        default:
            return false;
    }
}

bool target_is_relative(operation o) {
    return o == operation::jal || o == operation::auipc || (o >= operation::beq && o <= operation::bgeu);
}

// System instructions keep their bits, which are what mtval holds when they turn out to be illegal.
bool keeps_bits(operation o) {
    return o >= operation::ecall && o <= operation::csrrci;
}

op make_op(std::uint32_t pc, std::uint32_t bits) {
    const instruction decoded = decode(bits);
    op result;
    result.run = handler_of(decoded.op);
    result.pc = pc;
    result.imm = keeps_bits(decoded.op)           ? static_cast<std::int32_t>(bits)
                 : target_is_relative(decoded.op) ? static_cast<std::int32_t>(pc + decoded.imm)
                                                  : decoded.imm;
    result.rd = decoded.rd == 0 ? core::discard : decoded.rd;
    result.rs1 = decoded.rs1;
    result.rs2 = decoded.rs2;
    result.length = decoded.length;
    return result;
}

op make_sentinel(std::uint32_t pc) {
    op result;
    result.run = run_sentinel;
    result.pc = pc;
    return result;
}

op make_fetch_fault(std::uint32_t pc, std::uint32_t faulting) {
    op result;
    result.run = run_fetch_fault;
    result.pc = pc;
    result.imm = static_cast<std::int32_t>(faulting);
    return result;
}

std::uint16_t half_at(std::span<const std::uint8_t> code, std::size_t offset) {
    std::uint16_t half = 0;
    std::memcpy(&half, code.data() + offset, sizeof half);
    return half;
}

}  // namespace

block_cache::slot& block_cache::slot_of(std::uint32_t pc) {
    return recent_[(pc >> 1) % slots];
}

op* block_cache::find(std::uint32_t pc, memory_port& memory) {
    slot& recent = slot_of(pc);
    if (recent.pc == pc) {
        return recent.start;
    }
    const auto held = blocks_.find(pc);
    op* start = held != blocks_.end() ? held->second.data() : decode_block(pc, memory);
    if (keeps(start)) {
        recent = {pc, start};
    }
    return start;
}

op* block_cache::decode_block(std::uint32_t pc, memory_port& memory) {
    block ops;
    decode_direct(ops, pc, memory);
    const bool direct = !ops.empty();
    if (!direct) {
        decode_fetched(ops, pc, memory);
    }
    mark_breakpoints(ops);
    close(ops);
    if (!direct) {
        fetched_ = std::move(ops);
        return fetched_.data();
    }
    ops_held_ += ops.size();
    return blocks_.insert_or_assign(pc, std::move(ops)).first->second.data();
}

void block_cache::close(block& ops) {
    const std::size_t count = ops.size();
    for (std::size_t i = 0; i < count; ++i) {
        ops[i].remaining = static_cast<std::uint8_t>(count - i);
    }
    ops.push_back(make_sentinel(ops.back().pc + ops.back().length));
}

void block_cache::set_breakpoints(const std::vector<std::uint32_t>& addresses) {
    breakpoints_ = addresses;
    std::ranges::sort(breakpoints_);
}

void block_cache::mark_breakpoints(block& ops) const {
    if (breakpoints_.empty()) {
        return;
    }
    for (op& each : ops) {
        if (std::ranges::binary_search(breakpoints_, each.pc)) {
            each.run = run_breakpoint;
        }
    }
}

op* block_cache::decode_one(std::uint32_t pc, memory_port& memory) {
    block ops;
    decode_fetched(ops, pc, memory);
    close(ops);
    fetched_ = std::move(ops);
    return fetched_.data();
}

void block_cache::decode_direct(block& ops, std::uint32_t pc, memory_port& memory) {
    const auto code = memory.code(pc);
    ops.reserve(longest + 1);
    std::size_t offset = 0;
    while (ops.size() < longest && offset + 2 <= code.size()) {
        std::uint32_t bits = half_at(code, offset);
        const bool compressed = is_compressed(static_cast<std::uint16_t>(bits));
        if (!compressed) {
            if (offset + 4 > code.size()) {
                return;
            }
            bits |= std::uint32_t{half_at(code, offset + 2)} << 16;
        }
        ops.push_back(make_op(pc + static_cast<std::uint32_t>(offset), bits));
        offset += compressed ? 2 : 4;
        if (ends_block(decode(bits).op)) {
            return;
        }
    }
}

void block_cache::decode_fetched(block& ops, std::uint32_t pc, memory_port& memory) {
    std::uint32_t bits = 0;
    for (std::uint32_t offset = 0; offset < 4; offset += 2) {
        std::array<std::uint8_t, 2> half{};
        if (memory.fetch(pc + offset, half) == access_result::fault) {
            ops.push_back(make_fetch_fault(pc, pc + offset));
            return;
        }
        bits |= (half[0] | std::uint32_t{half[1]} << 8) << (8 * offset);
        if (is_compressed(static_cast<std::uint16_t>(bits))) {
            break;
        }
    }
    ops.push_back(make_op(pc, bits));
}

op* block_cache::truncated(const op* start, std::uint64_t count) {
    const auto ops = static_cast<std::size_t>(count);
    std::copy_n(start, ops, scratch_.begin());
    for (std::size_t i = 0; i < ops; ++i) {
        scratch_[i].remaining = static_cast<std::uint8_t>(ops - i);
    }
    scratch_[ops] = make_sentinel(start[ops].pc);
    return scratch_.data();
}

// A guest may flush with each instruction, by fence.i or PMP: the slots in use alone are emptied.
void block_cache::flush() {
    for (const auto& [pc, ops] : blocks_) {
        slot_of(pc) = {};
    }
    blocks_.clear();
    ops_held_ = 0;
}

}  // namespace eyeriss::platform
