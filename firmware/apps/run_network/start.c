#include "firmware/apps/run_network/start.h"

#include <stddef.h>

#include "firmware/apps/run_network/report.h"
#include "firmware/driver/checksum.h"
#include "firmware/driver/maps.h"
#include "firmware/hal/hal.h"

static uint32_t values[1u << 18]; /* words, so that accumulators fit too */

int start_accelerator(eyeriss_hal_bus* bus, eyeriss_device* device) {
    if (eyeriss_hal_bus_open(bus) != 0) {
        hal_puts("error: the interrupt controller has no input for the accelerator\n");
        return EYERISS_CLASS_DEVICE;
    }
    if (eyeriss_probe(device, &bus->bus, EYERISS_REG_BASE) == EYERISS_DRIVER_OK) return EYERISS_CLASS_NONE;
    eyeriss_hal_bus_close(bus);
    return report_failure(NULL, &device->fault);
}

int start_network(eyeriss_network* network, eyeriss_device* device, uint32_t address) {
    if (eyeriss_network_open(network, device, address) == EYERISS_DRIVER_OK) return EYERISS_CLASS_NONE;
    return report_failure(NULL, &device->fault);
}

static int fits(const eyeriss_map* map) {
    if (eyeriss_map_bytes(map) <= sizeof values) return 1;
    hal_printf("error: a map of %u bytes is larger than this program's memory of %u\n",
               (unsigned)eyeriss_map_bytes(map), (unsigned)sizeof values);
    return 0;
}

int fill_input(const eyeriss_network* network, uint32_t seed) {
    const eyeriss_map map = eyeriss_network_map(network, network->header->input_tensor);
    if (!fits(&map)) return 1;
    for (uint32_t i = 0; i < eyeriss_map_bytes(&map); ++i) {
        ((uint8_t*)values)[i] = (uint8_t)((37u * i + seed) % 128u);
    }
    for (uint32_t n = 0; n < map.batch; ++n) eyeriss_map_write(&map, n, values);
    return 0;
}

uint32_t tensor_checksum(const eyeriss_network* network, uint32_t tensor) {
    const eyeriss_map map = eyeriss_network_map(network, tensor);
    if (!fits(&map)) return 0;
    if (eyeriss_map_read(&map, 0, values) != EYERISS_DRIVER_OK) {
        hal_printf("error: tensor %u does not decode\n", (unsigned)tensor);
        return 0;
    }
    return eyeriss_crc32((const uint8_t*)values, eyeriss_map_bytes(&map));
}
