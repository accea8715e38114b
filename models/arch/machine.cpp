#include "models/arch/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/arch/memory_parameters.h"
#include "models/arch/parameter_kinds.h"

namespace eyeriss::arch {
namespace {

parameter name_parameter() {
    auto set = [](machine& m, std::string_view text) {
        const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                   c == '-' || c == '.';
        });
        if (text.empty() || text.size() > 64 || !clean) {
            throw std::invalid_argument("expects 1 to 64 letters, digits, '_', '-' or '.'");
        }
        m.name = text;
    };
    return {"name",
            "",
            "1..64 letters",
            "Name of the machine, as results carry it.",
            [](const machine& m) { return m.name; },
            set};
}

using list = std::vector<parameter>;

void add_noc(list& out) {
    out.push_back(choice<noc::topology>(
        "noc.topology",
        "hierarchical_mesh: routers of clusters (JETCAS 2019); bus: a broadcast bus a data type, a "
        "cluster being one PE row (JSSC 2017); to compare with: mesh, packets over buffered routers, and "
        "crossbar, every port to every cluster.",
        {{noc::topology::hierarchical_mesh, "hierarchical_mesh"},
         {noc::topology::mesh, "mesh"},
         {noc::topology::bus, "bus"},
         {noc::topology::crossbar, "crossbar"},
         {noc::topology::hierarchical_mesh, "hm"}},
        [](machine& m) -> noc::topology& { return m.noc.kind; }));
    out.push_back(number<unsigned>("noc.cluster_rows", "clusters", 1, 64,
                                   "Rows of the mesh of router clusters (JETCAS 2019: 8).",
                                   [](machine& m) -> unsigned& { return m.noc.cluster_rows; }));
    out.push_back(number<unsigned>("noc.cluster_cols", "clusters", 1, 64,
                                   "Columns of the mesh of router clusters (JETCAS 2019: 2).",
                                   [](machine& m) -> unsigned& { return m.noc.cluster_cols; }));
    out.push_back(number<unsigned>(
        "noc.pe_rows", "PEs", 1, 16,
        "PE rows of a cluster; an iact and a weight router and an iact bank each (JETCAS 2019: 3).",
        [](machine& m) -> unsigned& { return m.noc.pe_rows; }));
    out.push_back(
        number<unsigned>("noc.pe_cols", "PEs", 1, 16,
                         "PE columns of a cluster; a psum router and a psum bank each (JETCAS 2019: 4).",
                         [](machine& m) -> unsigned& { return m.noc.pe_cols; }));
    out.push_back(number<unsigned>("noc.iact_port_bits", "bits", 1, 1024,
                                   "Width of an iact port, a multiple of 24: two pairs or three raw values "
                                   "(JETCAS 2019: 24); of the bus, any.",
                                   [](machine& m) -> unsigned& { return m.noc.iact_port_bits; }));
    out.push_back(
        number<unsigned>("noc.weight_port_bits", "bits", 1, 1024,
                         "Width of a weight port, a multiple of 24 (JETCAS 2019: 24); of the bus, any.",
                         [](machine& m) -> unsigned& { return m.noc.weight_port_bits; }));
    out.push_back(number<unsigned>("noc.psum_port_bits", "bits", 8, 1024,
                                   "Width of a psum port; it carries whole psums (JETCAS 2019: 40).",
                                   [](machine& m) -> unsigned& { return m.noc.psum_port_bits; }));
    out.push_back(number<unsigned>("noc.hop_cycles", "cycles", 0, 64,
                                   "Latency of a link between two routers (assumption; the paper has none).",
                                   [](machine& m) -> unsigned& { return m.noc.hop_cycles; }));
    out.push_back(choice<noc::multicast>(
        "noc.multicast",
        "On noc.topology=mesh a packet for several clusters is copied where ways part, or sent once for each "
        "of them (assumption: tree).",
        {{noc::multicast::tree, "tree"}, {noc::multicast::copies, "copies"}},
        [](machine& m) -> noc::multicast& { return m.noc.packets; }));
    out.push_back(
        number<unsigned>("noc.mesh_planes", "meshes", 0, 16,
                         "Meshes a data type with noc.topology=mesh, which a cluster's ports share "
                         "by turns; 0: one a port, the wires of the hierarchical mesh (assumption).",
                         [](machine& m) -> unsigned& { return m.noc.mesh_planes; }));
    out.push_back(number<unsigned>("noc.mesh_packet_words", "words", 1, 1024,
                                   "Longest packet with noc.topology=mesh, and what an input buffer of a "
                                   "router holds (assumption: 8).",
                                   [](machine& m) -> unsigned& { return m.noc.mesh_packet_words; }));
}

