/* Two networks take turns on one accelerator, a layer each, driven by its interrupts; in between the core
 * sleeps. The second image lies at SECOND_IMAGE. Prints for each of two rounds and each network
 *
 *     round R NAME: N layers, output crc32 0xCRC
 *
 * and ends with 1 when the rounds differ. Inputs as in one_layer, with seeds 5 and 6. */
#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/apps/run_network/start.h"
#include "firmware/driver/run.h"
#include "firmware/hal/hal.h"

#define SECOND_IMAGE 0x88000000u
#define NETWORKS 2u
#define ROUNDS 2u
#define LAYER_LIMIT_MILLISECONDS 10000u

static const uint32_t addresses[NETWORKS] = {EYERISS_IMAGE_ADDRESS, SECOND_IMAGE};
static eyeriss_workspace work;

/* A network with how far it has come. */
typedef struct turn {
    eyeriss_network network;
    uint32_t next_layer;
    uint32_t checksums[ROUNDS];
} turn;

static turn turns[NETWORKS];
static eyeriss_run run;

static void on_interrupt(void* context) {
    eyeriss_network_interrupt(context);
}

/* One layer of one network; the handler ends it, or the core computes it here. */
static eyeriss_result take_turn(turn* t) {
    eyeriss_run_options options = {0};
    options.first_layer = t->next_layer++;
    options.layer_count = 1;
    options.timeout_cycles = eyeriss_hal_cycles(LAYER_LIMIT_MILLISECONDS);
    if (eyeriss_network_start(&run, &t->network, &work, &options) != EYERISS_DRIVER_OK) return run.result;
    for (;;) {
        const uint32_t state = hal_irq_save();
        const int ended = eyeriss_network_poll(&run) == EYERISS_RUN_ENDED;
        if (!ended && run.state == EYERISS_RUN_BUSY) hal_wait_for_interrupt();
        hal_irq_restore(state);
        if (ended) return run.result;
    }
}

static int run_round(uint32_t round) {
    for (uint32_t n = 0; n < NETWORKS; ++n) {
        turns[n].next_layer = 0;
        if (fill_input(&turns[n].network, 5u + n) != 0) return EYERISS_CLASS_PROGRAM;
    }
    for (uint32_t left = 1; left != 0u;) {
        left = 0;
        for (uint32_t n = 0; n < NETWORKS; ++n) {
            turn* t = &turns[n];
            if (t->next_layer == t->network.header->layer_count) continue;
            if (take_turn(t) != EYERISS_DRIVER_OK) {
                return report_failure(&t->network, &t->network.device->fault);
            }
            left += t->next_layer < t->network.header->layer_count;
        }
    }
    for (uint32_t n = 0; n < NETWORKS; ++n) {
        const eyeriss_network* network = &turns[n].network;
        turns[n].checksums[round] = tensor_checksum(network, network->header->output_tensor);
        hal_printf("round %u %s: %u layers, output crc32 0x%08x\n", (unsigned)round,
                   eyeriss_network_name(network), (unsigned)turns[n].next_layer,
                   (unsigned)turns[n].checksums[round]);
    }
    return EYERISS_CLASS_NONE;
}

static int run_rounds(eyeriss_device* device) {
    for (uint32_t n = 0; n < NETWORKS; ++n) {
        const int code = start_network(&turns[n].network, device, addresses[n]);
        if (code != EYERISS_CLASS_NONE) return code;
    }
    if (hal_irq_enable(EYERISS_IRQ_DONE, on_interrupt, &run) != 0 ||
        hal_irq_enable(EYERISS_IRQ_ERROR, on_interrupt, &run) != 0) {
        return EYERISS_CLASS_DEVICE;
    }
    for (uint32_t round = 0; round < ROUNDS; ++round) {
        const int code = run_round(round);
        if (code != EYERISS_CLASS_NONE) return code;
    }
    for (uint32_t n = 0; n < NETWORKS; ++n) {
        if (turns[n].checksums[0] == turns[n].checksums[1]) continue;
        hal_printf("error: the rounds of %s differ\n", eyeriss_network_name(&turns[n].network));
        return EYERISS_CLASS_DATA;
    }
    return EYERISS_CLASS_NONE;
}

int main(void) {
    eyeriss_hal_bus bus;
    eyeriss_device device;
    const int code = start_accelerator(&bus, &device);
    return code != EYERISS_CLASS_NONE ? code : run_rounds(&device);
}
