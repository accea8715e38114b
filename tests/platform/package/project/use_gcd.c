/* Lets the gcd unit compute, sleeping until its interrupt, and checks what it says. */
#include "firmware/hal/hal.h"

#define GCD_BASE 0x19000000u
#define GCD_A (GCD_BASE + 0x00u)
#define GCD_B (GCD_BASE + 0x04u)
#define GCD_STATUS (GCD_BASE + 0x08u)
#define GCD_RESULT (GCD_BASE + 0x0cu)
#define GCD_IRQ 40u

static volatile uint32_t done;

static void on_result(void* context) {
    hal_write32(GCD_STATUS, 1);
    *(volatile uint32_t*)context = 1;
}

static uint32_t gcd(uint32_t a, uint32_t b) {
    done = 0;
    hal_write32(GCD_A, a);
    hal_write32(GCD_B, b);
    hal_wait_for(&done);
    return hal_read32(GCD_RESULT);
}

int main(void) {
    hal_irq_enable(GCD_IRQ, on_result, (void*)&done);
    const uint32_t first = gcd(1071, 462);
    const uint32_t second = gcd(17, 4);
    hal_printf("gcd(1071, 462) = %u, gcd(17, 4) = %u\n", (unsigned)first, (unsigned)second);
    return first == 21 && second == 1 ? 0 : 1;
}