void add_pe_storage(list& out) {
    out.push_back(number<unsigned>("pe.macs", "MACs", 1, 2,
                                   "Multipliers of a PE: weights of one column handled in a cycle (JETCAS "
                                   "2019: 2).",
                                   [](machine& m) -> unsigned& { return m.pe.macs; }));
    out.push_back(flag(
        "pe.sparse",
        "PEs work on compressed operands and skip zeros, as in v2; false: raw operands, every zero takes "
        "its turn (the dense PE of v1 and v1.5).",
        [](machine& m) -> bool& { return m.pe.sparse; }));
    out.push_back(number<unsigned>("pe.iact_address_entries", "entries", 1, 255,
                                   "Segment ends in the iact address SPad (JETCAS 2019: 9 x 4 b).",
                                   [](machine& m) -> unsigned& { return m.pe.iact_address_entries; }));
    out.push_back(number<unsigned>("pe.iact_entries", "entries", 1, 255,
                                   "12-bit pairs in the iact data SPad (JETCAS 2019: 16).",
                                   [](machine& m) -> unsigned& { return m.pe.iact_entries; }));
    out.push_back(number<unsigned>("pe.weight_address_entries", "entries", 1, 255,
                                   "Column ends in the weight address SPad (JETCAS 2019: 16 x 7 b).",
                                   [](machine& m) -> unsigned& { return m.pe.weight_address_entries; }));
    out.push_back(
        number<unsigned>("pe.weight_words", "words", 1, 127,
                         "24-bit words in the weight data SPad; ends of 7 bits reach 127 (JETCAS 2019: 96).",
                         [](machine& m) -> unsigned& { return m.pe.weight_words; }));
    out.push_back(number<unsigned>("pe.psum_entries", "entries", 1, 255,
                                   "Psums in the psum SPad, the largest M0 (JETCAS 2019: 32 x 20 b).",
                                   [](machine& m) -> unsigned& { return m.pe.psum_entries; }));
}

void add_pe_behaviour(list& out) {
    out.push_back(number<unsigned>("pe.psum_bits", "bits", 8, 32, "Width of a psum (JETCAS 2019: 20).",
                                   [](machine& m) -> unsigned& { return m.pe.psum_bits; }));
    out.push_back(number<unsigned>("pe.operand_bits", "bits", 8, 16,
                                   "Width of raw operands on networks, 8 or 16; values stay 8-bit and are "
                                   "sign-extended (JETCAS 2019: 8; JSSC 2017: 16).",
                                   [](machine& m) -> unsigned& { return m.pe.operand_bits; }));
    out.push_back(choice<overflow_mode>(
        "pe.overflow", "What a psum does that does not fit pe.psum_bits; each is counted (assumption: wrap).",
        {{overflow_mode::wrap, "wrap"}, {overflow_mode::saturate, "saturate"}},
        [](machine& m) -> overflow_mode& { return m.pe.overflow; }));
    out.push_back(number<unsigned>("pe.pipeline_stages", "stages", 1, 64,
                                   "Pipeline depth of a PE: cycles to fill it (JETCAS 2019: 7).",
                                   [](machine& m) -> unsigned& { return m.pe.pipeline_stages; }));
    out.push_back(number<unsigned>(
        "pe.drop_queue_columns", "columns", 0, 64,
        "Columns queued between weight-address and weight-data stages; hides empty columns (assumption).",
        [](machine& m) -> unsigned& { return m.pe.drop_queue_columns; }));
    out.push_back(flag("pe.psum_transfer_takes_ports",
                       "Psums moving in and out of the SPad stop the MACs (assumption: they do).",
                       [](machine& m) -> bool& { return m.pe.psum_transfer_takes_ports; }));
    out.push_back(number<unsigned>("pe.psum_fifo_windows", "windows", 1, 64,
                                   "Windows of psums that fit between two PEs of a chain (assumption: 1).",
                                   [](machine& m) -> unsigned& { return m.pe.psum_fifo_windows; }));
    out.push_back(flag("pe.weight_double_buffer",
                       "The next pass's weights load while computing (assumption: they do not).",
                       [](machine& m) -> bool& { return m.pe.weight_double_buffer; }));
}

void add_glb_and_control(list& out) {
    out.push_back(number<unsigned>("glb.iact_bank_words", "words", 1, 65536,
                                   "24-bit words of an iact bank (JETCAS 2019: 512).",
                                   [](machine& m) -> unsigned& { return m.glb.iact_bank_words; }));
    out.push_back(number<unsigned>("glb.psum_bank_words", "words", 1, 65536,
                                   "40-bit words of a psum bank, two 20-bit psums each (JETCAS 2019: 384).",
                                   [](machine& m) -> unsigned& { return m.glb.psum_bank_words; }));
    out.push_back(flag("glb.ecc",
                       "Each word of the GLB carries check bits: one wrong bit is corrected, two are "
                       "signalled (assumption: none).",
                       [](machine& m) -> bool& { return m.glb.ecc; }));
    out.push_back(
        number<unsigned>("control.config_bits_per_cycle", "bits/cycle", 1, 65536,
                         "Rate at which a layer's static configuration is shifted in (assumption: 32).",
                         [](machine& m) -> unsigned& { return m.control.config_bits_per_cycle; }));
    out.push_back(
        number<unsigned>("control.requant_psums_per_cycle", "psums/cycle", 1, 64,
                         "Speed of a requantiser; each psum column has one (assumption: 2).",
                         [](machine& m) -> unsigned& { return m.control.requant_psums_per_cycle; }));
    out.push_back(number<unsigned>(
        "control.output_tiles", "tiles", 1, 64,
        "Passes of finished outputs that may wait for DRAM before the array stalls (assumption: 2).",
        [](machine& m) -> unsigned& { return m.control.output_tiles; }));
    out.push_back(flag("control.shared_weight_reads",
                       "One DRAM read feeds every weight port that needs the bytes (assumption: it does).",
                       [](machine& m) -> bool& { return m.control.shared_weight_reads; }));
    out.push_back(choice<compression>(
        "control.feature_maps", "How feature maps lie in DRAM and travel: compressed pairs or raw bytes.",
        {{compression::csc, "csc"}, {compression::raw, "raw"}},
        [](machine& m) -> compression& { return m.control.feature_maps; }));
}

