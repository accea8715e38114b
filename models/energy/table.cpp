#include "models/energy/table.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace eyeriss::energy {
namespace {

constexpr double count_bits = 4;
constexpr double iact_end_bits = 4;
constexpr double weight_end_bits = 7;
constexpr double glb_iact_word_bits = 24;
constexpr double requantiser_bits = 32;
constexpr double byte_bits = 8;

/// A word of `bits` in a memory of so many words.
action_size word_of(double bits, double words) {
    return {bits, bits * words / byte_bits};
}

/// A stored operand: with the count of the zeros before it where the PE is sparse, else raw.
double value_bits(const arch::pe_parameters& pe) {
    return pe.operand_bits + (pe.sparse ? count_bits : 0.0);
}

action_size spad_size(action a, const arch::pe_parameters& pe) {
    switch (a) {
        case action::iact_address_read:
        case action::iact_address_write:
            return word_of(iact_end_bits, pe.iact_address_entries);
        case action::iact_data_read:
        case action::iact_data_write:
            return word_of(value_bits(pe), pe.iact_entries);
        case action::weight_address_read:
        case action::weight_address_write:
            return word_of(weight_end_bits, pe.weight_address_entries);
        case action::weight_data_read:
        case action::weight_data_write:
            return word_of(2 * value_bits(pe), pe.weight_words);
        default:
            return word_of(pe.psum_bits, pe.psum_entries);
    }
}

/// A pipeline register holds an operand a lane; every stage has one.
action_size clock_size(const arch::pe_parameters& pe) {
    const double bits = value_bits(pe) * pe.macs;
    return {bits * pe.pipeline_stages, bits / byte_bits};
}

/// The memory behind one network port: a bank where each has its router, the whole buffer on a bus.
action_size glb_size(bool iact, const arch::machine& m) {
    if (!m.noc.is_bus()) {
        return iact ? word_of(m.noc.iact_port_bits, m.glb.iact_bank_words)
                    : word_of(2.0 * m.pe.psum_bits, m.glb.psum_bank_words);
    }
    const double iact_bits = glb_iact_word_bits * m.glb.iact_bank_words * m.noc.iact_routers();
    const double psum_bits = 2.0 * m.pe.psum_bits * m.glb.psum_bank_words * m.noc.pe_cols;
    return {iact ? m.noc.iact_port_bits : 2.0 * m.pe.psum_bits,
            (iact_bits + psum_bits) * m.noc.clusters() / byte_bits};
}

double port_bits(action a, const noc::noc_parameters& noc) {
    if (a >= action::iact_router && a <= action::iact_buffer) return noc.iact_port_bits;
    if (a >= action::weight_router && a <= action::weight_buffer) return noc.weight_port_bits;
    return noc.psum_port_bits;
}

double relative(const action_cost& cost, const action_size& size) {
    const double width = size.bits / cost.bits;
    switch (cost.grows) {
        case scaling::fixed:
            return cost.relative;
        case scaling::width:
            return cost.relative * width;
        case scaling::squared:
            return cost.relative * width * width;
        case scaling::storage:
            return cost.relative * width * std::cbrt(size.bytes / cost.bytes);
    }
    return 0;
}

}  // namespace

action_size size_of(action a, const arch::machine& m) {
    switch (info(a).part) {
        case component::mac:
            return {static_cast<double>(m.pe.operand_bits), 0};
        case component::iact_spad:
        case component::weight_spad:
        case component::psum_spad:
            return spad_size(a, m.pe);
        case component::glb:
            return glb_size(a == action::glb_iact_read || a == action::glb_iact_write, m);
        case component::noc:
            if (a == action::iact_buffer || a == action::weight_buffer || a == action::psum_buffer)
                return word_of(port_bits(a, m.noc), m.noc.mesh_packet_words);
            return {port_bits(a, m.noc), 0};
        case component::pe_to_pe:
            return {port_bits(a, m.noc), 0};
        case component::requantiser:
            return {requantiser_bits, 0};
        case component::port:
            return {a == action::port_in ? m.noc.iact_port_bits : byte_bits, 0};
        case component::clock:
        case component::leakage:
            return clock_size(m.pe);
        case component::dram:
            return {byte_bits, 0};
    }
    return {};
}

energy_table resolve(const cost_table& table, const arch::machine& m) {
    energy_table out;
    out.name = table.name;
    for_each_action([&](action a) {
        const auto& cost = table.costs[a];
        out.picojoules[a] = cost.picojoules.value_or(table.mac16_picojoules * relative(cost, size_of(a, m)));
    });
    return out;
}

double layer_energy::on_chip() const {
    return std::accumulate(picojoules.begin(), picojoules.end(), 0.0) - dram();
}

layer_energy& layer_energy::operator+=(const layer_energy& other) {
    for (std::size_t i = 0; i < component_count; ++i) picojoules[i] += other.picojoules[i];
    return *this;
}

layer_energy energy_of(const action_counts& counts, const energy_table& table) {
    layer_energy out;
    for_each_action([&](action a) {
        out.picojoules[static_cast<std::size_t>(info(a).part)] +=
            static_cast<double>(counts[a]) * table.picojoules[a];
    });
    return out;
}

double fit_scale(const cost_table& table, const arch::machine& m, const action_counts& counts,
                 double on_chip_picojoules) {
    cost_table unit = table;
    unit.mac16_picojoules = 1;
    const double both = energy_of(counts, resolve(unit, m)).on_chip();
    unit.mac16_picojoules = 0;
    const double absolute = energy_of(counts, resolve(unit, m)).on_chip();
    const double scale = (on_chip_picojoules - absolute) / (both - absolute);
    if (!std::isfinite(scale) || scale <= 0) {
        throw std::invalid_argument(fmt::format(
            "no scale above 0 gives {:.4g} pJ on the chip: the table states {:.4g} pJ that do not scale",
            on_chip_picojoules, absolute));
    }
    return scale;
}

}  // namespace eyeriss::energy
