#include <array>
#include <string>

#include "sims/networks/architectures.h"

namespace eyeriss::networks {
namespace {

// Output channels of the branches, in the order of the paper's table.
struct inception {
    const char* name;
    unsigned c1x1, reduce3x3, c3x3, reduce5x5, c5x5, projection;
};

constexpr std::array<inception, 9> modules{{{"3a", 64, 96, 128, 16, 32, 32},
                                            {"3b", 128, 128, 192, 32, 96, 64},
                                            {"4a", 192, 96, 208, 16, 48, 64},
                                            {"4b", 160, 112, 224, 24, 64, 64},
                                            {"4c", 128, 128, 256, 24, 64, 64},
                                            {"4d", 112, 144, 288, 32, 64, 64},
                                            {"4e", 256, 160, 320, 32, 128, 128},
                                            {"5a", 256, 160, 320, 32, 128, 128},
                                            {"5b", 384, 192, 384, 48, 128, 128}}};

value_id add(plan& p, value_id x, const inception& module) {
    const std::string name = std::string("inception_") + module.name + "/";
    const value_id a = p.conv(name + "1x1", x, module.c1x1, {});
    const value_id b =
        p.conv(name + "3x3", p.conv(name + "3x3_reduce", x, module.reduce3x3, {}), module.c3x3, {3, 1, 1, 1});
    const value_id c =
        p.conv(name + "5x5", p.conv(name + "5x5_reduce", x, module.reduce5x5, {}), module.c5x5, {5, 1, 2, 2});
    const value_id d =
        p.conv(name + "pool_proj", p.pool(name + "pool", x, {3, 1, 1, 1}), module.projection, {});
    return p.concat(name + "output", {a, b, c, d});
}

// Pooling 3 x 3, stride 2, that rounds the output size up.
value_id halve(plan& p, const std::string& name, value_id x) {
    const unsigned side = x == 0 ? p.side() : p.nodes()[x - 1].h;
    return p.pool(name, x, {3, 2, 0, side % 2 == 0 ? 1U : 0U});
}

}  // namespace

plan googlenet(unsigned side) {
    plan p(3, side);
    value_id x = halve(p, "pool1", p.conv("conv1", 0, 64, {7, 2, 3, 3}));
    x = p.conv("conv2_reduce", x, 64, {});
    x = halve(p, "pool2", p.conv("conv2", x, 192, {3, 1, 1, 1}));
    for (const inception& module : modules) {
        x = add(p, x, module);
        if (module.name == std::string("3b") || module.name == std::string("4e")) {
            x = halve(p, std::string("pool") + module.name[0], x);
        }
    }
    x = p.average("pool5", x);
    p.fc("fc", x, 1000, true);
    return p;
}

}  // namespace eyeriss::networks
