/* Ten timer interrupts, each due 1 ms after the last was served. */
#include "firmware/hal/hal.h"

static volatile uint32_t ticks;

static void on_timer(void* context) {
    const uint64_t due = *(uint64_t*)context;
    ++ticks;
    hal_printf("tick %u, %s\n", (unsigned)ticks, hal_time() >= due ? "not early" : "early");
    if (ticks < 10) {
        *(uint64_t*)context = hal_time() + HAL_TIMER_HZ / 1000;
        hal_timer_at(*(uint64_t*)context, on_timer, context);
    }
}

int main(void) {
    uint64_t due = hal_time() + HAL_TIMER_HZ / 1000;
    hal_timer_at(due, on_timer, &due);
    while (ticks < 10) {
        hal_wait_for_interrupt();
    }
    hal_puts("done\n");
    return 0;
}
