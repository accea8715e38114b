/* Sends back what the UART receives, by interrupt, until 'q'. */
#include "firmware/hal/hal.h"

enum { UART_IER = 1, RECEIVED = 1 };

static volatile uint32_t ended;

static void on_input(void* context) {
    (void)context;
    int c;
    while ((c = hal_getc()) >= 0) {
        if (c == 'q') {
            hal_write8(HAL_UART_BASE + UART_IER, 0);
            ended = 1;
        } else {
            hal_putc((char)c);
        }
    }
}

int main(void) {
    hal_puts("echo\n");
    hal_irq_enable(HAL_UART_IRQ, on_input, 0);
    hal_write8(HAL_UART_BASE + UART_IER, RECEIVED);
    hal_wait_for(&ended);
    hal_puts("\n");
    return 0;
}
