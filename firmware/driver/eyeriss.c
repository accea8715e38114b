#include "firmware/driver/eyeriss.h"

#include "firmware/driver/image_check.h"

static uint32_t read_register(const eyeriss_device* device, uint32_t offset) {
    return device->bus->read32(device->bus->context, device->base + offset);
}

static void write_register(const eyeriss_device* device, uint32_t offset, uint32_t value) {
    device->bus->write32(device->bus->context, device->base + offset, value);
}

static uint64_t read_pair(const eyeriss_device* device, uint32_t low) {
    return read_register(device, low) | (uint64_t)read_register(device, low + 4u) << 32;
}

static const uint32_t enables =
    EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR | EYERISS_CTRL_CRC_CHECK;

eyeriss_result eyeriss_probe(eyeriss_device* device, const eyeriss_bus* bus, uint32_t base) {
    device->bus = bus;
    device->base = base;
    device->geometry = 0;
    eyeriss_fault* fault = &device->fault;
    (void)eyeriss_refuse(fault, EYERISS_DRIVER_OK, EYERISS_NO_INDEX, 0, 0);
    const uint32_t id = read_register(device, EYERISS_REG_ID);
    if (id != EYERISS_ID_VALUE) {
        return eyeriss_refuse(fault, EYERISS_DRIVER_NO_DEVICE, EYERISS_NO_INDEX, EYERISS_REG_ID, id);
    }
    const uint32_t version = read_register(device, EYERISS_REG_VERSION);
    if (version != EYERISS_ABI_VERSION) {
        return eyeriss_refuse(fault, EYERISS_DRIVER_DEVICE_VERSION, EYERISS_NO_INDEX, EYERISS_REG_VERSION,
                              version);
    }
    const uint32_t geometry = read_register(device, EYERISS_REG_GEOMETRY);
    for (uint32_t shift = 0; shift < 32u; shift += 8u) {
        if ((geometry >> shift & 255u) == 0u) {
            return eyeriss_refuse(fault, EYERISS_DRIVER_DEVICE_GEOMETRY, EYERISS_NO_INDEX,
                                  EYERISS_REG_GEOMETRY, geometry);
        }
    }
    device->geometry = geometry;
    write_register(device, EYERISS_REG_CTRL, EYERISS_CTRL_RESET | enables);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_layer_start(const eyeriss_network* network, uint32_t layer) {
    eyeriss_device* device = network->device;
    const uint32_t status = read_register(device, EYERISS_REG_STATUS);
    if ((status & EYERISS_STATUS_BUSY) != 0u) {
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_DEVICE_BUSY, layer, EYERISS_REG_STATUS, status);
    }
    write_register(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR);
    write_register(device, EYERISS_REG_IMAGE_BASE, network->address);
    write_register(device, EYERISS_REG_DESC_OFFSET, network->layers[layer].descriptor_offset);
    write_register(device, EYERISS_REG_CTRL, EYERISS_CTRL_START | enables);
    return EYERISS_DRIVER_OK;
}

/* An interrupt may be another device's or stale, so status decides; the count bounds a line that is stuck. */
static uint32_t wait_for_status(const eyeriss_device* device) {
    for (uint32_t i = 0; i < EYERISS_MAX_WAKE_UPS; ++i) {
        const uint32_t status = read_register(device, EYERISS_REG_STATUS);
        if ((status & (EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR)) != 0u) return status;
        if (device->bus->wait_for_interrupt(device->bus->context) != 0) break;
    }
    return read_register(device, EYERISS_REG_STATUS);
}

eyeriss_result eyeriss_layer_wait(const eyeriss_network* network, uint32_t layer) {
    eyeriss_device* device = network->device;
    const uint32_t status = wait_for_status(device);
    if ((status & EYERISS_STATUS_ERROR) != 0u) {
        const uint32_t code = read_register(device, EYERISS_REG_ERROR_CODE);
        const uint32_t info = read_register(device, EYERISS_REG_ERROR_INFO);
        write_register(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR);
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_HARDWARE, layer, info, code);
    }
    if ((status & EYERISS_STATUS_DONE) == 0u) {
        write_register(device, EYERISS_REG_CTRL, EYERISS_CTRL_RESET | enables);
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_TIMEOUT, layer, EYERISS_REG_STATUS, status);
    }
    write_register(device, EYERISS_REG_STATUS, EYERISS_STATUS_DONE);
    return EYERISS_DRIVER_OK;
}

static eyeriss_result run_on_accelerator(const eyeriss_network* network, uint32_t layer,
                                         eyeriss_layer_report* report) {
    eyeriss_result result = eyeriss_layer_start(network, layer);
    if (result == EYERISS_DRIVER_OK) result = eyeriss_layer_wait(network, layer);
    if (result != EYERISS_DRIVER_OK) return result;
    report->cycles = read_pair(network->device, EYERISS_REG_CYCLES_LO);
    report->macs = read_pair(network->device, EYERISS_REG_MACS_LO);
    report->overflows = read_register(network->device, EYERISS_REG_OVERFLOWS);
    return EYERISS_DRIVER_OK;
}

static eyeriss_result run_on_core(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work,
                                  eyeriss_layer_report* report) {
    eyeriss_device* device = network->device;
    const uint64_t start = device->bus->cycles(device->bus->context);
    const eyeriss_result result = eyeriss_core_layer(network, layer, work);
    report->cycles = device->bus->cycles(device->bus->context) - start;
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
    report->index = layer;
    report->name = eyeriss_layer_name(network, layer);
    report->op = network->layers[layer].op;
    write_register(network->device, EYERISS_REG_LAYER, layer);
    return report->op == EYERISS_OP_ACCELERATOR ? run_on_accelerator(network, layer, report)
                                                : run_on_core(network, layer, work, report);
}

eyeriss_result eyeriss_network_run(const eyeriss_network* network, eyeriss_workspace* work,
                                   eyeriss_layer_callback callback, void* context) {
    eyeriss_result result = EYERISS_DRIVER_OK;
    for (uint32_t i = 0; i < network->header->layer_count && result == EYERISS_DRIVER_OK; ++i) {
        eyeriss_layer_report report;
        result = eyeriss_layer_run(network, i, work, &report);
        if (result == EYERISS_DRIVER_OK && callback != 0) callback(context, &report);
    }
    write_register(network->device, EYERISS_REG_LAYER, EYERISS_LAYER_NONE);
    return result;
}
