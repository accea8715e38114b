#include "platform/debug/target_description.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "platform/debug/debugger.h"
#include "platform/debug/packet.h"

namespace eyeriss::platform::gdb {
namespace {

constexpr std::array<std::string_view, 32> integer_names{
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

struct named_csr {
    std::string_view name;
    std::uint32_t number;
};

constexpr std::array single_csrs{
    named_csr{"cycle", 0xc00},      named_csr{"time", 0xc01},          named_csr{"instret", 0xc02},
    named_csr{"cycleh", 0xc80},     named_csr{"timeh", 0xc81},         named_csr{"instreth", 0xc82},
    named_csr{"mvendorid", 0xf11},  named_csr{"marchid", 0xf12},       named_csr{"mimpid", 0xf13},
    named_csr{"mhartid", 0xf14},    named_csr{"mconfigptr", 0xf15},    named_csr{"mstatus", 0x300},
    named_csr{"misa", 0x301},       named_csr{"mie", 0x304},           named_csr{"mtvec", 0x305},
    named_csr{"mcounteren", 0x306}, named_csr{"menvcfg", 0x30a},       named_csr{"mstatush", 0x310},
    named_csr{"menvcfgh", 0x31a},   named_csr{"mcountinhibit", 0x320}, named_csr{"mscratch", 0x340},
    named_csr{"mepc", 0x341},       named_csr{"mcause", 0x342},        named_csr{"mtval", 0x343},
    named_csr{"mip", 0x344},        named_csr{"mcycle", 0xb00},        named_csr{"minstret", 0xb02},
    named_csr{"mcycleh", 0xb80},    named_csr{"minstreth", 0xb82}};

constexpr std::uint32_t pmpcfg0 = 0x3a0, pmpaddr0 = 0x3b0;
constexpr unsigned pmpcfg_words = 4, pmp_regions = 16;

std::string csr_line(std::string_view name, std::uint32_t number) {
    return fmt::format(
        "    <reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" save-restore=\"no\" group=\"csr\"/>\n", name,
        debugger::first_csr_number + number);
}

std::string integer_feature() {
    std::string out = "  <feature name=\"org.gnu.gdb.riscv.cpu\">\n";
    for (unsigned i = 0; i < integer_names.size(); ++i) {
        const auto* type = i == 1 ? "code_ptr" : i >= 2 && i <= 4 ? "data_ptr" : "int";
        out += fmt::format("    <reg name=\"{}\" bitsize=\"32\" type=\"{}\" regnum=\"{}\"/>\n",
                           integer_names.at(i), type, i);
    }
    return out + fmt::format(
                     "    <reg name=\"pc\" bitsize=\"32\" type=\"code_ptr\" regnum=\"{}\"/>\n  </feature>\n",
                     debugger::pc_number);
}

}  // namespace

std::string target_description() {
    std::string out =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
        "  <architecture>riscv:rv32</architecture>\n";
    out += integer_feature();
    out += "  <feature name=\"org.gnu.gdb.riscv.csr\">\n";
    for (const auto& csr : single_csrs) {
        out += csr_line(csr.name, csr.number);
    }
    for (unsigned i = 0; i < pmpcfg_words; ++i) {
        out += csr_line(fmt::format("pmpcfg{}", i), pmpcfg0 + i);
    }
    for (unsigned i = 0; i < pmp_regions; ++i) {
        out += csr_line(fmt::format("pmpaddr{}", i), pmpaddr0 + i);
    }
    out += fmt::format(
        "  </feature>\n  <feature name=\"org.gnu.gdb.riscv.virtual\">\n"
        "    <reg name=\"priv\" bitsize=\"32\" regnum=\"{}\" save-restore=\"no\"/>\n  </feature>\n",
        debugger::privilege_number);
    return out + "</target>\n";
}

std::string transfer_piece(std::string_view text, std::string_view offset_and_length) {
    const auto offset = number_from_hex(take_until(offset_and_length, ','));
    const auto length = number_from_hex(offset_and_length);
    if (!offset || !length || *offset > text.size()) {
        return "E01";
    }
    const auto piece = text.substr(*offset, *length);
    return fmt::format("{}{}", *offset + piece.size() == text.size() ? "l" : "m", piece);
}

}  // namespace eyeriss::platform::gdb
