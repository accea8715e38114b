#include "firmware/driver/eyeriss.h"

#include "firmware/driver/device.h"
#include "firmware/driver/image_check.h"

uint32_t eyeriss_device_read(const eyeriss_device* device, uint32_t offset) {
    return device->bus->read32(device->bus->context, device->base + offset);
}

void eyeriss_device_write(const eyeriss_device* device, uint32_t offset, uint32_t value) {
    device->bus->write32(device->bus->context, device->base + offset, value);
}

uint64_t eyeriss_device_read_pair(const eyeriss_device* device, uint32_t low) {
    return eyeriss_device_read(device, low) | (uint64_t)eyeriss_device_read(device, low + 4u) << 32;
}

uint64_t eyeriss_device_cycles(const eyeriss_device* device) {
    return device->bus->cycles(device->bus->context);
}

void eyeriss_device_mask(const eyeriss_device* device) {
    const uint32_t lines = EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR;
    eyeriss_device_write(device, EYERISS_REG_CTRL, device->enables & ~lines);
}

/* The handler may have masked the interrupts for a wake-up that was for nothing. */
int eyeriss_device_sleep(const eyeriss_device* device, uint64_t deadline) {
    eyeriss_device_write(device, EYERISS_REG_CTRL, device->enables);
    return device->bus->wait_for_interrupt(device->bus->context, deadline);
}

void eyeriss_device_reset(eyeriss_device* device) {
    eyeriss_device_write(device, EYERISS_REG_CTRL, EYERISS_CTRL_RESET | device->enables);
    device->resetting = 1;
}

void eyeriss_device_watchdog(const eyeriss_device* device, uint32_t cycles) {
    eyeriss_device_write(device, EYERISS_REG_WATCHDOG, cycles);
}

eyeriss_ecc eyeriss_ecc_read(const eyeriss_device* device) {
    const eyeriss_ecc ecc = {eyeriss_device_read(device, EYERISS_REG_ECC_DRAM_CORRECTED),
                             eyeriss_device_read(device, EYERISS_REG_ECC_GLB_CORRECTED),
                             eyeriss_device_read(device, EYERISS_REG_ECC_ADDRESS)};
    return ecc;
}

int eyeriss_device_is_idle(eyeriss_device* device) {
    const int busy = (eyeriss_device_read(device, EYERISS_REG_STATUS) & EYERISS_STATUS_BUSY) != 0u;
    if (!busy) device->resetting = 0;
    return !busy;
}

eyeriss_result eyeriss_probe(eyeriss_device* device, const eyeriss_bus* bus, uint32_t base) {
    device->bus = bus;
    device->base = base;
    device->geometry = 0;
    device->enables = EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR | EYERISS_CTRL_CRC_CHECK;
    device->resetting = 0;
    eyeriss_fault* fault = &device->fault;
    (void)eyeriss_refuse(fault, EYERISS_DRIVER_OK, EYERISS_NO_INDEX, 0, 0);
    const uint32_t id = eyeriss_device_read(device, EYERISS_REG_ID);
    if (id != EYERISS_ID_VALUE) {
        return eyeriss_refuse(fault, EYERISS_DRIVER_NO_DEVICE, EYERISS_NO_INDEX, EYERISS_REG_ID, id);
    }
    const uint32_t version = eyeriss_device_read(device, EYERISS_REG_VERSION);
    if (version != EYERISS_ABI_VERSION) {
        return eyeriss_refuse(fault, EYERISS_DRIVER_DEVICE_VERSION, EYERISS_NO_INDEX, EYERISS_REG_VERSION,
                              version);
    }
    const uint32_t geometry = eyeriss_device_read(device, EYERISS_REG_GEOMETRY);
    for (uint32_t shift = 0; shift < 32u; shift += 8u) {
        if ((geometry >> shift & 255u) == 0u) {
            return eyeriss_refuse(fault, EYERISS_DRIVER_DEVICE_GEOMETRY, EYERISS_NO_INDEX,
                                  EYERISS_REG_GEOMETRY, geometry);
        }
    }
    device->geometry = geometry;
    eyeriss_device_reset(device);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_layer_start(const eyeriss_network* network, uint32_t layer) {
    eyeriss_device* device = network->device;
    const uint32_t status = eyeriss_device_read(device, EYERISS_REG_STATUS);
    if ((status & EYERISS_STATUS_BUSY) != 0u) {
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_DEVICE_BUSY, layer, EYERISS_REG_STATUS, status);
    }
    eyeriss_device_write(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR);
    eyeriss_device_write(device, EYERISS_REG_IMAGE_BASE, network->address);
    eyeriss_device_write(device, EYERISS_REG_DESC_OFFSET, network->layers[layer].descriptor_offset);
    eyeriss_device_write(device, EYERISS_REG_CTRL, EYERISS_CTRL_START | device->enables);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_layer_poll(const eyeriss_network* network, uint32_t layer, uint32_t* status) {
    eyeriss_device* device = network->device;
    *status = eyeriss_device_read(device, EYERISS_REG_STATUS);
    if ((*status & EYERISS_STATUS_ERROR) != 0u) {
        const uint32_t code = eyeriss_device_read(device, EYERISS_REG_ERROR_CODE);
        const uint32_t info = eyeriss_device_read(device, EYERISS_REG_ERROR_INFO);
        eyeriss_device_write(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR);
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_HARDWARE, layer, info, code);
    }
    if ((*status & EYERISS_STATUS_DONE) != 0u) {
        eyeriss_device_write(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE);
    }
    return EYERISS_DRIVER_OK;
}

