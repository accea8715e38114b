/* Registers of an accelerator. Internal to the driver. */
#ifndef EYERISS_DRIVER_DEVICE_H
#define EYERISS_DRIVER_DEVICE_H

#include "firmware/driver/eyeriss.h"

/** Reads or writes a register by its offset. */
uint32_t eyeriss_device_read(const eyeriss_device* device, uint32_t offset);
void eyeriss_device_write(const eyeriss_device* device, uint32_t offset, uint32_t value);
/** A 64-bit value whose halves are neighbouring registers. */
uint64_t eyeriss_device_read_pair(const eyeriss_device* device, uint32_t low);
/** Cycles, as the bus counts them. */
uint64_t eyeriss_device_cycles(const eyeriss_device* device);
/** Masks the interrupts DONE and ERROR until the next start, reset or sleep. */
void eyeriss_device_mask(const eyeriss_device* device);
/** Enables the interrupts and sleeps until one of them or until cycle `deadline`; non-zero when patience is
 * over. */
int eyeriss_device_sleep(const eyeriss_device* device, uint64_t deadline);

#endif
