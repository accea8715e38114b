/** @file
 * Whole feature maps: values in and out, checksums.
 *
 * Values are in C,H,W order, one byte each for 8-bit maps (as they are stored, zero point included), an
 * int32_t for EYERISS_DTYPE_I32. Rows may be of any length. */
#ifndef EYERISS_DRIVER_MAPS_H
#define EYERISS_DRIVER_MAPS_H

#include <stdint.h>

#include "firmware/driver/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Values of one batch element of a map. */
uint32_t eyeriss_map_values(const eyeriss_map* map);
/** Bytes that those values take outside the map: one or four each. */
uint32_t eyeriss_map_bytes(const eyeriss_map* map);

/** Writes the values of batch element n, e.g. a network's input; `values` has eyeriss_map_bytes() bytes. */
void eyeriss_map_write(const eyeriss_map* map, uint32_t n, const void* values);

/** Reads the values of batch element n, e.g. a network's output, into eyeriss_map_bytes() bytes. Fails with
 * TENSOR_DATA when a unit does not decode; `values` are then undefined. */
eyeriss_result eyeriss_map_read(const eyeriss_map* map, uint32_t n, void* values);

/** Index in C,H,W order of the largest value of batch element n, the first one where several are equal, with
 * the value. Fails with TENSOR_DATA when a unit does not decode. */
eyeriss_result eyeriss_map_argmax(const eyeriss_map* map, uint32_t n, uint32_t* index, int32_t* value);

/** CRC-32 of all that a map stores, whether it decodes or not: pair counts, and the bytes of each unit that
 * hold pairs or values (for a count that is too large: those of a full unit). */
uint32_t eyeriss_map_checksum(const eyeriss_map* map);

#ifdef __cplusplus
}
#endif

#endif
