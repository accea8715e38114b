#include <stddef.h>

#include "firmware/driver/eyeriss.h"
#include "firmware/driver/host_layers.h"
#include "firmware/driver/image_check.h"

static uint8_t* memory_at(const eyeriss_device* device, uint32_t address, uint32_t bytes) {
    return device->bus->memory(device->bus->context, address, bytes);
}

static eyeriss_result check_image(eyeriss_image_view* view) {
    eyeriss_result result = eyeriss_check_header(view);
    if (result != EYERISS_DRIVER_OK) return result;
    view->tensors =
        (const eyeriss_image_tensor*)(const void*)(view->bytes + view->header->tensor_table_offset);
    view->layers = (const eyeriss_image_layer*)(const void*)(view->bytes + view->header->layer_table_offset);
    result = eyeriss_check_tensors(view);
    return result != EYERISS_DRIVER_OK ? result : eyeriss_check_layers(view);
}

eyeriss_result eyeriss_network_open(eyeriss_network* network, eyeriss_device* device, uint32_t address) {
    uint8_t* start = memory_at(device, address, sizeof(eyeriss_image_header));
    if (address % 64u != 0u || start == NULL) {
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_IMAGE_PLACE, EYERISS_NO_INDEX, 0, address);
    }
    const eyeriss_image_header* header = (const eyeriss_image_header*)(const void*)start;
    eyeriss_image_view view = {start, device->geometry, header, NULL, NULL, &device->fault};
    eyeriss_result result = eyeriss_check_sizes(&view);
    if (result != EYERISS_DRIVER_OK) return result;
    if (memory_at(device, address, header->memory_bytes) == NULL) {
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_IMAGE_MEMORY_BYTES, EYERISS_NO_INDEX,
                              offsetof(eyeriss_image_header, memory_bytes), header->memory_bytes);
    }
    result = check_image(&view);
    if (result != EYERISS_DRIVER_OK) return result;
    network->device = device;
    network->memory = start;
    network->address = address;
    network->header = header;
    network->tensors = view.tensors;
    network->layers = view.layers;
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_network_recheck(const eyeriss_network* network) {
    eyeriss_device* device = network->device;
    const eyeriss_image_view view = {network->memory,  device->geometry, network->header,
                                     network->tensors, network->layers,  &device->fault};
    const eyeriss_result result = eyeriss_check_sizes(&view);
    return result != EYERISS_DRIVER_OK ? result : eyeriss_check_header(&view);
}

const char* eyeriss_network_name(const eyeriss_network* network) {
    return (const char*)(network->memory + network->header->name_offset);
}

const char* eyeriss_layer_name(const eyeriss_network* network, uint32_t layer) {
    return (const char*)(network->memory + network->layers[layer].name_offset);
}

const char* eyeriss_op_name(uint32_t op) {
    static const char* const names[] = {"accelerator", "max_pool", "average_pool", "add",
                                        "concat",      "softmax",  "requant",      "reshape"};
    return op < sizeof names / sizeof names[0] ? names[op] : "unknown";
}

eyeriss_map eyeriss_network_map(const eyeriss_network* network, uint32_t tensor) {
    return eyeriss_map_of(&network->tensors[tensor], network->memory);
}

static const uint8_t* table_of(const eyeriss_network* network, const eyeriss_image_layer* layer) {
    return network->memory + layer->params.table.table_offset;
}

eyeriss_result eyeriss_core_layer(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work) {
    const eyeriss_image_layer* entry = &network->layers[layer];
    const eyeriss_map out = eyeriss_network_map(network, entry->output);
    eyeriss_map in[EYERISS_MAX_INPUTS];
    for (uint32_t i = 0; i < entry->input_count; ++i) in[i] = eyeriss_network_map(network, entry->inputs[i]);
    switch (entry->op) {
        case EYERISS_OP_MAX_POOL:
            return eyeriss_max_pool(&in[0], &out, &entry->params.pool, work);
        case EYERISS_OP_AVERAGE_POOL:
            return eyeriss_average_pool(&in[0], &out, &entry->params.pool, work);
        case EYERISS_OP_ADD:
            return eyeriss_add(&in[0], &in[1], &out, &entry->params.add, work);
        case EYERISS_OP_CONCAT:
            return eyeriss_concat(in, entry->input_count, &out, table_of(network, entry),
                                  entry->params.table.identity, work);
        case EYERISS_OP_SOFTMAX:
            return eyeriss_softmax(&in[0], &out, (const uint32_t*)(const void*)table_of(network, entry),
                                   entry->params.table.inverse_scale, work);
        case EYERISS_OP_REQUANT:
            return eyeriss_requant_by_table(&in[0], &out, table_of(network, entry), work);
        case EYERISS_OP_RESHAPE:
            return eyeriss_reshape(&in[0], &out, work);
        default:
            return EYERISS_DRIVER_LAYER_OP;
    }
}
