#ifndef EYERISS_TEST_HANG_H
#define EYERISS_TEST_HANG_H

#include <stdint.h>

/* Starts the watchdog with more bits of CTRL and hangs behind its interrupt; after a restart returns 0. */
int hang(uint32_t control);

#endif
