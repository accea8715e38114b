/** @file
 * Hardware abstraction of the SoC for freestanding C on one RV32 core in machine mode.
 *
 * Firmware above this header touches hardware only through these functions, so it also builds for the host:
 * a test links its own definitions (a mock bus) in place of hal.c. Addresses are bus addresses. */
#ifndef EYERISS_HAL_H
#define EYERISS_HAL_H

#include <stdarg.h>
#include <stdint.h>

#include "firmware/hal/memory_map.h"

#ifdef __cplusplus
extern "C" {
#define HAL_NORETURN [[noreturn]]
#else
#define HAL_NORETURN _Noreturn
#endif

/** Reads one aligned 32-bit register. */
uint32_t hal_read32(uint32_t address);
/** Writes one aligned 32-bit register; returns after the device has taken the value. */
void hal_write32(uint32_t address, uint32_t value);
/** Reads one byte-wide register. */
uint8_t hal_read8(uint32_t address);
/** Writes one byte-wide register. */
void hal_write8(uint32_t address, uint8_t value);

/** Where the program sees `bytes` bytes of memory at a bus address: the address itself on the target, a place
 * in the mock's memory on the host. A null pointer when that range is no memory (SRAM or DRAM). */
void* hal_memory(uint32_t address, uint32_t bytes);

/** Sends one character over the UART, waiting while its FIFO is full. '\n' is sent as it is. */
void hal_putc(char c);
/** Sends a string, without an added newline. */
void hal_puts(const char* text);
/** printf to the UART: integers, strings and characters, no floating point. Returns the length. */
int hal_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
/** hal_printf on a va_list. */
int hal_vprintf(const char* format, va_list arguments) __attribute__((format(printf, 1, 0)));
/** The oldest character that the UART has received, or -1 when there is none. */
int hal_getc(void);

/** Called in interrupt context with the registered context; claim and completion are the HAL's work. */
typedef void (*hal_irq_handler)(void* context);

/** Routes an input of the PLIC (1..HAL_IRQ_SOURCES-1) to a handler and enables it at priority 1.
 * Returns 0, or -1 when the source does not exist or the handler is null. */
int hal_irq_enable(unsigned source, hal_irq_handler handler, void* context);
/** Disables an input of the PLIC. */
void hal_irq_disable(unsigned source);
/** Masks all interrupts and returns what hal_irq_restore needs to undo it. */
uint32_t hal_irq_save(void);
/** Undoes hal_irq_save. */
void hal_irq_restore(uint32_t state);

/** Sleeps until an interrupt is pending, masked or not, and runs its handler if interrupts are not masked. */
void hal_wait_for_interrupt(void);
/** Sleeps (wfi) until *flag is not 0; an interrupt handler sets it. No wake-up is lost: the flag is looked at
 * with interrupts masked. */
void hal_wait_for(const volatile uint32_t* flag);

/** Simulated time in ticks of HAL_TIMER_HZ (mtime). */
uint64_t hal_time(void);
/** Calls the handler once when hal_time() reaches `deadline`; replaces an earlier request. */
void hal_timer_at(uint64_t deadline, hal_irq_handler handler, void* context);
/** Core cycles since reset (mcycle). */
uint64_t hal_cycles(void);
/** Instructions retired since reset (minstret). */
uint64_t hal_instructions(void);
/** Makes the instruction side see what was stored as code (fence.i). */
void hal_sync_code(void);

/** Ends the run through the test finisher; 0 is success. Codes are cut to 16 bits; a non-zero code whose low
 * half is 0 becomes 1. */
HAL_NORETURN void hal_exit(int code);

/** Exit code of an exception that no handler knows; the cause is printed before. */
#define HAL_EXIT_TRAP 110

#ifdef __cplusplus
}
#endif

#endif
