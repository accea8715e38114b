/* Integer work of many kinds that is compiled for the target and for the host, whose results must agree. C99.
 */
#ifndef EYERISS_TEST_WORKLOAD_H
#define EYERISS_TEST_WORKLOAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WORKLOAD_RESULTS 8

/* Fills `results` with checksums of sorting, checksumming, division, matrix products, bit counting, strings,
 * 64-bit arithmetic and a state machine, `rounds` times over. */
void workload(uint32_t rounds, uint32_t results[WORKLOAD_RESULTS]);

#ifdef __cplusplus
}
#endif

#endif