/* An interrupt may be another device's or stale, so status decides; the count bounds a line that is stuck. */
eyeriss_result eyeriss_layer_wait(const eyeriss_network* network, uint32_t layer) {
    eyeriss_device* device = network->device;
    uint32_t status = 0;
    int given_up = 0;
    for (uint32_t i = 0;; ++i) {
        const eyeriss_result result = eyeriss_layer_poll(network, layer, &status);
        if (result != EYERISS_DRIVER_OK || (status & EYERISS_STATUS_DONE) != 0u) return result;
        if (given_up || i == EYERISS_MAX_WAKE_UPS) break;
        given_up = eyeriss_device_sleep(device, UINT64_MAX);
    }
    eyeriss_device_reset(device);
    return eyeriss_refuse(&device->fault, EYERISS_DRIVER_TIMEOUT, layer, EYERISS_REG_STATUS, status);
}

static void describe(const eyeriss_network* network, uint32_t layer, eyeriss_layer_report* report) {
    report->index = layer;
    report->name = eyeriss_layer_name(network, layer);
    report->op = network->layers[layer].op;
}

void eyeriss_accelerator_report(const eyeriss_network* network, uint32_t layer,
                                eyeriss_layer_report* report) {
    describe(network, layer, report);
    report->cycles = eyeriss_device_read_pair(network->device, EYERISS_REG_CYCLES_LO);
    report->macs = eyeriss_device_read_pair(network->device, EYERISS_REG_MACS_LO);
    report->overflows = eyeriss_device_read(network->device, EYERISS_REG_OVERFLOWS);
}

static eyeriss_result run_on_accelerator(const eyeriss_network* network, uint32_t layer,
                                         eyeriss_layer_report* report) {
    eyeriss_result result = eyeriss_layer_start(network, layer);
    if (result == EYERISS_DRIVER_OK) result = eyeriss_layer_wait(network, layer);
    if (result == EYERISS_DRIVER_OK) eyeriss_accelerator_report(network, layer, report);
    return result;
}

static eyeriss_result run_on_core(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work,
                                  eyeriss_layer_report* report) {
    eyeriss_device* device = network->device;
    const uint64_t start = eyeriss_device_cycles(device);
    const eyeriss_result result = eyeriss_core_layer(network, layer, work);
    report->cycles = eyeriss_device_cycles(device) - start;
    report->macs = 0;
    report->overflows = 0;
    if (result != EYERISS_DRIVER_OK) {
        const uint32_t input = network->layers[layer].inputs[0];
        return eyeriss_refuse(&device->fault, result, layer, network->tensors[input].data_offset, input);
    }
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_layer_run(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work,
                                 eyeriss_layer_report* report) {
    describe(network, layer, report);
    eyeriss_device_write(network->device, EYERISS_REG_LAYER, layer);
    return report->op == EYERISS_OP_ACCELERATOR ? run_on_accelerator(network, layer, report)
                                                : run_on_core(network, layer, work, report);
}
