/* Which interrupt is taken, when, and through which vector, for random lines, enables and modes. Never two at
 * once: of several, QEMU 7.2 takes the lowest number, not the external one first as the specification has it.
 */
#include "firmware/hal/hal.h"
#include "probe.h"

enum { SOFTWARE = 1 << 3, TIMER = 1 << 7, EXTERNAL = 1 << 11, MPIE = 1 << 7 };
enum { UART_IER = 1, TRANSMITTER_EMPTY = 2 };

static void set_lines(uint32_t lines) {
    hal_write32(HAL_CLINT_BASE, (lines & SOFTWARE) != 0);
    hal_write32(HAL_CLINT_MTIMECMP, 0);
    hal_write32(HAL_CLINT_MTIMECMP + 4, (lines & TIMER) != 0 ? 0 : 0xffffffffu);
    hal_write32(HAL_PLIC_THRESHOLD, (lines & EXTERNAL) != 0 ? 0 : 7);
}

/* The transmitter is always empty: its interrupt stands from now on. */
static void raise_uart_interrupt(void) {
    hal_write8(HAL_UART_BASE + UART_IER, TRANSMITTER_EMPTY);
    hal_write32(HAL_PLIC_BASE + 4 * HAL_UART_IRQ, 1);
    hal_write32(HAL_PLIC_ENABLE, 1u << HAL_UART_IRQ);
}

/* Enters with MPIE, so with interrupts on, or switches them on by the instruction itself. */
static void try_lines(void) {
    static const uint32_t codes[][2] = {
        {0x00000013u, 0x00000013u}, /* nop */
        {0x30046073u, 0x00150513u}, /* csrsi mstatus, 8; addi a0, a0, 1 */
        {0x30459073u, 0x00150513u}, /* csrw mie, a1; addi a0, a0, 1 */
        {0x10500073u, 0x00150513u}, /* wfi; addi a0, a0, 1 */
    };
    const uint32_t lines = probe_random() & (SOFTWARE | TIMER | EXTERNAL);
    uint32_t enables = probe_random() & (SOFTWARE | TIMER | EXTERNAL);
    const uint32_t mode = probe_random() % 4 == 0 ? MODE_USER : MODE_MACHINE;
    const uint32_t status = probe_random() % 2 * MPIE, vectored = probe_random() % 2;
    uint32_t which = probe_random() % COUNT_OF(codes);
    while ((lines & enables & ((lines & enables) - 1)) != 0) {
        enables &= probe_random();
    }
    if (which == 3 && (lines & enables) == 0) {
        which = 0; /* nothing would end the sleep */
    }
    set_lines(lines);
    WRITE_CSR(mie, which == 2 ? 0 : enables);
    probe_load(codes[which], 2);
    probe_run(0, enables, mode, status, vectored);
    const uint32_t pending = READ_CSR(mip) & (SOFTWARE | TIMER | EXTERNAL);
    WRITE_CSR(mie, 0);
    set_lines(0);
    probe_print("lines", lines << 4 | which, enables, mode << 8 | status | vectored);
    hal_printf("pending %x\n", (unsigned)pending);
}

int main(void) {
    hal_irq_save();
    WRITE_CSR(mie, 0);
    WRITE_CSR(pmpaddr15, 0xffffffffu);
    WRITE_CSR(pmpcfg3, 0x1f000000u);
    raise_uart_interrupt();
    for (uint32_t i = 0; i < 1500; ++i) {
        try_lines();
    }
    return 0;
}
