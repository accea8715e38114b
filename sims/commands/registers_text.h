#pragma once

#include <string>

namespace eyeriss::sims {

/// The register tables of models/abi as a page for people; doc/registers.md is this text.
[[nodiscard]] std::string registers_markdown();

/// The same as a CMSIS-SVD 1.3 description, for a debugger's peripheral view.
[[nodiscard]] std::string registers_svd();

/// The same as JSON: an array `peripherals`, each with base, bytes, interrupts and an array `registers` with
/// their `fields`; then `errors` and `counters` of the accelerator.
[[nodiscard]] std::string registers_json();

}  // namespace eyeriss::sims
