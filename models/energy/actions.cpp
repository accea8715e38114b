#include "models/energy/actions.h"

#include <algorithm>

namespace eyeriss::energy {
namespace {

using c = component;

/// In the order of the enumeration.
constexpr std::array<action_info, action_count> infos{{
    {"mac.compute", c::mac, "MAC"},
    {"mac.gated", c::mac, "MAC"},
    {"iact_address_spad.read", c::iact_spad, "entry"},
    {"iact_address_spad.write", c::iact_spad, "entry"},
    {"iact_data_spad.read", c::iact_spad, "entry"},
    {"iact_data_spad.write", c::iact_spad, "entry"},
    {"weight_address_spad.read", c::weight_spad, "entry"},
    {"weight_address_spad.write", c::weight_spad, "entry"},
    {"weight_data_spad.read", c::weight_spad, "word"},
    {"weight_data_spad.write", c::weight_spad, "word"},
    {"psum_spad.read", c::psum_spad, "psum"},
    {"psum_spad.write", c::psum_spad, "psum"},
    {"glb_iact_bank.read", c::glb, "word"},
    {"glb_iact_bank.write", c::glb, "word"},
    {"glb_psum_bank.read", c::glb, "word"},
    {"glb_psum_bank.write", c::glb, "word"},
    {"iact_noc.router", c::noc, "word"},
    {"iact_noc.mesh_link", c::noc, "word"},
    {"iact_noc.local_link", c::noc, "word"},
    {"iact_noc.buffer", c::noc, "word"},
    {"weight_noc.router", c::noc, "word"},
    {"weight_noc.mesh_link", c::noc, "word"},
    {"weight_noc.local_link", c::noc, "word"},
    {"weight_noc.buffer", c::noc, "word"},
    {"psum_noc.router", c::noc, "word"},
    {"psum_noc.mesh_link", c::noc, "word"},
    {"psum_noc.local_link", c::noc, "word"},
    {"psum_noc.buffer", c::noc, "word"},
    {"pe_link.psum", c::pe_to_pe, "word"},
    {"requantiser.compute", c::requantiser, "psum"},
    {"off_chip_port.in", c::port, "word"},
    {"off_chip_port.out", c::port, "byte"},
    {"dram.read", c::dram, "byte"},
    {"dram.write", c::dram, "byte"},
    {"pe_clock.running", c::clock, "PE-cycle"},
    {"pe_clock.gated", c::clock, "PE-cycle"},
    {"pe_leakage.cycle", c::leakage, "PE-cycle"},
}};

}  // namespace

const action_info& info(action a) {
    return infos[static_cast<std::size_t>(a)];
}

std::optional<action> find_action(std::string_view key) {
    const auto* found =
        std::find_if(infos.begin(), infos.end(), [&](const action_info& i) { return i.key == key; });
    if (found == infos.end()) return std::nullopt;
    return static_cast<action>(found - infos.begin());
}

}  // namespace eyeriss::energy
