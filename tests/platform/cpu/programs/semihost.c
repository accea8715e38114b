/* Speaks with the host by semihosting: writes a file, reads it back, is refused what it may not have, and
 * ends with exit code 42; with the number of the check that failed otherwise.
 */
#include <stdint.h>
#include <string.h>

enum {
    sys_open = 1,
    sys_close,
    sys_write0 = 4,
    sys_write,
    sys_read,
    sys_seek = 0xa,
    sys_flen = 0xc,
    sys_errno = 0x13
};
enum { sys_exit_extended = 0x20, application_exit = 0x20026 };
enum { mode_read = 1, mode_write = 5, not_permitted = 13, bad_handle = 9 };

/* The three instructions must be uncompressed and lie in one page. */
__attribute__((noinline, aligned(16))) static int32_t host(uint32_t operation, const void* parameters) {
    register uint32_t a0 __asm__("a0") = operation;
    register const void* a1 __asm__("a1") = parameters;
    __asm__ volatile(
        ".option push\n.option norvc\n.balign 16\n"
        "slli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n.option pop"
        : "+r"(a0)
        : "r"(a1)
        : "memory");
    return (int32_t)a0;
}

static int32_t call(uint32_t operation, uint32_t a, uint32_t b, uint32_t c) {
    const uint32_t parameters[3] = {a, b, c};
    return host(operation, parameters);
}

static int32_t open_file(const char* name, uint32_t mode) {
    return call(sys_open, (uint32_t)(uintptr_t)name, mode, strlen(name));
}

static void end(uint32_t code) {
    (void)call(sys_exit_extended, application_exit, code, 0);
}

static void check(uint32_t number, int holds) {
    if (!holds) {
        end(number);
    }
}

static uint8_t data[1000], again[1000];

int main(void) {
    for (unsigned i = 0; i < sizeof data; ++i) {
        data[i] = (uint8_t)(i * 7 + i / 256);
    }
    (void)host(sys_write0, "by semihosting\n");
    const int32_t out = open_file("sub/out.bin", mode_write);
    check(1, out > 0);
    check(2, call(sys_write, (uint32_t)out, (uint32_t)(uintptr_t)data, sizeof data) == 0);
    check(3, call(sys_close, (uint32_t)out, 0, 0) == 0);
    const int32_t in = open_file("sub/out.bin", mode_read);
    check(4, in > 0 && call(sys_flen, (uint32_t)in, 0, 0) == sizeof data);
    check(5, call(sys_read, (uint32_t)in, (uint32_t)(uintptr_t)again, sizeof again) == 0);
    check(6, memcmp(data, again, sizeof data) == 0);
    check(7, call(sys_seek, (uint32_t)in, 990, 0) == 0);
    check(8, call(sys_read, (uint32_t)in, (uint32_t)(uintptr_t)again, 100) == 90 && again[0] == data[990]);
    check(9, open_file("../outside", mode_write) == -1 && call(sys_errno, 0, 0, 0) == not_permitted);
    check(10,
          call(sys_write, 99, (uint32_t)(uintptr_t)data, 5) == 5 && call(sys_errno, 0, 0, 0) == bad_handle);
    end(42);
    return 99;
}
