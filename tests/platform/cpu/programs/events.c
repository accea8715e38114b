/* Notices interrupts of a test device, the timer, and words that another master writes to memory, and folds
 * the cycle and instruction at which it noticed each into a hash: any change of order or time shows. */
#include "firmware/hal/hal.h"

#define DEVICE_BASE 0x20000000u
#define DEVICE_IRQ 5u
#define WRITTEN_BY_DMA 0x84000100u
#define EVENTS 400u

static volatile uint32_t hash = 2166136261u, events, loops;

static void note(uint32_t value) {
    hash = (hash ^ value) * 16777619u;
    hash = (hash ^ (uint32_t)hal_cycles()) * 16777619u;
    hash = (hash ^ (uint32_t)hal_instructions()) * 16777619u;
    hash = (hash ^ loops) * 16777619u;
    ++events;
}

static void on_device(void* context) {
    (void)context;
    note(hal_read32(DEVICE_BASE));
}

static void on_timer(void* context) {
    note((uint32_t)hal_time());
    hal_timer_at(hal_time() + 41, on_timer, context);
}

int main(void) {
    const volatile uint32_t* word = hal_memory(WRITTEN_BY_DMA, 4);
    uint32_t seen = 0;
    hal_irq_enable(DEVICE_IRQ, on_device, 0);
    hal_timer_at(5, on_timer, 0);
    while (events < EVENTS) {
        ++loops;
        if (*word != seen) {
            const uint32_t state = hal_irq_save();
            seen = *word;
            note(seen);
            hal_irq_restore(state);
        }
        if (loops % 64 == 0) {
            hal_wait_for_interrupt();
        }
    }
    hal_printf("%08x after %u loops\n", (unsigned)hash, (unsigned)loops);
    return (int)(hash & 0x7f) + 1;
}
