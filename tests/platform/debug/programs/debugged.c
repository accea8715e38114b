/* What a debugger's test looks at: calls, a variable that is written, and a loop that only a debugger ends.
 */
#include "firmware/hal/hal.h"

#include <stdio.h>

volatile unsigned total;
volatile unsigned finished;
volatile unsigned rounds;

__attribute__((noinline)) unsigned add(unsigned a, unsigned b) {
    return a + b;
}

__attribute__((noinline)) void collect(unsigned count) {
    for (unsigned i = 1; i <= count; ++i) {
        total = add(total, i);
    }
}

__attribute__((noinline)) void spin(void) {
    while (!finished) {
        ++rounds;
    }
}

int main(void) {
    collect(4);
    printf("spinning\n");
    spin();
    printf("total %u\n", total);
    return total == 10 ? 0 : 7;
}
