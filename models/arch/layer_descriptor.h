#pragma once

#include "models/abi/descriptor.h"
#include "models/arch/mapping.h"

/// What a layer descriptor says, as the machine's plain data. The accelerator and whoever reads an image use
/// these; neither checks anything: the fields are as found.
namespace eyeriss::arch {

/// Shape of the layer. The padding below and to the right is what E rows and F columns of outputs need beyond
/// the input; a layer may leave input unused there.
[[nodiscard]] layer_shape descriptor_shape(const eyeriss_descriptor& d);

/// Mapping of the layer; trips are not part of it, since they follow from the shape.
[[nodiscard]] mapping descriptor_mapping(const eyeriss_descriptor& d);

}  // namespace eyeriss::arch
