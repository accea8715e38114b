/* What firmware of the accelerator says on the UART. */
#ifndef EYERISS_APPS_REPORT_H
#define EYERISS_APPS_REPORT_H

#include <stdint.h>

#include "firmware/driver/eyeriss.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Digits of a 64-bit number with its end: the HAL prints 32-bit numbers. */
#define REPORT_DIGITS 21
/** The number in decimal, somewhere in the buffer. */
const char* report_decimal(uint64_t value, char (*buffer)[REPORT_DIGITS]);

/** "layer INDEX NAME OP CYCLES cycles[, N psums overflowed]"; "-" for cycles of an untimed accelerator. An
 * eyeriss_layer_callback. */
void report_layer(void* context, const eyeriss_layer_report* report);

/** "error: [at INDEX [(NAME)]: ]TEXT ...": place, what is wrong and what was found; the network may be null.
 * Returns the fault's class (enum eyeriss_error_class), an exit code. */
int report_failure(const eyeriss_network* network, const eyeriss_fault* fault);

/** "recovered: layer INDEX after code CODE (N retr[y|ies])", where CODE is ERROR_CODE, or the name of what
 * the driver itself found. */
void report_recovery(const eyeriss_fault* fault, uint32_t retries);

/** "input N result INDEX value VALUE" for each input of a batch, then "total CYCLES cycles, result INDEX
 * value VALUE" of the first one. Returns 0 or, after report_failure, the class of the failure. */
int report_result(const eyeriss_network* network, uint64_t cycles);

#ifdef __cplusplus
}
#endif

#endif
