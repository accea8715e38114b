#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What a layer does, counted where it happens: the input of the energy table (models/energy/table.h).
namespace eyeriss::energy {

/// An action of one component. A count says how often it took place over all instances of the component.
enum class action : std::uint8_t {
    mac,                   ///< a lane multiplies and adds; a stored zero weight counts, it is not gated
    mac_gated,             ///< a lane has a turn but stands still: a pad, or a zero iact that takes its turn
    iact_address_read,     ///< segment ends read from the iact address SPad
    iact_address_write,    ///< segment ends written into it
    iact_data_read,        ///< iacts read from the iact data SPad
    iact_data_write,       ///< iacts written into it
    weight_address_read,   ///< column ends read from the weight address SPad: begin and end of a column
    weight_address_write,  ///< column ends written into it
    weight_data_read,      ///< words of two weights read from the weight data SPad
    weight_data_write,     ///< words written into it
    psum_spad_read,        ///< psums read from the psum SPad, to add or to leave
    psum_spad_write,       ///< psums written into it, sums or zeros for the next window
    glb_iact_read,         ///< words out of iact banks
    glb_iact_write,        ///< words into iact banks
    glb_psum_read,         ///< words of two psums out of psum banks
    glb_psum_write,        ///< words of two psums into psum banks
    iact_router,           ///< words through iact routers: each output port that sends one
    iact_mesh_link,        ///< words over links between iact routers; a multicast once a link
    iact_local_link,       ///< words from iact routers into clusters
    iact_buffer,           ///< words into and out of flit buffers, on a packet network
    weight_router,         ///< the same for the weight network
    weight_mesh_link,      ///<
    weight_local_link,     ///<
    weight_buffer,         ///<
    psum_router,           ///< the same for the psum network
    psum_mesh_link,        ///<
    psum_local_link,       ///< from routers into PE columns and psum banks
    psum_buffer,           ///<
    psum_hop,              ///< words of two psums from a PE to the PE above it
    requantise,            ///< finished psums that became outputs
    port_in,               ///< words that entered from off-chip: iact banks filled, weight routers fed
    port_out,              ///< bytes that left for DRAM
    dram_read,             ///< bytes
    dram_write,            ///< bytes
    pe_clock,              ///< PE-cycles in which the PE's pipeline was clocked
    pe_clock_gated,        ///< PE-cycles in which it stood still: waiting, finished or not mapped
    leakage,               ///< PE-cycles, all
};
inline constexpr std::size_t action_count = static_cast<std::size_t>(action::leakage) + 1;

/// What results add up: a component of the chip, or the DRAM beside it.
enum class component : std::uint8_t {
    mac,
    iact_spad,
    weight_spad,
    psum_spad,
    glb,
    noc,       ///< routers and links of the three networks
    pe_to_pe,  ///< psums that climb inside a PE column
    requantiser,
    port,
    clock,
    leakage,
    dram
};
inline constexpr std::size_t component_count = static_cast<std::size_t>(component::dram) + 1;
/// Names of the components, in the order of the enumeration, as results have them.
inline constexpr std::array<std::string_view, component_count> component_names{
    "mac",      "iact_spad",   "weight_spad", "psum_spad", "glb",     "noc",
    "pe_to_pe", "requantiser", "port",        "clock",     "leakage", "dram"};

/// How an action is named outside.
struct action_info {
    std::string_view key;   ///< in energy tables and results, e.g. "iact_data_spad.read"
    component part;         ///< what it adds to
    std::string_view unit;  ///< what is counted: "word", "byte", ...
    /// The part before the dot and the part behind it.
    [[nodiscard]] constexpr std::string_view block() const { return key.substr(0, key.find('.')); }
    [[nodiscard]] constexpr std::string_view verb() const { return key.substr(key.find('.') + 1); }
};
[[nodiscard]] const action_info& info(action a);
/// The action of a key, or nothing.
[[nodiscard]] std::optional<action> find_action(std::string_view key);

/// A value for each action.
template <typename T>
class by_action {
public:
    [[nodiscard]] T& operator[](action a) { return values_[static_cast<std::size_t>(a)]; }
    [[nodiscard]] const T& operator[](action a) const { return values_[static_cast<std::size_t>(a)]; }
    bool operator==(const by_action&) const = default;
    by_action& operator+=(const by_action& other) {
        for (std::size_t i = 0; i < action_count; ++i) values_[i] += other.values_[i];
        return *this;
    }

private:
    std::array<T, action_count> values_{};
};

/// How often each action took place.
using action_counts = by_action<std::uint64_t>;

/// Calls visit(action) for each, in the order of the enumeration.
template <typename Visit>
void for_each_action(Visit visit) {
    for (std::size_t i = 0; i < action_count; ++i) visit(static_cast<action>(i));
}

}  // namespace eyeriss::energy
