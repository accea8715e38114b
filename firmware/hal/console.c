#include <stdio.h>

#include "firmware/hal/hal.h"

enum { UART_DATA = 0, UART_LSR = 5, LSR_DATA_READY = 0x01, LSR_HOLDING_EMPTY = 0x20 };

void hal_putc(char c) {
    while ((hal_read8(HAL_UART_BASE + UART_LSR) & LSR_HOLDING_EMPTY) == 0) {
    }
    hal_write8(HAL_UART_BASE + UART_DATA, (uint8_t)c);
}

void hal_puts(const char* text) {
    while (*text) {
        hal_putc(*text++);
    }
}

int hal_getc(void) {
    if ((hal_read8(HAL_UART_BASE + UART_LSR) & LSR_DATA_READY) == 0) {
        return -1;
    }
    return hal_read8(HAL_UART_BASE + UART_DATA);
}

/* The C library's standard streams, so that printf works as well. */
static int put(char c, FILE* file) {
    (void)file;
    hal_putc(c);
    return (unsigned char)c;
}

static int get(FILE* file) {
    (void)file;
    const int c = hal_getc();
    return c < 0 ? _FDEV_EOF : c;
}

static FILE uart = FDEV_SETUP_STREAM(put, get, NULL, _FDEV_SETUP_RW);
FILE* const stdin = &uart;
FILE* const stdout = &uart;
FILE* const stderr = &uart;

int hal_vprintf(const char* format, va_list arguments) {
    return vfprintf(stdout, format, arguments);
}

int hal_printf(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = hal_vprintf(format, arguments);
    va_end(arguments);
    return length;
}
