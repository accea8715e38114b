/* What a program finds at entry: its hart in a0, and at a1 a device tree that names the UART, its interrupt,
 * the timer's frequency and the memory. */
#include <stdint.h>

#define FDT_MAGIC 0xd00dfeedu
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, END = 9 };

static void put(char c) {
    *(volatile uint8_t*)0x10000000u = (uint8_t)c;
}

static void put_text(const char* text) {
    while (*text) {
        put(*text++);
    }
}

static void put_hex(const char* name, uint32_t value) {
    put_text(name);
    for (int shift = 28; shift >= 0; shift -= 4) {
        put("0123456789abcdef"[value >> shift & 15u]);
    }
    put('\n');
}

static uint32_t big_endian(const uint8_t* at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int begins(const char* text, const char* with) {
    while (*with && *text == *with) {
        ++text;
        ++with;
    }
    return *with == 0;
}

static int same(const char* a, const char* b) {
    return begins(a, b) && begins(b, a);
}

/* Prints words of a property of the first node whose name begins so. */
static void show(const uint8_t* tree, const char* node, const char* property, uint32_t word) {
    const uint8_t* at = tree + big_endian(tree + 8);
    const char* names = (const char*)tree + big_endian(tree + 12);
    int inside = 0;
    while (1) {
        const uint32_t token = big_endian(at);
        at += 4;
        if (token == BEGIN_NODE) {
            inside = begins((const char*)at, node);
            while (*at++) {
            }
            at = (const uint8_t*)(((uintptr_t)at + 3u) & ~(uintptr_t)3u);
        } else if (token == PROPERTY) {
            const uint32_t bytes = big_endian(at);
            if (inside && same(names + big_endian(at + 4), property)) {
                put_text(node);
                put(' ');
                put_text(property);
                put_hex(" ", big_endian(at + 8 + 4 * word));
                return;
            }
            at += 8 + ((bytes + 3u) & ~3u);
        } else if (token == END) {
            put_text(node);
            put_text(" has no ");
            put_text(property);
            put('\n');
            return;
        }
    }
}

void entry_main(uint32_t hart, const uint8_t* tree) {
    put_hex("hart ", hart);
    put_hex("magic ", big_endian(tree));
    put_hex("aligned ", (uint32_t)(uintptr_t)tree & 7u);
    show(tree, "serial@10000000", "interrupts", 0);
    show(tree, "serial@10000000", "reg", 1);
    show(tree, "cpus", "timebase-frequency", 0);
    show(tree, "memory@80000000", "reg", 1);
    show(tree, "memory@80000000", "reg", 3);
    show(tree, "plic@", "reg", 1);
    show(tree, "clint@", "reg", 1);
    show(tree, "test@", "reg", 1);
    show(tree, "poweroff", "value", 0);
    show(tree, "nothing", "value", 0);
    *(volatile uint32_t*)0x100000u = 0x5555u;
    while (1) {
    }
}
