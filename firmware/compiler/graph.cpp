#include "firmware/compiler/graph.h"

namespace eyeriss::compiler {

std::uint64_t graph::macs() const {
    std::uint64_t sum = 0;
    for (const layer& each : layers) {
        if (const auto* conv = std::get_if<conv_op>(&each.op)) sum += conv->shape.macs();
    }
    return sum;
}

}  // namespace eyeriss::compiler
