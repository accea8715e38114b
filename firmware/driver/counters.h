/** @file
 * The accelerator's performance counters (models/abi/counters.h), read by software. */
#ifndef EYERISS_DRIVER_COUNTERS_H
#define EYERISS_DRIVER_COUNTERS_H

#include <stdint.h>

#include "firmware/driver/eyeriss.h"
#include "models/abi/counters.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Reads one counter; fails with COUNTER when there is none of that number, and *value is then 0. */
eyeriss_result eyeriss_counter_read(eyeriss_device* device, uint32_t counter, uint64_t* value);

/** Reads all counters into EYERISS_COUNTER_COUNT places, by their numbers. They change only when a layer
 * ends, so between layers they belong together. */
void eyeriss_counters_read(eyeriss_device* device, uint64_t* values);

/** Sets all counters to zero; thresholds stay. */
void eyeriss_counters_clear(eyeriss_device* device);

/** Lets the interrupt COUNTER rise when a layer's end takes the counter to `threshold` or over it; 0: never.
 * Fails with COUNTER when there is none of that number. */
eyeriss_result eyeriss_counter_watch(eyeriss_device* device, uint32_t counter, uint64_t threshold);

/** The counter that has reached its threshold, the lowest where several have, or EYERISS_NO_INDEX. Takes the
 * interrupt back. */
uint32_t eyeriss_counter_reached(eyeriss_device* device);

/** A counter's name as models/abi/counters.h has it, "?" when there is none; never null. */
const char* eyeriss_counter_name(uint32_t counter);
/** A counter's unit, likewise. */
const char* eyeriss_counter_unit(uint32_t counter);

#ifdef __cplusplus
}
#endif

#endif
