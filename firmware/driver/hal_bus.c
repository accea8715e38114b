#include "firmware/driver/hal_bus.h"

#include "firmware/hal/hal.h"

#define TICKS_PER_MILLISECOND (HAL_TIMER_HZ / 1000u)

/* The level stands until the driver clears its cause: without this the handler would run for ever. */
static void on_accelerator(void* context) {
    eyeriss_hal_bus* self = context;
    const uint32_t masked = EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR;
    const uint32_t control = hal_read32(EYERISS_REG_BASE + EYERISS_REG_CTRL);
    hal_write32(EYERISS_REG_BASE + EYERISS_REG_CTRL, control & ~masked);
    self->woken = 1;
}

static void on_deadline(void* context) {
    eyeriss_hal_bus* self = context;
    self->expired = 1;
    self->woken = 1;
}

/* Both count from reset; at least 1, so that a clock slower than the timer's still has deadlines. */
static uint64_t cycles_per_tick(void) {
    const uint64_t ticks = hal_time();
    const uint64_t cycles = hal_cycles();
    return ticks == 0u || cycles < ticks ? 1u : cycles / ticks;
}

uint64_t eyeriss_hal_cycles(uint32_t milliseconds) {
    return cycles_per_tick() * TICKS_PER_MILLISECOND * milliseconds;
}

static int wait_for_interrupt(void* context, uint64_t deadline) {
    eyeriss_hal_bus* self = context;
    self->expired = 0;
    if (deadline != UINT64_MAX) {
        const uint64_t now = hal_cycles();
        const uint64_t ticks = deadline > now ? (deadline - now) / cycles_per_tick() + 1u : 0u;
        hal_timer_at(hal_time() + ticks, on_deadline, self);
    }
    hal_wait_for(&self->woken);
    if (deadline != UINT64_MAX) hal_timer_at(UINT64_MAX, on_deadline, self);
    self->woken = 0;
    return self->expired != 0u;
}

static uint32_t bus_read(void* context, uint32_t address) {
    (void)context;
    return hal_read32(address);
}

static void bus_write(void* context, uint32_t address, uint32_t value) {
    (void)context;
    hal_write32(address, value);
}

static uint8_t* bus_memory(void* context, uint32_t address, uint32_t bytes) {
    (void)context;
    return hal_memory(address, bytes);
}

static uint64_t bus_cycles(void* context) {
    (void)context;
    return hal_cycles();
}

int eyeriss_hal_bus_open(eyeriss_hal_bus* self) {
    /* Its address is kept, nothing is read. */
    /* cppcheck-suppress ctuuninitvar */
    const eyeriss_bus functions = {self, bus_read, bus_write, bus_memory, wait_for_interrupt, bus_cycles};
    self->bus = functions;
    self->woken = 0;
    self->expired = 0;
    return hal_irq_enable(EYERISS_IRQ_DONE, on_accelerator, self) != 0 ||
                   hal_irq_enable(EYERISS_IRQ_ERROR, on_accelerator, self) != 0
               ? -1
               : 0;
}

void eyeriss_hal_bus_close(eyeriss_hal_bus* self) {
    hal_irq_disable(EYERISS_IRQ_DONE);
    hal_irq_disable(EYERISS_IRQ_ERROR);
    self->woken = 0;
}