void add_core(list& out) {
    out.push_back(number<unsigned>("core.clock_mhz", "MHz", 1, 10000,
                                   "Clock of the RISC-V core; an instruction takes a cycle.",
                                   [](machine& m) -> unsigned& { return m.core.clock_mhz; }));
    out.push_back(number<unsigned>("core.harts", "harts", 1, 64, "RISC-V harts of the SoC.",
                                   [](machine& m) -> unsigned& { return m.core.harts; }));
    out.push_back(
        number<unsigned>("core.quantum_ns", "ns", 1, 1000000000,
                         "Longest time that the hart runs ahead of the kernel; no result depends on it.",
                         [](machine& m) -> unsigned& { return m.core.quantum_ns; }));
    out.push_back(number<std::uint64_t>("core.sram_kib", "KiB", 64, 65536, "Size of the on-chip SRAM.",
                                        [](machine& m) -> std::uint64_t& { return m.core.sram_kib; }));
}

list make_parameters() {
    list out;
    out.push_back(name_parameter());
    out.push_back(number<unsigned>("clock_mhz", "MHz", 1, 10000, "Clock of the array (JETCAS 2019: 200).",
                                   [](machine& m) -> unsigned& { return m.clock_mhz; }));
    add_noc(out);
    add_pe_storage(out);
    add_pe_behaviour(out);
    add_glb_and_control(out);
    add_memory_parameters(out);
    add_core(out);
    return out;
}

constexpr unsigned most_pes = 65536;
constexpr unsigned most_pes_of_a_cluster = 32;  // a burst names them by a 32-bit mask

}  // namespace

std::uint32_t machine::geometry() const {
    return noc.cluster_rows | noc.cluster_cols << 8U | noc.pe_rows << 16U | noc.pe_cols << 24U;
}

const std::vector<parameter>& parameters() {
    static const list table = make_parameters();
    return table;
}

namespace {

std::string check_bus(const machine& m) {
    if (m.noc.pe_rows != 1) {
        return fmt::format(
            "noc.pe_rows is {}: noc.topology=bus expects 1, a cluster is one PE row (machine eyeriss_v2_bus "
            "has v2's PEs so)",
            m.noc.pe_rows);
    }
    return {};
}

std::string check_mesh(const machine& m) {
    if (m.noc.iact_port_bits % 24 != 0) {
        return fmt::format("noc.iact_port_bits is {}: expects a multiple of 24", m.noc.iact_port_bits);
    }
    if (m.noc.weight_port_bits % 24 != 0) {
        return fmt::format("noc.weight_port_bits is {}: expects a multiple of 24", m.noc.weight_port_bits);
    }
    return {};
}

}  // namespace

std::string check(const machine& m) {
    auto message = m.noc.is_bus() ? check_bus(m) : check_mesh(m);
    if (!message.empty()) return message;
    if (m.pe.operand_bits % 8 != 0) {
        return fmt::format("pe.operand_bits is {}: expects 8 or 16", m.pe.operand_bits);
    }
    if (m.pe.operand_bits != 8 && m.pe.sparse) {
        return fmt::format("pe.operand_bits is {}: pe.sparse=true expects 8, as in its 12-bit pairs",
                           m.pe.operand_bits);
    }
    if (m.noc.psum_port_bits < m.pe.psum_bits && !m.noc.is_bus()) {
        return fmt::format("noc.psum_port_bits is {}: expects at least pe.psum_bits, which is {}",
                           m.noc.psum_port_bits, m.pe.psum_bits);
    }
    if (m.noc.pes_per_cluster() > most_pes_of_a_cluster && m.noc.pes() <= most_pes) {
        return fmt::format("noc.pe_rows x noc.pe_cols is {} PEs a cluster: expects at most {}",
                           m.noc.pes_per_cluster(), most_pes_of_a_cluster);
    }
    if (m.noc.pes() > most_pes) {
        return fmt::format(
            "noc.cluster_rows x noc.cluster_cols x noc.pe_rows x noc.pe_cols is {} PEs: expects at most {}",
            m.noc.pes(), most_pes);
    }
    return check_memory(m);
}

}  // namespace eyeriss::arch
