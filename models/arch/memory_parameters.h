#pragma once

#include <string>
#include <vector>

#include "models/arch/machine.h"

/// The parameters of the way to memory: keys dram.*, bus.* and dma.*.
namespace eyeriss::arch {

/// Appends their rows of parameters().
void add_memory_parameters(std::vector<parameter>& out);

/// Their part of check(const machine&).
std::string check_memory(const machine& m);

}  // namespace eyeriss::arch
