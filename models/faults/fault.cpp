#include "models/faults/fault.h"

#include <fmt/format.h>

#include "models/abi/descriptor.h"
#include "models/faults/secded.h"

namespace eyeriss::faults {
namespace {

std::string below(std::string_view key, std::uint64_t value, std::uint64_t limit) {
    return value < limit ? std::string()
                         : fmt::format("{} is {}: this machine expects less than {}", key, value, limit);
}

std::string first_of(std::initializer_list<std::string> lines) {
    for (const auto& line : lines) {
        if (!line.empty()) return line;
    }
    return {};
}

constexpr std::uint64_t dram_base = 0x80000000;

std::string check_address(const fault& f, const arch::machine& m) {
    const std::uint64_t end = dram_base + (m.dram.capacity_mib << 20U);
    if (!f.address || (*f.address >= dram_base && *f.address < end)) return {};
    return fmt::format("address is {:#x}: expects one of DRAM, {:#x} to {:#x}", *f.address, dram_base,
                       end - 1);
}

unsigned coded_bits(unsigned data_bits, bool ecc) {
    return ecc ? data_bits + secded(data_bits).check_bits() : data_bits;
}

std::string check_glb(const fault& f, const arch::machine& m) {
    const bool iact = f.memory == glb_bank::iact;
    const unsigned bits = iact ? m.noc.iact_port_bits : psum_word_bits(m);
    if (bits > secded::most_data_bits) {
        return fmt::format("glb-flip: words of {} bits; expects a machine of at most {}", bits,
                           secded::most_data_bits);
    }
    return first_of({below("cluster", f.cluster, m.noc.clusters()),
                     below("bank", f.bank, iact ? m.noc.iact_routers() : m.noc.pe_cols),
                     below("word", f.word, iact ? m.iact_bank_port_words() : (m.psum_bank_psums() + 1) / 2),
                     below("bit", f.bit, coded_bits(bits, m.glb.ecc))});
}

std::string check_spad(const fault& f, const arch::machine& m) {
    const std::string pe = below("pe", f.pe, m.noc.pes());
    switch (f.pad) {
        case spad::weight:
            return first_of({pe, below("word", f.word, m.pe.weight_words), below("bit", f.bit, 24)});
        case spad::iact:
            return first_of({pe, below("word", f.word, m.pe.iact_entries), below("bit", f.bit, 12)});
        case spad::psum:
            break;
    }
    return first_of({pe, below("word", f.word, m.pe.psum_entries), below("bit", f.bit, m.pe.psum_bits)});
}

std::string check_port(const fault& f, const arch::machine& m) {
    const unsigned routers = f.port == network_port::iact     ? m.noc.iact_routers()
                             : f.port == network_port::weight ? m.noc.pe_rows
                                                              : m.noc.pe_cols;
    return first_of({below("cluster", f.cluster, m.noc.clusters()), below("router", f.bank, routers)});
}

}  // namespace

unsigned psum_word_bits(const arch::machine& m) {
    return 2 * m.psum_storage_bits();
}

std::string check(const fault& f, const arch::machine& m) {
    switch (f.what) {
        case kind::dram_flip:
            return first_of(
                {check_address(f, m), below("bit", f.bit, coded_bits(dram_word_bits, m.dram.ecc))});
        case kind::bus_error:
            return check_address(f, m);
        case kind::descriptor_flip:
            return first_of({below("word", f.word, sizeof(eyeriss_descriptor) / 4), below("bit", f.bit, 32)});
        case kind::glb_flip:
            return check_glb(f, m);
        case kind::spad_flip:
            return check_spad(f, m);
        case kind::stuck_port:
            return check_port(f, m);
        case kind::clock_gate:
            return below("cluster", f.cluster, m.noc.clusters());
        case kind::dma_stall:
        case kind::irq_lost:
        case kind::irq_spurious:
        case kind::irq_late:
            break;
    }
    return {};
}

}  // namespace eyeriss::faults
