#include "firmware/hal/hal.h"

#define REG32(address) (*(volatile uint32_t*)(uintptr_t)(address))
#define REG8(address) (*(volatile uint8_t*)(uintptr_t)(address))

#define READ_CSR(name)                                                \
    ({                                                                \
        uint32_t value_;                                              \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                       \
    })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"(value) : "memory")
#define SET_CSR(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"(bits) : "memory")
#define CLEAR_CSR(name, bits) __asm__ volatile("csrc " #name ", %0" ::"r"(bits) : "memory")

enum { MSTATUS_MIE = 1 << 3, MIE_TIMER = 1 << 7, MIE_EXTERNAL = 1 << 11 };
enum { CAUSE_TIMER = 7, CAUSE_EXTERNAL = 11 };
#define CAUSE_INTERRUPT 0x80000000u

typedef struct handler_slot {
    hal_irq_handler handler;
    void* context;
} handler_slot;

static handler_slot irq_slots[HAL_IRQ_SOURCES];
static handler_slot timer_slot;

void hal_start(void);

uint32_t hal_read32(uint32_t address) {
    return REG32(address);
}
void hal_write32(uint32_t address, uint32_t value) {
    REG32(address) = value;
}
uint8_t hal_read8(uint32_t address) {
    return REG8(address);
}
void hal_write8(uint32_t address, uint8_t value) {
    REG8(address) = value;
}

void* hal_memory(uint32_t address, uint32_t bytes) {
    const uint32_t last = address + bytes - (bytes != 0);
    const int in_dram = address >= HAL_DRAM_BASE && last >= address;
    const int in_sram = address >= HAL_SRAM_BASE && last >= address && last < HAL_PLIC_BASE;
    return in_dram || in_sram ? (void*)(uintptr_t)address : (void*)0;
}

static void serve_external(void) {
    uint32_t source;
    while ((source = hal_read32(HAL_PLIC_CLAIM)) != 0) {
        if (source < HAL_IRQ_SOURCES && irq_slots[source].handler) {
            irq_slots[source].handler(irq_slots[source].context);
        }
        hal_write32(HAL_PLIC_CLAIM, source);
    }
}

static void serve_timer(void) {
    CLEAR_CSR(mie, MIE_TIMER);
    if (timer_slot.handler) {
        timer_slot.handler(timer_slot.context);
    }
}

static const char* cause_name(uint32_t cause) {
    static const char* const names[] = {"instruction address misaligned",
                                        "instruction access fault",
                                        "illegal instruction",
                                        "breakpoint",
                                        "load address misaligned",
                                        "load access fault",
                                        "store address misaligned",
                                        "store access fault",
                                        "environment call from user mode",
                                        "reserved",
                                        "reserved",
                                        "environment call from machine mode"};
    return cause < sizeof names / sizeof names[0] ? names[cause] : "unknown cause";
}

static void __attribute__((interrupt("machine"), aligned(4))) trap_entry(void) {
    const uint32_t cause = READ_CSR(mcause);
    if (cause == (CAUSE_INTERRUPT | CAUSE_EXTERNAL)) {
        serve_external();
    } else if (cause == (CAUSE_INTERRUPT | CAUSE_TIMER)) {
        serve_timer();
    } else {
        hal_printf("\ntrap: %s (mcause 0x%08x) at pc 0x%08x, mtval 0x%08x\n", cause_name(cause),
                   (unsigned)cause, (unsigned)READ_CSR(mepc), (unsigned)READ_CSR(mtval));
        hal_exit(HAL_EXIT_TRAP);
    }
}

/* Called by crt0 before main. */
void hal_start(void) {
    WRITE_CSR(mtvec, (uintptr_t)trap_entry);
    hal_write32(HAL_PLIC_THRESHOLD, 0);
    SET_CSR(mie, MIE_EXTERNAL);
    SET_CSR(mstatus, MSTATUS_MIE);
}

int hal_irq_enable(unsigned source, hal_irq_handler handler, void* context) {
    if (source == 0 || source >= HAL_IRQ_SOURCES || !handler) {
        return -1;
    }
    const uint32_t state = hal_irq_save();
    irq_slots[source].handler = handler;
    irq_slots[source].context = context;
    const uint32_t word = HAL_PLIC_ENABLE + source / 32 * 4;
    hal_write32(HAL_PLIC_BASE + 4 * source, 1);
    hal_write32(word, hal_read32(word) | 1u << source % 32);
    hal_irq_restore(state);
    return 0;
}

void hal_irq_disable(unsigned source) {
    if (source == 0 || source >= HAL_IRQ_SOURCES) {
        return;
    }
    const uint32_t word = HAL_PLIC_ENABLE + source / 32 * 4;
    hal_write32(word, hal_read32(word) & ~(1u << source % 32));
}

uint32_t hal_irq_save(void) {
    uint32_t state;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(state)::"memory");
    return state & MSTATUS_MIE;
}

void hal_irq_restore(uint32_t state) {
    SET_CSR(mstatus, state & MSTATUS_MIE);
}

void hal_wait_for_interrupt(void) {
    __asm__ volatile("wfi" ::: "memory");
}

void hal_wait_for(const volatile uint32_t* flag) {
    while (*flag == 0) {
        const uint32_t state = hal_irq_save();
        if (*flag == 0) {
            hal_wait_for_interrupt();
        }
        hal_irq_restore(state);
    }
}

/* A 64-bit counter in two halves: read again when the low half has wrapped in between. */
#define READ_WIDE(high, low)           \
    ({                                 \
        uint32_t high_, low_;          \
        do {                           \
            high_ = (high);            \
            low_ = (low);              \
        } while (high_ != (high));     \
        (uint64_t) high_ << 32 | low_; \
    })

uint64_t hal_time(void) {
    return READ_WIDE(hal_read32(HAL_CLINT_MTIME + 4), hal_read32(HAL_CLINT_MTIME));
}
uint64_t hal_cycles(void) {
    return READ_WIDE(READ_CSR(mcycleh), READ_CSR(mcycle));
}
uint64_t hal_instructions(void) {
    return READ_WIDE(READ_CSR(minstreth), READ_CSR(minstret));
}

void hal_timer_at(uint64_t deadline, hal_irq_handler handler, void* context) {
    const uint32_t state = hal_irq_save();
    timer_slot.handler = handler;
    timer_slot.context = context;
    hal_write32(HAL_CLINT_MTIMECMP + 4, 0xffffffffu);
    hal_write32(HAL_CLINT_MTIMECMP, (uint32_t)deadline);
    hal_write32(HAL_CLINT_MTIMECMP + 4, (uint32_t)(deadline >> 32));
    SET_CSR(mie, MIE_TIMER);
    hal_irq_restore(state);
}

void hal_sync_code(void) {
    __asm__ volatile("fence.i" ::: "memory");
}

void hal_exit(int code) {
    const uint32_t low = (uint32_t)code & 0xffffu;
    if (code == 0) {
        hal_write32(HAL_FINISHER_BASE, HAL_FINISHER_PASS);
    } else {
        hal_write32(HAL_FINISHER_BASE, (low != 0 ? low : 1u) << 16 | HAL_FINISHER_FAIL);
    }
    while (1) {
        hal_wait_for_interrupt();
    }
}
