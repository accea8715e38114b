#include "firmware/driver/errors.h"

#include <stddef.h>

#include "models/abi/registers.h"

const char* eyeriss_result_text(eyeriss_result result) {
#define EYERISS_DRIVER_TEXT_(name, class, text) text,
    static const char* const texts[] = {EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_TEXT_)};
#undef EYERISS_DRIVER_TEXT_
    return (uint32_t)result < EYERISS_DRIVER_RESULTS ? texts[result] : "unknown result";
}

enum eyeriss_error_class eyeriss_result_class(eyeriss_result result) {
#define EYERISS_DRIVER_CLASS_(name, class, text) EYERISS_CLASS_##class,
    static const uint8_t classes[] = {EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_CLASS_)};
#undef EYERISS_DRIVER_CLASS_
    return (uint32_t)result < EYERISS_DRIVER_RESULTS ? (enum eyeriss_error_class)classes[result]
                                                     : EYERISS_CLASS_DEVICE;
}

const char* eyeriss_hardware_text(uint32_t error_code) {
    static const char* const texts[] = {
        "no error",
        "descriptor magic; info: what was read",
        "descriptor version; info: what was read",
        "descriptor size; info: what was read",
        "descriptor checksum; info: what was computed",
        "descriptor field out of range; info: its byte offset",
        "DMA access refused by the bus; info: bus address",
        "checksum of a weight or requantiser segment; info: segment index",
        "compressed data that do not decode; info: offset of the unit",
        "a GLB bank is too small for the mapping; info: pass index",
        "a PE's SPad is too small; info: linear PE index",
        "the NoC configuration cannot carry the layer; info: cluster index",
        "tiles do not cover the layer exactly; info: MACs missing, low word",
        "a psum did not fit",
    };
    return error_code < sizeof texts / sizeof texts[0] ? texts[error_code] : "unknown error code";
}
