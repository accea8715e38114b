#include "models/arch/layer.h"

#include <array>
#include <utility>

namespace eyeriss::arch {

std::string layer_shape::type() const {
    if (groups > 1 && m == 1 && c == 1) return "DW";
    return e() == 1 && f() == 1 && r == h && s == w ? "FC" : "CONV";
}

std::string layer_shape::check() const {
    const std::array<std::pair<const char*, unsigned>, 10> dimensions{{{"groups", groups},
                                                                       {"batch", batch},
                                                                       {"output channels", m},
                                                                       {"input channels", c},
                                                                       {"height", h},
                                                                       {"width", w},
                                                                       {"filter rows", r},
                                                                       {"filter columns", s},
                                                                       {"vertical stride", stride_h},
                                                                       {"horizontal stride", stride_w}}};
    for (const auto& [name, value] : dimensions) {
        if (value == 0) return std::string(name) + " must be at least 1";
        if (value > 65535) return std::string(name) + " must be at most 65535, not " + std::to_string(value);
    }
    if (r > h + pad_top + pad_bottom) {
        return "filter of " + std::to_string(r) + " rows is taller than the padded input of " +
               std::to_string(h + pad_top + pad_bottom);
    }
    if (s > w + pad_left + pad_right) {
        return "filter of " + std::to_string(s) + " columns is wider than the padded input of " +
               std::to_string(w + pad_left + pad_right);
    }
    return {};
}

}  // namespace eyeriss::arch
