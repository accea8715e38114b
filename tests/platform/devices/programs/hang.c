#include "hang.h"

#include "firmware/hal/hal.h"
#include "models/abi/watchdog.h"

static void on_bark(void* context) {
    (void)context;
    hal_puts("bark\n");
    hal_irq_disable(EYERISS_WATCHDOG_IRQ); /* a program that still runs would kick */
}

int hang(uint32_t control) {
    const uint32_t status = hal_read32(EYERISS_WATCHDOG_BASE + EYERISS_WATCHDOG_STATUS);
    if ((status & EYERISS_WATCHDOG_STATUS_RESTARTED) != 0) {
        hal_puts("restarted\n");
        return 0;
    }
    hal_irq_enable(EYERISS_WATCHDOG_IRQ, on_bark, 0);
    hal_write32(EYERISS_WATCHDOG_BASE + EYERISS_WATCHDOG_LOAD, 100);
    hal_write32(EYERISS_WATCHDOG_BASE + EYERISS_WATCHDOG_CTRL, EYERISS_WATCHDOG_CTRL_ENABLE | control);
    while (1) {
    }
}
