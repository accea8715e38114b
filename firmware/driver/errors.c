#include "firmware/driver/errors.h"

#include <stddef.h>

#include "models/abi/registers.h"

const char* eyeriss_result_text(eyeriss_result result) {
#define EYERISS_DRIVER_TEXT_(name, class, text) text,
    static const char* const texts[] = {EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_TEXT_)};
#undef EYERISS_DRIVER_TEXT_
    return (uint32_t)result < EYERISS_DRIVER_RESULTS ? texts[result] : "unknown result";
}

const char* eyeriss_result_name(eyeriss_result result) {
#define EYERISS_DRIVER_NAME_(name, class, text) #name,
    static const char* const names[] = {EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_NAME_)};
#undef EYERISS_DRIVER_NAME_
    return (uint32_t)result < EYERISS_DRIVER_RESULTS ? names[result] : "UNKNOWN";
}

enum eyeriss_error_class eyeriss_result_class(eyeriss_result result) {
#define EYERISS_DRIVER_CLASS_(name, class, text) EYERISS_CLASS_##class,
    static const uint8_t classes[] = {EYERISS_DRIVER_ERRORS(EYERISS_DRIVER_CLASS_)};
#undef EYERISS_DRIVER_CLASS_
    return (uint32_t)result < EYERISS_DRIVER_RESULTS ? (enum eyeriss_error_class)classes[result]
                                                     : EYERISS_CLASS_DEVICE;
}

const char* eyeriss_hardware_text(uint32_t error_code) {
#define EYERISS_MEANING_(name, code, meaning, info) \
    case code:                                      \
        return meaning;
    switch (error_code) {
        EYERISS_ERRORS(EYERISS_MEANING_)
        default:
            return error_code == EYERISS_OK ? "No error." : "Unknown error code.";
    }
#undef EYERISS_MEANING_
}

const char* eyeriss_hardware_info(uint32_t error_code) {
#define EYERISS_INFO_(name, code, meaning, info) \
    case code:                                   \
        return info;
    switch (error_code) {
        EYERISS_ERRORS(EYERISS_INFO_)
        default:
            return "info";
    }
#undef EYERISS_INFO_
}
