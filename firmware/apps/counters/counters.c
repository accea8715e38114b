/* Runs the network image at EYERISS_IMAGE_ADDRESS on the input that lies there and reads the accelerator's
 * performance counters. Prints the layers as run_network does, then
 *
 *     LAYERS reached 1 after layer INDEX       the interrupt of a watched counter, once
 *     NAME VALUE UNIT                          every counter of models/abi/counters.h
 *     PE-cycles add up                         the ledger: causes = PEs x CYCLES, else exit code 5 */
#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/apps/run_network/start.h"
#include "firmware/driver/counters.h"
#include "firmware/driver/run.h"
#include "firmware/hal/hal.h"

static eyeriss_workspace work;

/* What the handler of the counter's interrupt has seen. */
typedef struct watch {
    eyeriss_device* device;
    volatile uint32_t reached;
    volatile uint32_t times;
} watch;

static void on_counter(void* context) {
    watch* self = context;
    self->reached = eyeriss_counter_reached(self->device);
    ++self->times;
    (void)eyeriss_counter_watch(self->device, self->reached, 0);
}

static void on_layer(void* context, const eyeriss_layer_report* report) {
    watch* self = context;
    report_layer(NULL, report);
    if (self->times == 1u) {
        hal_printf("%s reached 1 after layer %u\n", eyeriss_counter_name(self->reached),
                   (unsigned)report->index);
        self->times = 2;
    }
}

static uint64_t pes(const eyeriss_device* device) {
    const uint32_t g = device->geometry;
    return (uint64_t)(g & 255u) * (g >> 8 & 255u) * (g >> 16 & 255u) * (g >> 24);
}

static int print_counters(eyeriss_device* device) {
    uint64_t values[EYERISS_COUNTER_COUNT];
    char buffer[REPORT_DIGITS];
    uint64_t ledger = 0;
    eyeriss_counters_read(device, values);
    for (uint32_t i = 0; i < EYERISS_COUNTER_COUNT; ++i) {
        hal_printf("%s %s %s\n", eyeriss_counter_name(i), report_decimal(values[i], &buffer),
                   eyeriss_counter_unit(i));
        if (i <= EYERISS_COUNTER_NOT_MAPPED) ledger += values[i];
    }
    if (ledger == pes(device) * values[EYERISS_COUNTER_CYCLES]) {
        hal_puts("PE-cycles add up\n");
        return EYERISS_CLASS_NONE;
    }
    hal_puts("error: the causes of PE-cycles do not add up\n");
    return EYERISS_CLASS_DATA;
}

static int run_counted(eyeriss_network* network, eyeriss_device* device) {
    watch seen = {device, EYERISS_NO_INDEX, 0};
    eyeriss_counters_clear(device);
    if (hal_irq_enable(EYERISS_IRQ_COUNTER, on_counter, &seen) != 0) return EYERISS_CLASS_DEVICE;
    (void)eyeriss_counter_watch(device, EYERISS_COUNTER_LAYERS, 1);
    const eyeriss_result result = eyeriss_network_run(network, &work, on_layer, &seen);
    hal_irq_disable(EYERISS_IRQ_COUNTER);
    if (result != EYERISS_DRIVER_OK) return report_failure(network, &device->fault);
    return print_counters(device);
}

int main(void) {
    eyeriss_hal_bus bus;
    eyeriss_device device;
    eyeriss_network network;
    int code = start_accelerator(&bus, &device);
    if (code != EYERISS_CLASS_NONE) return code;
    code = start_network(&network, &device, EYERISS_IMAGE_ADDRESS);
    if (code == EYERISS_CLASS_NONE) code = run_counted(&network, &device);
    eyeriss_hal_bus_close(&bus);
    return code;
}
