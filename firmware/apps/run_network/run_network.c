#include "firmware/apps/run_network/run_network.h"

#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/apps/run_network/start.h"
#include "firmware/driver/run.h"
#include "firmware/hal/hal.h"

/* Milliseconds of simulated time that a layer may take; the largest of VGG-16 needs less than a thousand. */
#define LAYER_LIMIT_MILLISECONDS 10000u
/* Cycles of the array without any progress: no memory is that slow. */
#define WATCHDOG_CYCLES (1u << 20)
#define RETRIES 2u
#define MOST_TENSORS 1024u

/* Retries of the layer that is being tried again. */
typedef struct attempts {
    uint32_t count;
    eyeriss_fault fault;
} attempts;

static void on_layer(void* context, const eyeriss_layer_report* report) {
    attempts* self = context;
    if (report->index == self->fault.index && self->count != 0u) {
        report_recovery(&self->fault, self->count);
        self->count = 0;
    }
    report_layer(NULL, report);
}

static void on_retry(void* context, const eyeriss_fault* fault, uint32_t resume) {
    (void)resume;
    attempts* self = context;
    self->count = fault->index == self->fault.index ? self->count + 1u : 1u;
    self->fault = *fault;
}

static int run_opened(const eyeriss_network* network, uint32_t* checksums) {
    static eyeriss_workspace work; /* 82 KiB: no stack takes that */
    attempts tried = {0u, {EYERISS_DRIVER_OK, EYERISS_NO_INDEX, 0u, 0u}};
    eyeriss_run_options options = {0};
    eyeriss_run run;
    options.timeout_cycles = eyeriss_hal_cycles(LAYER_LIMIT_MILLISECONDS);
    options.retries = RETRIES;
    options.checksums = checksums;
    options.repeat = checksums != NULL;
    options.on_layer = on_layer;
    options.on_retry = on_retry;
    options.context = &tried;
    hal_printf("network %s\n", eyeriss_network_name(network));
    const uint64_t start = hal_cycles();
    if (eyeriss_network_start(&run, network, &work, &options) != EYERISS_DRIVER_OK ||
        eyeriss_network_wait(&run) != EYERISS_DRIVER_OK) {
        return report_failure(network, &network->device->fault);
    }
    return report_result(network, hal_cycles() - start);
}

static int run_with(uint32_t* checksums, uint32_t room) {
    eyeriss_hal_bus bus;
    eyeriss_device device;
    eyeriss_network network;
    int code = start_accelerator(&bus, &device);
    if (code != EYERISS_CLASS_NONE) return code;
    code = start_network(&network, &device, EYERISS_IMAGE_ADDRESS);
    if (code == EYERISS_CLASS_NONE && checksums != NULL && network.header->tensor_count > room) {
        hal_printf("error: the network has %u maps: this program has room for the checksums of %u\n",
                   (unsigned)network.header->tensor_count, (unsigned)room);
        code = EYERISS_CLASS_PROGRAM;
    }
    if (code == EYERISS_CLASS_NONE) {
        eyeriss_device_watchdog(&device, WATCHDOG_CYCLES);
        code = run_opened(&network, checksums);
    }
    eyeriss_hal_bus_close(&bus); /* the handlers' context ends with this function */
    return code;
}

int run_network(void) {
    return run_with(NULL, 0u);
}

int run_network_checked(void) {
    static uint32_t checksums[MOST_TENSORS];
    return run_with(checksums, MOST_TENSORS);
}
