#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/abi/registers.h"

namespace eyeriss::accelerator {

/// Ends a layer: what ERROR_CODE and ERROR_INFO will say, and a line for people.
class layer_fault : public std::runtime_error {
public:
    layer_fault(eyeriss_error code, std::uint32_t info, const std::string& text)
        : std::runtime_error(text), code_(code), info_(info) {}
    [[nodiscard]] eyeriss_error code() const { return code_; }
    [[nodiscard]] std::uint32_t info() const { return info_; }

private:
    eyeriss_error code_;
    std::uint32_t info_;
};

}  // namespace eyeriss::accelerator
