/* Text, numbers and an exit through the test finisher. */
#include "firmware/hal/hal.h"

int main(void) {
    hal_puts("hello\n");
    for (int i = -2; i <= 2; ++i) {
        hal_printf("%d squared is %d, 0x%08x\n", i, i * i, (unsigned)(i * i));
    }
    return 0;
}
