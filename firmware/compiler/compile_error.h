#pragma once

#include <stdexcept>

namespace eyeriss::compiler {

/// What a network or a machine asks for and the compiler cannot do. what() is one line that names the layer
/// or tensor, the rule and what would be right.
class compile_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace eyeriss::compiler
