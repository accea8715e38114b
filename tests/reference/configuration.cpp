#include <array>

#include "models/abi/noc_config.h"
#include "tests/reference/circuits.h"

namespace eyeriss::reference {
namespace {

constexpr std::size_t word_bits = 32;

std::size_t ports_of(const mesh_size& m) {
    return m.pe_rows * (EYERISS_IACT_PORTS + EYERISS_WEIGHT_PORTS) + m.pe_cols * EYERISS_PSUM_PORTS;
}

/// A cluster's ports, read one after the other.
class port_reader {
public:
    explicit port_reader(std::span<const std::uint32_t> words) : words_(words) {}

    unsigned next() {
        unsigned value = 0;
        for (unsigned i = 0; i < EYERISS_PORT_BITS; ++i, ++bit_)
            value |= (words_[bit_ / word_bits] >> (bit_ % word_bits) & 1U) << i;
        return value;
    }
    /// A router's destination ports; each port's number is both where it leads and what it listens to.
    template <std::size_t Ports>
    void read_router(circuits& mesh, std::size_t cluster, const std::array<way, Ports>& source,
                     const std::array<way, Ports>& destination) {
        for (const way out : destination)
            if (const unsigned from = next(); from < Ports) mesh.set(cluster, out, source[from]);
    }

private:
    std::span<const std::uint32_t> words_;
    std::size_t bit_ = 0;
};

}  // namespace

std::size_t mesh_size::configuration_bits() const {
    return rows * cols * ports_of(*this) * EYERISS_PORT_BITS;
}

mesh_setup read_configuration(std::span<const std::uint32_t> words, const mesh_size& m) {
    constexpr std::array iact_from{way::north, way::south, way::east, way::bank, way::west};
    constexpr std::array iact_to{way::north, way::south, way::east, way::pes, way::west};
    constexpr std::array weight_from{way::east, way::bank, way::west};
    constexpr std::array weight_to{way::east, way::pes, way::west};
    mesh_setup setup;
    setup.iact.assign(m.pe_rows, circuits(m.rows, m.cols));
    setup.weight = setup.iact;
    const std::size_t words_a_cluster = (ports_of(m) * EYERISS_PORT_BITS + word_bits - 1) / word_bits;
    for (std::size_t cluster = 0; cluster < m.rows * m.cols; ++cluster) {
        port_reader ports(words.subspan(cluster * words_a_cluster, words_a_cluster));
        for (circuits& plane : setup.iact) ports.read_router(plane, cluster, iact_from, iact_to);
        for (std::size_t i = 0; i < m.pe_rows; ++i) {
            // The reference counts PE rows from the bottom, the configuration from the top.
            circuits& row = setup.weight[m.pe_rows - 1 - i];
            ports.read_router(row, cluster, weight_from, weight_to);
        }
    }
    return setup;
}

}  // namespace eyeriss::reference
