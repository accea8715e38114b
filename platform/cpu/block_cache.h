#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "platform/cpu/decode.h"
#include "platform/cpu/memory_port.h"

namespace eyeriss::platform {

class core;

// Decoded blocks and how they run.
//
// A block is a run of instructions up to the first that always leaves it (jump, system instruction), at most
// block_cache::longest of them; a conditional branch that is not taken stays inside. Each instruction is an
// `op`: the function that executes it and its operands, ready to use. A handler ends by calling the handler
// of the op behind it, which the compiler turns into a jump (threaded code), so nothing is looked up between
// instructions. The op that leaves the block returns itself, with the next address in core::pc; a sentinel
// stands behind the last op for blocks that end without a jump.
//
// The leaving op remembers the op that it leads to in `link`, jalr the one that it led to last, so neither a
// loop nor a function called from one place has its address looked up. Instructions are counted by
// subtracting the op that was entered from the op that left. A block can be entered at any op, and to stop
// after n instructions its ops are copied, with a sentinel behind the n-th: handlers test no budget.
//
// Decoded code is valid until fence.i, as the ISA says: stores to code, also by DMA, show after it.

/// One instruction ready to run.
struct op {
    using handler = op* (*)(core&, op*);

    handler run = nullptr;
    op* link = nullptr;    ///< the block that follows, once known
    std::int32_t imm = 0;  ///< immediate; the target address of branches and jal; the sum of auipc
    std::uint32_t pc = 0;  ///< own address
    std::uint8_t rd = 0;   ///< x0 as a target is core::discard
    std::uint8_t rs1 = 0, rs2 = 0;
    std::uint8_t length = 0;     ///< bytes
    std::uint8_t remaining = 0;  ///< instructions from here to the end of the block; 0: sentinel
};

/// Decodes code into blocks and keeps them by address.
class block_cache {
public:
    static constexpr unsigned longest = 64;

    /// The op at `pc`, decoded if need be. Code outside directly readable memory is fetched anew each time.
    /// An instruction that cannot be fetched becomes an op that raises the access fault.
    op* find(std::uint32_t pc, memory_port& memory);
    /// Addresses before which execution shall end; holds for what is decoded from now on.
    void set_breakpoints(const std::vector<std::uint32_t>& addresses);
    /// The instruction at `pc` alone, in spite of a breakpoint; valid until the next call or find().
    op* decode_one(std::uint32_t pc, memory_port& memory);
    /// A copy of the `count` ops from `start`, with a sentinel; valid until the next call.
    op* truncated(const op* start, std::uint64_t count);
    /// True when `start` is kept: false for code that was fetched for one use.
    [[nodiscard]] bool keeps(const op* start) const { return start != fetched_.data(); }
    /// True when so much code is decoded that the owner should flush.
    [[nodiscard]] bool full() const { return ops_held_ > most_ops; }
    /// Forgets everything. Ops handed out before are dead.
    void flush();

private:
    using block = std::vector<op>;

    op* decode_block(std::uint32_t pc, memory_port& memory);
    void decode_direct(block& ops, std::uint32_t pc, memory_port& memory);
    static void decode_fetched(block& ops, std::uint32_t pc, memory_port& memory);
    void mark_breakpoints(block& ops) const;
    static void close(block& ops);

    struct slot {
        std::uint32_t pc = 1;  ///< odd: empty
        op* start = nullptr;
    };
    slot& slot_of(std::uint32_t pc);

    static constexpr std::size_t slots = 1U << 14;
    static constexpr std::size_t most_ops = 1U << 21;

    std::vector<slot> recent_ = std::vector<slot>(slots);
    std::unordered_map<std::uint32_t, block> blocks_;
    std::size_t ops_held_ = 0;
    block scratch_ = block(longest + 1);
    block fetched_;
    std::vector<std::uint32_t> breakpoints_;  ///< ascending
};

}  // namespace eyeriss::platform
