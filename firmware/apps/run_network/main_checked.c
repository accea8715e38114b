#include "firmware/apps/run_network/run_network.h"
#include "firmware/hal/hal.h"

int main(void) {
    hal_exit(run_network_checked());
}
