#pragma once

#include "firmware/compiler/graph.h"

/// Consistency of a graph. Part of the image writer.
namespace eyeriss::compiler {

/// Throws compile_error naming the first layer or tensor whose indices, sizes, types or tables do not agree:
/// nothing that reads an image would find out before a wrong output.
void check_graph(const graph& g);

}  // namespace eyeriss::compiler
