#include "hang.h"
#include "models/abi/watchdog.h"

int main(void) {
    return hang(EYERISS_WATCHDOG_CTRL_RESTART);
}
