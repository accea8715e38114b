/** @file
 * The driver's way to the hardware on top of the HAL: for firmware, not for the driver's host build. */
#ifndef EYERISS_DRIVER_HAL_BUS_H
#define EYERISS_DRIVER_HAL_BUS_H

#include <stdint.h>

#include "firmware/driver/eyeriss.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A bus with what its interrupt handlers tell the sleeping driver. The application owns it. */
typedef struct eyeriss_hal_bus {
    eyeriss_bus bus;           /**< for eyeriss_probe */
    volatile uint32_t woken;   /**< by any of the handlers */
    volatile uint32_t expired; /**< by the timer's */
} eyeriss_hal_bus;

/** Fills in the functions and takes the accelerator's interrupts DONE and ERROR. Deadlines use the HAL's
 * timer. Returns 0, or -1 when the interrupt controller has no such inputs. An application that handles the
 * interrupts itself (eyeriss_network_interrupt) calls hal_irq_enable afterwards. */
int eyeriss_hal_bus_open(eyeriss_hal_bus* self);

/** Gives the interrupts back; to be called before *self ends. */
void eyeriss_hal_bus_close(eyeriss_hal_bus* self);

/** Cycles of the core in so many milliseconds, by what it has counted since reset. */
uint64_t eyeriss_hal_cycles(uint32_t milliseconds);

#ifdef __cplusplus
}
#endif

#endif
