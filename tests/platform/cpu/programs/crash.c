/* Stores where nothing is. */
#include "firmware/hal/hal.h"

int main(void) {
    hal_write32(0x40000010u, 1);
    return 0;
}
