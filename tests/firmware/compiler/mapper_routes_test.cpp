#define BOOST_TEST_MODULE noc_routes
#include <boost/test/unit_test.hpp>

#include "firmware/compiler/noc_routes.h"
#include "models/abi/noc_config.h"
#include "tests/firmware/compiler/mapper_shapes.h"

namespace {

using namespace eyeriss;

/// Reads the port that drives a destination out of the configuration words.
class ports {
public:
    explicit ports(const compiler::noc_routes& routes) : routes_(routes) {}
    [[nodiscard]] unsigned iact(unsigned row, unsigned col, unsigned plane, unsigned destination) const {
        return driver(row, col, (plane * EYERISS_IACT_PORTS + destination) * EYERISS_IACT_PORTS,
                      EYERISS_IACT_PORTS);
    }
    [[nodiscard]] unsigned weight(unsigned row, unsigned col, unsigned pe_row, unsigned destination) const {
        return driver(row, col,
                      3 * EYERISS_IACT_PORTS * EYERISS_IACT_PORTS +
                          (pe_row * EYERISS_WEIGHT_PORTS + destination) * EYERISS_WEIGHT_PORTS,
                      EYERISS_WEIGHT_PORTS);
    }
    [[nodiscard]] unsigned psum(unsigned row, unsigned col, unsigned pe_col, unsigned destination) const {
        return driver(
            row, col,
            3 * (EYERISS_IACT_PORTS * EYERISS_IACT_PORTS + EYERISS_WEIGHT_PORTS * EYERISS_WEIGHT_PORTS) +
                (pe_col * EYERISS_PSUM_PORTS + destination) * EYERISS_PSUM_PORTS,
            EYERISS_PSUM_PORTS);
    }

private:
    [[nodiscard]] unsigned driver(unsigned row, unsigned col, unsigned first_bit, unsigned sources) const {
        const std::size_t first = (std::size_t{row} * 2 + col) * routes_.words_per_cluster;
        unsigned found = EYERISS_PORT_NONE;
        for (unsigned i = 0; i < sources; ++i) {
            const unsigned bit = first_bit + i;
            if ((routes_.words.at(first + bit / 32) >> (bit % 32) & 1U) == 0) continue;
            BOOST_TEST(found == +EYERISS_PORT_NONE, "two drivers on a port");
            found = i;
        }
        return found;
    }
    const compiler::noc_routes& routes_;
};

/// A 1x1 layer of 192 x 192 channels on 8 x 8: every split below divides it.
arch::layer_shape square() {
    return test::conv(192, 192, 8, 1);
}

arch::mapping tile(unsigned m0, unsigned c0, unsigned c1) {
    arch::mapping map;
    map.m0 = m0;
    map.c0 = c0;
    map.c1 = c1;
    map.chain_clusters = (c1 + 2) / 3;
    return map;
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_clusters_share_iacts_when_only_m_differs) {
    auto map = tile(3, 16, 3);
    map.vertical.m = 8;
    map.horizontal.m = 8;
    const arch::machine m;
    const auto routes = compiler::make_noc_routes(square(), map, m);
    BOOST_TEST(routes.iact_mode == "broadcast");
    BOOST_TEST(routes.weight_mode == "unicast");
    BOOST_TEST(routes.words_per_cluster == 5U);  // 3*5*5 + 3*3*3 + 4*3*3 = 138 bits
    BOOST_TEST(routes.words.size() == 80U);
    // Source: south and east and PEs from the GLB bank (bit 3 of their five), north and west from nobody.
    BOOST_TEST((routes.words[0] & 0x1ffffffU) == (8U << 5 | 8U << 10 | 8U << 15));
    const ports p(routes);
    BOOST_TEST(p.iact(0, 1, 2, EYERISS_IACT_LOCAL) == +EYERISS_IACT_WEST);
    BOOST_TEST(p.iact(0, 1, 2, EYERISS_IACT_SOUTH) == +EYERISS_IACT_WEST);
    BOOST_TEST(p.iact(0, 1, 2, EYERISS_IACT_EAST) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.iact(3, 1, 0, EYERISS_IACT_LOCAL) == +EYERISS_IACT_NORTH);
    BOOST_TEST(p.iact(3, 1, 0, EYERISS_IACT_SOUTH) == +EYERISS_IACT_NORTH);
    BOOST_TEST(p.iact(3, 0, 0, EYERISS_IACT_EAST) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.iact(7, 0, 1, EYERISS_IACT_LOCAL) == +EYERISS_IACT_NORTH);
    BOOST_TEST(p.iact(7, 0, 1, EYERISS_IACT_SOUTH) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.weight(5, 1, 1, EYERISS_WEIGHT_LOCAL) == +EYERISS_WEIGHT_LOCAL);
    BOOST_TEST(p.weight(5, 0, 1, EYERISS_WEIGHT_EAST) == +EYERISS_PORT_NONE);
}

BOOST_AUTO_TEST_CASE(weights_go_east_when_columns_differ_in_e) {
    auto map = tile(24, 4, 3);
    map.vertical.m = 8;
    map.horizontal.e = 8;
    const arch::machine m;
    const arch::tiling tiles(square(), map, m);
    const auto groups = compiler::iact_groups(tiles, m.noc);
    BOOST_REQUIRE(groups.size() == 2U);
    BOOST_TEST((groups[0] == compiler::sharing_group{{0, 0}, 8, 1}));
    BOOST_TEST((groups[1] == compiler::sharing_group{{0, 1}, 8, 1}));
    const auto routes = compiler::make_noc_routes(square(), map, m);
    BOOST_TEST(routes.iact_mode == "interleaved multicast");
    BOOST_TEST(routes.weight_mode == "broadcast");
    const ports p(routes);
    BOOST_TEST(p.weight(2, 0, 0, EYERISS_WEIGHT_LOCAL) == +EYERISS_WEIGHT_LOCAL);
    BOOST_TEST(p.weight(2, 0, 0, EYERISS_WEIGHT_EAST) == +EYERISS_WEIGHT_LOCAL);
    BOOST_TEST(p.weight(2, 1, 0, EYERISS_WEIGHT_LOCAL) == +EYERISS_WEIGHT_WEST);
    BOOST_TEST(p.weight(2, 1, 0, EYERISS_WEIGHT_EAST) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.iact(0, 1, 0, EYERISS_IACT_LOCAL) == +EYERISS_IACT_LOCAL);
    BOOST_TEST(p.iact(0, 0, 0, EYERISS_IACT_EAST) == +EYERISS_PORT_NONE);
}

BOOST_AUTO_TEST_CASE(rows_of_one_output_row_form_blocks) {
    auto map = tile(24, 4, 3);
    map.vertical = {1, 1, 2, 4};
    map.horizontal = {1, 1, 4, 2};
    const arch::machine m;
    const arch::tiling tiles(square(), map, m);
    const auto groups = compiler::iact_groups(tiles, m.noc);
    BOOST_REQUIRE(groups.size() == 8U);  // four e by two columns of another e
    BOOST_TEST((groups[0] == compiler::sharing_group{{0, 0}, 2, 1}));
    BOOST_TEST((groups[3] == compiler::sharing_group{{2, 1}, 2, 1}));
    BOOST_TEST(compiler::weights_shared(tiles, m.noc));
    const auto routes = compiler::make_noc_routes(square(), map, m);
    BOOST_TEST(routes.iact_mode == "broadcast");
    BOOST_TEST(routes.weight_mode == "interleaved multicast");
    const ports p(routes);
    BOOST_TEST(p.iact(2, 1, 0, EYERISS_IACT_SOUTH) == +EYERISS_IACT_LOCAL);
    BOOST_TEST(p.iact(3, 1, 0, EYERISS_IACT_LOCAL) == +EYERISS_IACT_NORTH);
    BOOST_TEST(p.iact(3, 1, 0, EYERISS_IACT_SOUTH) == +EYERISS_PORT_NONE);
}

BOOST_AUTO_TEST_CASE(psums_of_a_long_chain_run_south) {
    auto map = tile(24, 16, 12);  // four clusters of three PEs reduce all 192 channels
    map.vertical.m = 2;
    map.horizontal.e = 8;
    const arch::machine m;
    map.iact_single_buffer = true;
    BOOST_REQUIRE(arch::check(map, square(), m, 96).empty());
    const auto routes = compiler::make_noc_routes(square(), map, m);
    const ports p(routes);
    BOOST_TEST(p.psum(0, 0, 0, EYERISS_PSUM_PE) == +EYERISS_PSUM_BANK);
    BOOST_TEST(p.psum(0, 0, 0, EYERISS_PSUM_MESH) == +EYERISS_PSUM_PE);
    BOOST_TEST(p.psum(0, 0, 0, EYERISS_PSUM_BANK) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.psum(2, 1, 3, EYERISS_PSUM_PE) == +EYERISS_PSUM_MESH);
    BOOST_TEST(p.psum(2, 1, 3, EYERISS_PSUM_MESH) == +EYERISS_PSUM_PE);
    BOOST_TEST(p.psum(3, 1, 3, EYERISS_PSUM_BANK) == +EYERISS_PSUM_PE);
    BOOST_TEST(p.psum(3, 1, 3, EYERISS_PSUM_MESH) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.psum(4, 1, 3, EYERISS_PSUM_PE) == +EYERISS_PSUM_BANK);
    BOOST_TEST(routes.psum_mode == "unicast south over 4 clusters");
    BOOST_TEST(routes.iact_mode == "unicast");  // chains keep clusters with equal rows apart
    BOOST_TEST(p.iact(4, 0, 0, EYERISS_IACT_LOCAL) == +EYERISS_IACT_LOCAL);
}

BOOST_AUTO_TEST_CASE(clusters_without_work_stay_unconnected) {
    auto map = tile(24, 4, 3);
    map.vertical.m = 2;
    map.horizontal.m = 4;
    const auto routes = compiler::make_noc_routes(square(), map, {});
    const ports p(routes);
    for (unsigned row = 0; row < 8; ++row) {
        for (unsigned col = 0; col < 2; ++col) {
            const bool works = row < 2 && col == 0;
            BOOST_TEST((p.iact(row, col, 0, EYERISS_IACT_LOCAL) != EYERISS_PORT_NONE) == works);
            BOOST_TEST((p.weight(row, col, 0, EYERISS_WEIGHT_LOCAL) != EYERISS_PORT_NONE) == works);
            BOOST_TEST((p.psum(row, col, 0, EYERISS_PSUM_PE) != EYERISS_PORT_NONE) == works);
        }
    }
    BOOST_TEST(p.iact(1, 0, 0, EYERISS_IACT_SOUTH) == +EYERISS_PORT_NONE);
    BOOST_TEST(p.iact(0, 0, 0, EYERISS_IACT_EAST) == +EYERISS_PORT_NONE);
}

BOOST_AUTO_TEST_CASE(depthwise_groups_take_their_iacts_alone) {
    arch::mapping map;
    map.s0 = 3;
    map.r1 = 3;
    map.vertical.g = 8;
    map.horizontal.g = 8;
    const auto shape = test::conv(64, 64, 8, 3, 1, 1, 64);
    const arch::machine m;
    BOOST_REQUIRE(arch::check(map, shape, m, 3).empty());
    const auto routes = compiler::make_noc_routes(shape, map, m);
    BOOST_TEST(routes.iact_mode == "unicast");
    BOOST_TEST(routes.weight_mode == "unicast");
    BOOST_TEST(routes.psum_mode == "unicast");
    BOOST_TEST(compiler::iact_groups(arch::tiling(shape, map, m), m.noc).size() == 16U);
}

BOOST_AUTO_TEST_CASE(a_cluster_follows_only_a_source_that_names_all_its_pes) {
    // 26 tiles of ten channels over 4 x 7 places: in the last cluster rows the western cluster has lost the
    // PEs whose neighbours in the east still work on the same row of iacts.
    arch::machine m;
    m.noc.cluster_rows = m.noc.cluster_cols = 8;
    m.noc.pe_rows = m.noc.pe_cols = 4;
    m.pe.macs = 1;
    arch::mapping map;
    map.m0 = 10;
    map.c0 = 16;
    map.c1 = 8;
    map.chain_clusters = 2;
    map.vertical.m = 4;
    map.horizontal = {1, 1, 7, 4};
    const arch::tiling tiles(test::conv(256, 128, 8, 1), map, m);
    for (const auto& group : compiler::iact_groups(tiles, m.noc)) {
        const auto streams = tiles.cluster_streams({}, group.source.row, group.source.col);
        std::uint32_t named = 0;
        for (const auto& s : streams) named |= s.pes;
        for (unsigned row = group.source.row; row < group.source.row + group.rows; ++row) {
            for (unsigned col = group.source.col; col < group.source.col + group.cols; ++col) {
                for (const auto& s : tiles.cluster_streams({}, row, col))
                    BOOST_TEST((s.pes & ~named) == 0U, "cluster " << row << "," << col);
            }
        }
    }
}
