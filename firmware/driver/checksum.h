/* CRC-32 as zlib computes it. */
#ifndef EYERISS_DRIVER_CHECKSUM_H
#define EYERISS_DRIVER_CHECKSUM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** CRC-32 (polynomial 0xedb88320, reflected, inverted) of `count` bytes. */
uint32_t eyeriss_crc32(const uint8_t* bytes, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
