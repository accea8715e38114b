/* Breaks things under its own feet and lets the driver mend them: the network image at EYERISS_IMAGE_ADDRESS
 * runs once undisturbed and once for each of four disturbances. Prints for each
 *
 *     recovered: layer INDEX after WHAT (N retries)       where the driver had to go back
 *     TITLE: output as before                             or: output differs, and exit code 5
 *
 * The input is one_layer's. */
#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/apps/run_network/start.h"
#include "firmware/driver/run.h"
#include "firmware/hal/hal.h"

#define SEED 5u
#define RETRIES 3u
#define MOST_TENSORS 256u
#define LAYER_LIMIT_MILLISECONDS 10000u
#define TOO_SHORT_CYCLES 50u

/* What goes wrong, and when. */
typedef struct disturbance {
    const char* title;
    uint32_t damage_map;        /* a bit of the first layer's output turns before the second one reads it */
    uint32_t damage_descriptor; /* a bit of the first layer's descriptor turns */
    uint32_t too_short;         /* the first attempt at the first layer has too little time */
    uint32_t cancel;            /* the first layer is cancelled and everything started again */
} disturbance;

static const disturbance disturbances[] = {
    {"undisturbed", 0, 0, 0, 0},
    {"damaged feature map", 1, 0, 0, 0},
    {"damaged descriptor", 0, 1, 0, 0},
    {"layer out of time", 0, 0, 1, 0},
    {"cancelled and restarted", 0, 0, 0, 1},
};

static eyeriss_workspace work;
static uint32_t checksums[MOST_TENSORS];

/* A run with what is being done to it. */
typedef struct scene {
    const eyeriss_network* network;
    eyeriss_run run;
    disturbance todo;
} scene;

static void turn_bit(const eyeriss_network* network, uint32_t offset) {
    network->memory[offset] ^= 1u;
}

static uint32_t descriptor_byte(const scene* s) {
    return s->network->layers[0].descriptor_offset + 16u;
}

static void on_layer(void* context, const eyeriss_layer_report* report) {
    scene* s = context;
    if (report->index != 0u || s->todo.damage_map == 0u) return;
    s->todo.damage_map = 0;
    turn_bit(s->network, s->network->tensors[s->network->layers[0].output].data_offset + 1u);
}

static void on_retry(void* context, const eyeriss_fault* fault, uint32_t resume) {
    scene* s = context;
    (void)resume;
    report_recovery(fault, s->run.retried);
    if (s->todo.damage_descriptor != 0u) {
        s->todo.damage_descriptor = 0;
        turn_bit(s->network, descriptor_byte(s));
    }
    s->run.options.timeout_cycles = eyeriss_hal_cycles(LAYER_LIMIT_MILLISECONDS);
}

static eyeriss_result start(scene* s) {
    eyeriss_run_options options = {0};
    options.timeout_cycles =
        s->todo.too_short != 0u ? TOO_SHORT_CYCLES : eyeriss_hal_cycles(LAYER_LIMIT_MILLISECONDS);
    options.retries = RETRIES;
    options.checksums = checksums;
    options.on_layer = on_layer;
    options.on_retry = on_retry;
    options.context = s;
    return eyeriss_network_start(&s->run, s->network, &work, &options);
}

/* The checksum of the output, or 0 after a message. */
static uint32_t play(scene* s) {
    if (s->todo.damage_descriptor != 0u) turn_bit(s->network, descriptor_byte(s));
    eyeriss_result result = start(s);
    if (s->todo.cancel != 0u && result == EYERISS_DRIVER_OK) {
        (void)eyeriss_network_poll(&s->run);
        eyeriss_network_cancel(&s->run);
        result = start(s);
    }
    if (result == EYERISS_DRIVER_OK) result = eyeriss_network_wait(&s->run);
    if (result != EYERISS_DRIVER_OK) {
        (void)report_failure(s->network, &s->network->device->fault);
        return 0;
    }
    return tensor_checksum(s->network, s->network->header->output_tensor);
}

static int play_all(const eyeriss_network* network) {
    static scene s;
    uint32_t expected = 0;
    s.network = network;
    if (network->header->tensor_count > MOST_TENSORS || fill_input(network, SEED) != 0) {
        hal_puts("error: the network is too large for this program\n");
        return EYERISS_CLASS_PROGRAM;
    }
    for (uint32_t i = 0; i < sizeof disturbances / sizeof disturbances[0]; ++i) {
        s.todo = disturbances[i];
        const uint32_t found = play(&s);
        if (i == 0u) expected = found;
        const int equal = found != 0u && found == expected;
        hal_printf("%s: output %s\n", disturbances[i].title,
                   i == 0u ? "taken"
                   : equal ? "as before"
                           : "differs");
        if (!equal) return EYERISS_CLASS_DATA;
    }
    return EYERISS_CLASS_NONE;
}

int main(void) {
    eyeriss_hal_bus bus;
    eyeriss_device device;
    eyeriss_network network;
    int code = start_accelerator(&bus, &device);
    if (code != EYERISS_CLASS_NONE) return code;
    code = start_network(&network, &device, EYERISS_IMAGE_ADDRESS);
    if (code == EYERISS_CLASS_NONE) code = play_all(&network);
    eyeriss_hal_bus_close(&bus);
    return code;
}
