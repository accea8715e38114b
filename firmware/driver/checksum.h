/* CRC-32 as zlib computes it. */
#ifndef EYERISS_DRIVER_CHECKSUM_H
#define EYERISS_DRIVER_CHECKSUM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a sum over several stretches starts from. */
#define EYERISS_CRC32_START 0xffffffffu
/** Adds `count` bytes to a sum that EYERISS_CRC32_START began; the CRC-32 is its complement. */
uint32_t eyeriss_crc32_add(uint32_t sum, const uint8_t* bytes, uint32_t count);
/** CRC-32 (polynomial 0xedb88320, reflected, inverted) of `count` bytes. */
uint32_t eyeriss_crc32(const uint8_t* bytes, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
