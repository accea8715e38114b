#include <map>
#include <set>

#include "tests/reference/schedule.h"

namespace eyeriss::reference {
namespace {

circuits iact_routes(const schedule& s, const mapping& m, const machine& k) {
    std::map<stream_roles, std::vector<std::size_t>> groups;
    for (std::size_t cluster = 0; cluster < k.rows * k.cols; ++cluster) {
        stream_roles roles = s.roles_of(cluster);
        if (roles.empty()) continue;
        if (!m.multicast_iacts) roles.push_back({-1, -1, -1, static_cast<int>(cluster)});
        groups[roles].push_back(cluster);
    }
    circuits mesh(k.rows, k.cols);
    for (const auto& [roles, group] : groups) mesh.connect(group.front(), group);
    return mesh;
}

// Clusters of a mesh row whose PE rows use the same tiles may share a port; there are no vertical links.
circuits weight_routes(const schedule& s, const mapping& m, const machine& k, std::size_t row) {
    circuits mesh(k.rows, k.cols);
    for (std::size_t mesh_row = 0; mesh_row < k.rows; ++mesh_row) {
        std::map<std::set<std::array<int, 3>>, std::vector<std::size_t>> groups;
        for (std::size_t col = 0; col < k.cols; ++col) {
            const std::size_t cluster = mesh_row * k.cols + col;
            std::set<std::array<int, 3>> needs;
            for (const std::size_t pe : s.pes_of(cluster, row)) {
                const place& at = s.places()[pe];
                if (at.q >= 0) needs.insert({at.at.g, at.at.m, at.q});
            }
            if (needs.empty()) continue;
            if (!m.multicast_weights) needs.insert({-1, -1, static_cast<int>(cluster)});
            groups[needs].push_back(cluster);
        }
        for (const auto& [needs, group] : groups) mesh.connect(group.front(), group);
    }
    return mesh;
}

}  // namespace

mesh_setup routes(const layer& l, const mapping& m, const machine& k) {
    const schedule s(l, m, k);
    mesh_setup setup;
    setup.iact.assign(k.pe_rows, iact_routes(s, m, k));
    for (std::size_t row = 0; row < k.pe_rows; ++row) setup.weight.push_back(weight_routes(s, m, k, row));
    return setup;
}

}  // namespace eyeriss::reference
