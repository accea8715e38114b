/* Echoes a line in upper case: characters come by the UART's receive interrupt through the PLIC, and the last
 * line is sent by its transmit interrupt. */
#include "firmware/hal/hal.h"

enum { DATA = 0, IER = 1, IIR = 2, LSR = 5, RECEIVED = 1, TRANSMITTER = 2, DATA_READY = 1 };

static char line[64];
static volatile uint32_t length, complete, sent;
static const char farewell[] = "good bye\n";

static void on_received(void* context) {
    (void)context;
    while ((hal_read8(HAL_UART_BASE + LSR) & DATA_READY) != 0) {
        const char c = (char)hal_read8(HAL_UART_BASE + DATA);
        if (c == '\n') {
            complete = 1;
        } else if (length < sizeof line) {
            line[length++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
    }
}

static void on_transmitter_empty(void* context) {
    (void)context;
    hal_read8(HAL_UART_BASE + IIR);
    if (farewell[sent] == 0) {
        hal_write8(HAL_UART_BASE + IER, 0);
        complete = 1;
        return;
    }
    hal_write8(HAL_UART_BASE + DATA, (uint8_t)farewell[sent]);
    ++sent;
}

int main(void) {
    hal_irq_enable(HAL_UART_IRQ, on_received, 0);
    hal_write8(HAL_UART_BASE + IER, RECEIVED);
    hal_wait_for(&complete);
    hal_write8(HAL_UART_BASE + IER, 0);
    hal_printf("%u characters: %.*s\n", (unsigned)length, (int)length, line);
    complete = 0;
    hal_irq_enable(HAL_UART_IRQ, on_transmitter_empty, 0);
    hal_write8(HAL_UART_BASE + IER, TRANSMITTER);
    hal_wait_for(&complete);
    hal_printf("%u sent by interrupt\n", (unsigned)sent);
    return 0;
}
