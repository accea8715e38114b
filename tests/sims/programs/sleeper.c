#include "firmware/hal/hal.h"

int main(void) {
    for (;;) hal_wait_for_interrupt();
}
