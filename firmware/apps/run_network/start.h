/* What firmware of the accelerator does before and after a run. */
#ifndef EYERISS_APPS_START_H
#define EYERISS_APPS_START_H

#include <stdint.h>

#include "firmware/driver/eyeriss.h"
#include "firmware/driver/hal_bus.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Opens the HAL's bus and finds the accelerator. Returns 0 or, after a line on the UART, the class of the
 * failure. */
int start_accelerator(eyeriss_hal_bus* bus, eyeriss_device* device);

/** Opens the image at a bus address. Returns as start_accelerator. */
int start_network(eyeriss_network* network, eyeriss_device* device, uint32_t address);

/** Writes the same known values into the network's input every time: element i of each batch element becomes
 * (37 * i + seed) % 128. Returns 0, or 1 after a line on the UART when the input is larger than a MiB. */
int fill_input(const eyeriss_network* network, uint32_t seed);

/** CRC-32 of the values of a tensor's first batch element in C,H,W order, whatever its format is; 0 after a
 * line on the UART when it does not decode or is larger than a MiB. */
uint32_t tensor_checksum(const eyeriss_network* network, uint32_t tensor);

#ifdef __cplusplus
}
#endif

#endif
