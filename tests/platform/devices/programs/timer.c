/* Ten periods of the timer, by interrupt; prints how many ticks of mtime they took. */
#include "models/abi/timer.h"
#include "firmware/hal/hal.h"

static volatile uint32_t periods, ended;

static void on_period(void* context) {
    (void)context;
    hal_write32(EYERISS_TIMER_BASE + EYERISS_TIMER_STATUS, EYERISS_TIMER_STATUS_EXPIRED);
    if (++periods == 10) {
        hal_write32(EYERISS_TIMER_BASE + EYERISS_TIMER_CTRL, 0);
        ended = 1;
    }
}

int main(void) {
    hal_irq_enable(EYERISS_TIMER_IRQ, on_period, 0);
    hal_write32(EYERISS_TIMER_BASE + EYERISS_TIMER_LOAD, 250);
    const uint64_t begin = hal_time();
    hal_write32(EYERISS_TIMER_BASE + EYERISS_TIMER_CTRL,
                EYERISS_TIMER_CTRL_ENABLE | EYERISS_TIMER_CTRL_PERIODIC | EYERISS_TIMER_CTRL_IRQ_ENABLE);
    hal_wait_for(&ended);
    const uint64_t ticks = hal_time() - begin;
    hal_printf("%u ticks\n", (unsigned)ticks);
    return ticks >= 2500 && ticks < 2510 ? 0 : 1;
}
