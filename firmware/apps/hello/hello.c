/* The smallest use of the HAL: text, the timer's interrupt, the counters. */
#include "firmware/hal/hal.h"

static volatile uint32_t rang;

static void on_timer(void* context) {
    *(volatile uint32_t*)context = 1;
}

int main(void) {
    hal_printf("hello from hart %u\n", 0u);
    const uint64_t start = hal_time();
    hal_timer_at(start + 100, on_timer, (void*)&rang);
    hal_wait_for(&rang);
    const uint32_t ticks = (uint32_t)(hal_time() - start);
    hal_printf("timer after %s 100 ticks\n", ticks >= 100 && ticks < 110 ? "about" : "not");
    return 0;
}
