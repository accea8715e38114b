#include "platform/cpu/csr.h"

#include <utility>

namespace eyeriss::platform {

namespace {

// clang-format off
enum number : std::uint32_t {
    mstatus = 0x300, misa = 0x301, mie = 0x304, mtvec = 0x305, mcounteren = 0x306, menvcfg = 0x30a,
    mstatush = 0x310, menvcfgh = 0x31a, mcountinhibit = 0x320, mhpmevent3 = 0x323, mhpmevent31 = 0x33f,
    mscratch = 0x340, mepc = 0x341, mcause = 0x342, mtval = 0x343, mip = 0x344,
    pmpcfg0 = 0x3a0, pmpcfg3 = 0x3a3, pmpaddr0 = 0x3b0, pmpaddr15 = 0x3bf,
    mcycle = 0xb00, minstret = 0xb02, mhpmcounter31 = 0xb1f, mcycleh = 0xb80, minstreth = 0xb82,
    mhpmcounter31h = 0xb9f,
    cycle = 0xc00, time = 0xc01, instret = 0xc02, hpmcounter31 = 0xc1f, cycleh = 0xc80, hpmcounter31h = 0xc9f,
    mvendorid = 0xf11, mhartid = 0xf14, mconfigptr = 0xf15
};
// clang-format on

constexpr std::uint32_t status_mie = 1U << 3, status_mpie = 1U << 7, status_mpp = 3U << 11,
                        status_mprv = 1U << 17, status_tw = 1U << 21;
constexpr std::uint32_t isa_imacu = 1U << 30 | 1U << ('I' - 'A') | 1U << ('M' - 'A') | 1U << ('A' - 'A') |
                                    1U << ('C' - 'A') | 1U << ('U' - 'A');
constexpr std::uint32_t interrupt_flag = 1U << 31;

constexpr std::uint32_t bit(interrupt_line line) {
    return 1U << static_cast<std::uint32_t>(line);
}

constexpr std::uint32_t implemented_lines =
    bit(interrupt_line::software) | bit(interrupt_line::timer) | bit(interrupt_line::external);

constexpr bool between(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
    return value >= first && value <= last;
}

constexpr bool is_counter(std::uint32_t n) {
    return between(n, mcycle, mhpmcounter31h) || between(n, cycle, hpmcounter31h);
}

// Bits 9 and 8 of a CSR's number are the lowest privilege that may use it; both top bits set: read-only.
constexpr bool needs_machine(std::uint32_t n) {
    return (n & 0x300U) != 0;
}
constexpr bool read_only(std::uint32_t n) {
    return (n & 0xc00U) == 0xc00U;
}

constexpr std::uint64_t replace_half(std::uint64_t old_value, std::uint32_t half, bool high) {
    return high ? (old_value & 0xffffffffU) | std::uint64_t{half} << 32
                : (old_value & ~std::uint64_t{0xffffffffU}) | half;
}

}  // namespace

bool csr_file::counter_allowed(std::uint32_t n) const {
    return mode_ == privilege::machine || (mcounteren_ >> (n & 31U) & 1U) != 0;
}

std::optional<std::uint32_t> csr_file::read(std::uint32_t n, const counter_values& counters) const {
    if (needs_machine(n) && mode_ != privilege::machine) {
        return std::nullopt;
    }
    return is_counter(n) ? read_counter(n, counters) : read_machine(n);
}

std::optional<std::uint32_t> csr_file::read_counter(std::uint32_t n, const counter_values& counters) const {
    const std::uint32_t index = n & 0x7fU;
    const bool time_missing = index == 1 && (n < cycle || !time_);
    if (index > 31 || time_missing || !counter_allowed(n)) {
        return std::nullopt;
    }
    const std::uint64_t value = index == 0   ? cycles_.value(counters.cycles)
                                : index == 1 ? time_(counters.cycles)
                                : index == 2 ? retired_.value(counters.retired)
                                             : 0;
    return static_cast<std::uint32_t>((n & 0x80U) != 0 ? value >> 32 : value);
}

std::optional<std::uint32_t> csr_file::read_machine(std::uint32_t n) const {
    switch (n) {
        case mstatus:
            return mstatus_;
        case misa:
            return isa_imacu;
        case mie:
            return mie_;
        case mip:
            return mip_;
        case mtvec:
            return mtvec_;
        case mcounteren:
            return mcounteren_;
        case mscratch:
            return mscratch_;
        case mepc:
            return mepc_;
        case mcause:
            return mcause_;
        case mtval:
            return mtval_;
        case mhartid:
            return hart_id_;
        case menvcfg:
        case menvcfgh:
        case mstatush:
            return 0;
        case mcountinhibit:
            return (cycles_.stopped() ? 1U : 0U) | (retired_.stopped() ? 4U : 0U);
        default:
            break;
    }
    if (between(n, pmpcfg0, pmpcfg3)) {
        return protection_.configuration(n - pmpcfg0);
    }
    if (between(n, pmpaddr0, pmpaddr15)) {
        return protection_.address(n - pmpaddr0);
    }
    if (between(n, mhpmevent3, mhpmevent31) || between(n, mvendorid, mconfigptr)) {
        return 0;
    }
    return std::nullopt;
}

bool csr_file::write(std::uint32_t n, std::uint32_t value, const counter_values& counters) {
    if (read_only(n) || (needs_machine(n) && mode_ != privilege::machine)) {
        return false;
    }
    if (n == mcountinhibit) {
        inhibit(value, counters);
        return true;
    }
    return is_counter(n) ? write_counter(n, value, counters) : write_machine(n, value);
}

std::optional<std::uint32_t> csr_file::peek(std::uint32_t n, const counter_values& counters) const {
    csr_file seen = *this;
    seen.mode_ = privilege::machine;
    return seen.read(n, counters);
}

bool csr_file::poke(std::uint32_t n, std::uint32_t value, const counter_values& counters) {
    const privilege mode = std::exchange(mode_, privilege::machine);
    // as if an instruction before the next one had written it
    const bool written = write(n, value, {counters.cycles - 1, counters.retired - 1});
    mode_ = mode;
    return written;
}

void csr_file::reset() {
    csr_file fresh(hart_id_);
    fresh.mip_ = mip_;
    fresh.time_ = std::move(time_);
    fresh.protection_ = protection_;
    fresh.protection_.reset();
    *this = std::move(fresh);
}

void csr_file::inhibit(std::uint32_t value, const counter_values& counters) {
    cycles_.stop(counters.cycles + 1, (value & 1U) != 0);
    retired_.stop(counters.retired + 1, (value & 4U) != 0);
}

// A written counter reads back as written in the next instruction, so the writing one does
// not count in the half that it writes.
bool csr_file::write_counter(std::uint32_t n, std::uint32_t value, const counter_values& counters) {
    const bool high = (n & 0x80U) != 0;
    const std::uint32_t index = n & 0x7fU;
    if (index == 0) {
        const std::uint64_t next = counters.cycles + 1;
        cycles_.set(next, replace_half(cycles_.value(next), value, high));
    } else if (index == 2) {
        const std::uint64_t next = counters.retired + 1;
        retired_.set(next, replace_half(retired_.value(next), value, high));
    }
    return index != 1 && index <= 31;
}

// MPP is WARL: only user and machine exist, anything else keeps what was there.
void csr_file::write_status(std::uint32_t value) {
    const std::uint32_t mpp = value & status_mpp;
    const bool legal = mpp == 0 || mpp == status_mpp;
    const std::uint32_t plain = status_mie | status_mpie | status_mprv | status_tw;
    mstatus_ = (value & plain) | (legal ? mpp : mstatus_ & status_mpp);
}

bool csr_file::write_machine(std::uint32_t n, std::uint32_t value) {
    if (between(n, pmpcfg0, pmpcfg3)) {
        protection_.set_configuration(n - pmpcfg0, value);
        return true;
    }
    if (between(n, pmpaddr0, pmpaddr15)) {
        protection_.set_address(n - pmpaddr0, value);
        return true;
    }
    switch (n) {
        case mstatus:
            write_status(value);
            return true;
        case mie:
            mie_ = value & implemented_lines;
            return true;
        case mtvec:
            mtvec_ = (value & 2U) != 0 ? mtvec_ : value;
            return true;
        case mcounteren:
            mcounteren_ = value;
            return true;
        case mscratch:
            mscratch_ = value;
            return true;
        case mepc:
            mepc_ = value & ~1U;
            return true;
        case mcause:
            mcause_ = value;
            return true;
        case mtval:
            mtval_ = value;
            return true;
        default:
            break;
    }
    // The rest that exists ignores writes: mip follows the lines, misa is fixed, events read 0.
    return read_machine(n).has_value();
}

void csr_file::set_line(interrupt_line line, bool level) {
    mip_ = level ? mip_ | bit(line) : mip_ & ~bit(line);
}

std::optional<interrupt_line> csr_file::interrupt() const {
    const std::uint32_t pending = mip_ & mie_;
    if (pending == 0 || (mode_ == privilege::machine && (mstatus_ & status_mie) == 0)) {
        return std::nullopt;
    }
    for (const auto line : {interrupt_line::external, interrupt_line::software}) {
        if ((pending & bit(line)) != 0) {
            return line;
        }
    }
    return interrupt_line::timer;
}

void csr_file::push_state(std::uint32_t pc, std::uint32_t cause, std::uint32_t value) {
    const bool enabled = (mstatus_ & status_mie) != 0;
    mstatus_ &= ~(status_mie | status_mpie | status_mpp);
    mstatus_ |= (enabled ? status_mpie : 0U) | static_cast<std::uint32_t>(mode_) << 11;
    mode_ = privilege::machine;
    mepc_ = pc;
    mcause_ = cause;
    mtval_ = value;
}

std::uint32_t csr_file::enter_exception(trap_cause cause, std::uint32_t pc, std::uint32_t value) {
    push_state(pc, static_cast<std::uint32_t>(cause), value);
    return mtvec_ & ~3U;
}

std::uint32_t csr_file::enter_interrupt(interrupt_line line, std::uint32_t pc) {
    const auto code = static_cast<std::uint32_t>(line);
    push_state(pc, interrupt_flag | code, 0);
    return (mtvec_ & ~3U) + ((mtvec_ & 1U) != 0 ? 4 * code : 0);
}

std::uint32_t csr_file::leave_trap() {
    const auto previous = static_cast<privilege>((mstatus_ & status_mpp) >> 11);
    const bool enabled = (mstatus_ & status_mpie) != 0;
    mstatus_ &= ~(status_mie | status_mpp);
    mstatus_ |= (enabled ? status_mie : 0U) | status_mpie;
    if (previous != privilege::machine) {
        mstatus_ &= ~status_mprv;
    }
    mode_ = previous;
    return mepc_;
}

privilege csr_file::data_mode() const {
    const bool as_before = mode_ == privilege::machine && (mstatus_ & status_mprv) != 0;
    return as_before ? static_cast<privilege>((mstatus_ & status_mpp) >> 11) : mode_;
}

bool csr_file::wfi_allowed() const {
    return mode_ == privilege::machine || (mstatus_ & status_tw) == 0;
}

}  // namespace eyeriss::platform
