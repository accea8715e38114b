#pragma once

#include "firmware/compiler/emit_image.h"

/// What a descriptor says of a layer itself. Part of the image writer.
namespace eyeriss::compiler {

/// Fills in shape, mapping, flags, zero points and clip limits; places in the image, sizes and the CRC are
/// left to the caller.
void describe_layer(const conv_op& op, const arch::mapping& map, const tensor& in, const tensor& out,
                    requant_rule rule, eyeriss_descriptor& d);

}  // namespace eyeriss::compiler
