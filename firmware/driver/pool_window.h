/* Where a pooling window lies on one axis. Internal to the pooling layers. */
#ifndef EYERISS_DRIVER_POOL_WINDOW_H
#define EYERISS_DRIVER_POOL_WINDOW_H

#include <stdint.h>

/** Positions begin..end-1 of the input. */
typedef struct eyeriss_span {
    uint32_t begin, end;
} eyeriss_span;

/** The part of window `at` that lies in an input of `size`; empty when there is none. */
static inline eyeriss_span eyeriss_window(uint32_t at, uint32_t stride, uint32_t pad, uint32_t kernel,
                                          uint32_t size) {
    const uint32_t first = at * stride;
    const uint32_t last = first + kernel;
    eyeriss_span span;
    span.begin = first > pad ? first - pad : 0u;
    span.end = last > pad ? last - pad : 0u;
    if (span.end > size) span.end = size;
    if (span.begin > span.end) span.begin = span.end;
    return span;
}

#endif
