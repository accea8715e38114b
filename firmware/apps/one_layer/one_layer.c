/* Runs the first layer of the network image at EYERISS_IMAGE_ADDRESS on an input of its own and prints what
 * came out:
 *
 *     layer 0 NAME OP CYCLES cycles
 *     output C x H x W, crc32 0xCRC
 *
 * The input's element i is (37 * i + 5) % 128; the checksum is that of the output's values in C,H,W order. */
#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/apps/run_network/start.h"
#include "firmware/driver/run.h"
#include "firmware/hal/hal.h"

#define SEED 5u

static eyeriss_workspace work;

static int run_layer(const eyeriss_network* network) {
    eyeriss_layer_report report;
    if (fill_input(network, SEED) != 0) return EYERISS_CLASS_PROGRAM;
    if (eyeriss_layer_run(network, 0, &work, &report) != EYERISS_DRIVER_OK) {
        return report_failure(network, &network->device->fault);
    }
    report_layer(NULL, &report);
    const uint32_t tensor = network->layers[0].output;
    const eyeriss_map output = eyeriss_network_map(network, tensor);
    hal_printf("output %u x %u x %u, crc32 0x%08x\n", (unsigned)output.channels, (unsigned)output.height,
               (unsigned)output.width, (unsigned)tensor_checksum(network, tensor));
    return EYERISS_CLASS_NONE;
}

int main(void) {
    eyeriss_hal_bus bus;
    eyeriss_device device;
    eyeriss_network network;
    int code = start_accelerator(&bus, &device);
    if (code != EYERISS_CLASS_NONE) return code;
    code = start_network(&network, &device, EYERISS_IMAGE_ADDRESS);
    if (code == EYERISS_CLASS_NONE) code = run_layer(&network);
    eyeriss_hal_bus_close(&bus);
    return code;
}
