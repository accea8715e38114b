#pragma once

#include <string>

namespace eyeriss::sims {

/// The accelerator's register table (models/abi/registers.h) as a page for people; doc/registers.md is this
/// text.
[[nodiscard]] std::string registers_markdown();

/// The same as a CMSIS-SVD 1.3 description, for a debugger's peripheral view.
[[nodiscard]] std::string registers_svd();

/// The same as JSON: base, bytes, irq, and an array `registers` with their `fields`.
[[nodiscard]] std::string registers_json();

}  // namespace eyeriss::sims
