#include "firmware/driver/run.h"

#include <stddef.h>

#include "firmware/driver/device.h"
#include "firmware/driver/image_check.h"
#include "firmware/driver/maps.h"

/* How long a wait for the end of a reset sleeps at most: no interrupt announces it. */
#define RESET_POLL_CYCLES 1000u
#define NEVER UINT64_MAX

static eyeriss_device* device_of(const eyeriss_run* run) {
    return run->network->device;
}

static const eyeriss_image_layer* layer_of(const eyeriss_run* run) {
    return &run->network->layers[run->layer];
}

static uint64_t now(const eyeriss_run* run) {
    return eyeriss_device_cycles(device_of(run));
}

static uint32_t checksum_of(const eyeriss_run* run, uint32_t tensor) {
    const eyeriss_map map = eyeriss_network_map(run->network, tensor);
    return eyeriss_map_checksum(&map);
}

static void end_run(eyeriss_run* run, eyeriss_result result) {
    eyeriss_device_write(device_of(run), EYERISS_REG_LAYER, EYERISS_LAYER_NONE);
    run->state = EYERISS_RUN_ENDED;
    run->result = result;
    if (run->options.on_end != NULL) run->options.on_end(run->options.context, result);
}

/* The layer of this run that makes a tensor, or EYERISS_NO_INDEX. */
static uint32_t maker_of(const eyeriss_run* run, uint32_t tensor) {
    for (uint32_t i = run->options.first_layer; i < run->layer; ++i) {
        if (run->network->layers[i].output == tensor) return i;
    }
    return EYERISS_NO_INDEX;
}

static int lies_in(const eyeriss_image_tensor* tensor, uint32_t offset) {
    const uint32_t block =
        tensor->block_channels < tensor->channels ? tensor->block_channels : tensor->channels;
    const uint32_t units = tensor->batch * ((tensor->channels + block - 1u) / block) * tensor->height;
    const uint32_t data = offset - tensor->data_offset;
    const uint32_t table = offset - tensor->table_offset;
    return data / tensor->unit_stride_bytes < units ||
           (tensor->format == EYERISS_FORMAT_CSC && table / 2u < units);
}

/* The input of the current layer in whose memory the accelerator found something wrong, or EYERISS_NO_INDEX.
 */
static uint32_t blamed_input(const eyeriss_run* run, const eyeriss_fault* fault) {
    const eyeriss_image_layer* layer = layer_of(run);
    uint32_t offset = fault->offset;
    if (fault->found == EYERISS_ERR_ECC) {
        offset -= run->network->address;
    } else if (fault->found != EYERISS_ERR_PAYLOAD_CODE) {
        return EYERISS_NO_INDEX;
    }
    for (uint32_t i = 0; i < layer->input_count; ++i) {
        if (lies_in(&run->network->tensors[layer->inputs[i]], offset)) return layer->inputs[i];
    }
    return EYERISS_NO_INDEX;
}

/* The first of the layers that made the current one's inputs, or EYERISS_NO_INDEX. */
static uint32_t first_maker(const eyeriss_run* run) {
    uint32_t first = EYERISS_NO_INDEX;
    for (uint32_t i = 0; i < layer_of(run)->input_count; ++i) {
        const uint32_t maker = maker_of(run, layer_of(run)->inputs[i]);
        if (maker < first) first = maker;
    }
    return first;
}

/* Where a run that has met `fault` can go on, or EYERISS_NO_INDEX. */
static uint32_t resume_at(const eyeriss_run* run, const eyeriss_fault* fault) {
    switch (fault->result) {
        case EYERISS_DRIVER_TIMEOUT:
        case EYERISS_DRIVER_OUTPUT_DIFFERS:
            return run->layer;
        case EYERISS_DRIVER_HARDWARE: {
            const uint32_t maker = maker_of(run, blamed_input(run, fault));
            return maker == EYERISS_NO_INDEX ? run->layer : maker;
        }
        case EYERISS_DRIVER_MAP_CHECKSUM:
            return maker_of(run, fault->found);
        case EYERISS_DRIVER_TENSOR_DATA:
            return first_maker(run);
        default:
            return EYERISS_NO_INDEX;
    }
}

static void reset(eyeriss_run* run) {
    eyeriss_device_reset(device_of(run));
    run->state = EYERISS_RUN_RESETTING;
    run->since = now(run);
}

/* The device's fault ends the run, unless a retry is left that can help. */
static void fail(eyeriss_run* run) {
    const eyeriss_fault fault = device_of(run)->fault;
    const uint32_t resume = resume_at(run, &fault);
    const int give_up = resume == EYERISS_NO_INDEX || run->retried >= run->options.retries;
    if (!give_up) {
        ++run->retried;
        if (run->options.on_retry != NULL) run->options.on_retry(run->options.context, &fault, resume);
        if (run->state == EYERISS_RUN_ENDED) return; /* cancelled by the callback */
        run->layer = resume;
    }
    run->repeating = 0;
    if (!give_up || fault.result == EYERISS_DRIVER_TIMEOUT) reset(run);
    if (give_up) end_run(run, fault.result);
}

static void fail_with(eyeriss_run* run, eyeriss_result result, uint32_t offset, uint32_t found) {
    (void)eyeriss_refuse(&device_of(run)->fault, result, run->layer, offset, found);
    fail(run);
}

static void start_layer(eyeriss_run* run) {
    if (eyeriss_layer_start(run->network, run->layer) != EYERISS_DRIVER_OK) {
        fail(run);
        return;
    }
    run->state = EYERISS_RUN_BUSY;
    run->impatient = 0;
    run->since = now(run);
}

static int is_whole(const eyeriss_run* run, uint32_t tensor) {
    return checksum_of(run, tensor) == run->options.checksums[tensor];
}

static int inputs_are_whole(eyeriss_run* run) {
    const eyeriss_image_layer* layer = layer_of(run);
    if (run->options.checksums == NULL) return 1;
    for (uint32_t i = 0; i < layer->input_count; ++i) {
        const uint32_t tensor = layer->inputs[i];
        if (is_whole(run, tensor)) continue;
        fail_with(run, EYERISS_DRIVER_MAP_CHECKSUM, run->network->tensors[tensor].data_offset, tensor);
        return 0;
    }
    return 1;
}

static void again(eyeriss_run* run, uint32_t output) {
    run->first_output = output;
    run->repeating = 1;
    if (layer_of(run)->op == EYERISS_OP_ACCELERATOR) {
        start_layer(run);
    } else {
        run->state = EYERISS_RUN_READY;
    }
}

/* A layer has ended. With `repeat` it has to do so twice alike; with checksums its inputs must have stayed as
 * they were to its end, since nobody knows when it read them. */
static void take_output(eyeriss_run* run, const eyeriss_layer_report* report) {
    const uint32_t tensor = layer_of(run)->output;
    const int checked = run->options.checksums != NULL || run->options.repeat != 0u;
    const uint32_t output = checked ? checksum_of(run, tensor) : 0u;
    if (run->options.repeat != 0u && run->repeating == 0u) {
        again(run, output);
        return;
    }
    if (run->options.repeat != 0u && output != run->first_output) {
        fail_with(run, EYERISS_DRIVER_OUTPUT_DIFFERS, tensor, output);
        return;
    }
    if (!inputs_are_whole(run)) return;
    if (run->options.checksums != NULL) run->options.checksums[tensor] = output;
    ++run->layer;
    run->repeating = 0;
    run->state = EYERISS_RUN_READY;
    if (run->options.on_layer != NULL) run->options.on_layer(run->options.context, report);
}

static void compute_layer(eyeriss_run* run) {
    eyeriss_layer_report report;
    if (eyeriss_layer_run(run->network, run->layer, run->work, &report) != EYERISS_DRIVER_OK) {
        fail(run);
    } else {
        take_output(run, &report);
    }
}

/* With checksums: behind the last layer the image's tables, and last of all the last output, are still what
 * they were. */
static int ends_whole(eyeriss_run* run) {
    if (run->options.checksums == NULL) return 1;
    const uint32_t last = run->end - 1u;
    const uint32_t tensor = run->network->layers[last].output;
    const int complete = run->end == run->network->header->layer_count;
    if (complete && eyeriss_network_recheck(run->network) != EYERISS_DRIVER_OK) {
        fail(run);
        return 0;
    }
    if (is_whole(run, tensor)) return 1;
    (void)eyeriss_refuse(&device_of(run)->fault, EYERISS_DRIVER_MAP_CHECKSUM, last,
                         run->network->tensors[tensor].data_offset, tensor);
    fail(run);
    return 0;
}

static void begin_layer(eyeriss_run* run) {
    if (run->layer == run->end) {
        if (ends_whole(run)) end_run(run, EYERISS_DRIVER_OK);
        return;
    }
    if (run->repeating == 0u && !inputs_are_whole(run)) return;
    if (layer_of(run)->op != EYERISS_OP_ACCELERATOR) {
        compute_layer(run);
        return;
    }
    eyeriss_device_write(device_of(run), EYERISS_REG_LAYER, run->layer);
    start_layer(run);
}

static int has_expired(const eyeriss_run* run) {
    const uint64_t limit = run->options.timeout_cycles;
    return run->impatient != 0u || (limit != 0u && now(run) - run->since >= limit);
}

static void look(eyeriss_run* run) {
    uint32_t status = 0;
    const eyeriss_result result = eyeriss_layer_poll(run->network, run->layer, &status);
    if (result != EYERISS_DRIVER_OK) {
        fail(run);
    } else if ((status & EYERISS_STATUS_DONE) != 0u) {
        eyeriss_layer_report report;
        eyeriss_accelerator_report(run->network, run->layer, &report);
        take_output(run, &report);
    } else if (has_expired(run)) {
        fail_with(run, EYERISS_DRIVER_TIMEOUT, EYERISS_REG_STATUS, status);
    }
}

static void look_at_reset(eyeriss_run* run) {
    if (eyeriss_device_is_idle(device_of(run))) {
        run->state = EYERISS_RUN_READY;
    } else if (now(run) - run->since >= EYERISS_RESET_CYCLES) {
        fail_with(run, EYERISS_DRIVER_DEVICE_BUSY, EYERISS_REG_STATUS, EYERISS_STATUS_BUSY);
    }
}

eyeriss_result eyeriss_network_start(eyeriss_run* run, const eyeriss_network* network,
                                     eyeriss_workspace* work, const eyeriss_run_options* options) {
    const uint32_t layers = network->header->layer_count;
    const uint32_t first = options->first_layer;
    const eyeriss_run fresh = {
        network, work, *options, EYERISS_RUN_READY, EYERISS_DRIVER_OK, first, layers, 0, 0, 0, 0, 0};
    *run = fresh;
    if (first >= layers || options->layer_count > layers - first) {
        run->state = EYERISS_RUN_ENDED;
        run->result = eyeriss_refuse(&network->device->fault, EYERISS_DRIVER_RUN_LAYERS, first, 0,
                                     options->layer_count);
        return run->result;
    }
    if (options->layer_count != 0u) run->end = first + options->layer_count;
    if (network->device->resetting != 0u) {
        run->state = EYERISS_RUN_RESETTING;
        run->since = now(run);
    }
    if (options->checksums != NULL && first == 0u) {
        const uint32_t input = network->header->input_tensor;
        options->checksums[input] = checksum_of(run, input);
    }
    return EYERISS_DRIVER_OK;
}

eyeriss_run_state eyeriss_network_poll(eyeriss_run* run) {
    switch (run->state) {
        case EYERISS_RUN_READY:
            begin_layer(run);
            break;
        case EYERISS_RUN_BUSY:
            look(run);
            break;
        case EYERISS_RUN_RESETTING:
            look_at_reset(run);
            break;
        default:
            break;
    }
    return run->state;
}

static int next_is_quick(const eyeriss_run* run) {
    return run->state == EYERISS_RUN_READY && run->layer < run->end &&
           layer_of(run)->op == EYERISS_OP_ACCELERATOR;
}

void eyeriss_network_interrupt(eyeriss_run* run) {
    const int checked = run->options.checksums != NULL || run->options.repeat != 0u;
    if (run->state != EYERISS_RUN_BUSY || checked) {
        eyeriss_device_mask(device_of(run));
        return;
    }
    look(run);
    if (next_is_quick(run)) begin_layer(run);
}

/* Sleeps until something may have changed. */
static void doze(eyeriss_run* run, uint32_t wake_ups) {
    const uint64_t limit = run->options.timeout_cycles;
    uint64_t deadline = limit != 0u ? run->since + limit : NEVER;
    if (run->state == EYERISS_RUN_RESETTING) deadline = now(run) + RESET_POLL_CYCLES;
    const int expired = eyeriss_device_sleep(device_of(run), deadline);
    const int given_up = expired || (limit == 0u && wake_ups >= EYERISS_MAX_WAKE_UPS);
    run->impatient = run->state == EYERISS_RUN_BUSY && given_up;
}

eyeriss_result eyeriss_network_wait(eyeriss_run* run) {
    uint32_t wake_ups = 0;
    uint32_t layer = run->layer;
    while (eyeriss_network_poll(run) != EYERISS_RUN_ENDED) {
        if (run->state == EYERISS_RUN_READY) continue;
        wake_ups = run->layer == layer ? wake_ups + 1u : 1u;
        layer = run->layer;
        doze(run, wake_ups);
    }
    return run->result;
}

void eyeriss_network_cancel(eyeriss_run* run) {
    if (run->state == EYERISS_RUN_ENDED) return;
    (void)eyeriss_refuse(&device_of(run)->fault, EYERISS_DRIVER_CANCELLED, run->layer, 0, 0);
    if (run->state == EYERISS_RUN_BUSY) eyeriss_device_reset(device_of(run));
    end_run(run, EYERISS_DRIVER_CANCELLED);
}

const char* eyeriss_run_state_name(eyeriss_run_state state) {
    static const char* const names[] = {"ready", "busy", "resetting", "ended"};
    return (uint32_t)state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

eyeriss_result eyeriss_network_run(const eyeriss_network* network, eyeriss_workspace* work,
                                   eyeriss_layer_callback callback, void* context) {
    eyeriss_run run;
    eyeriss_run_options options = {0};
    options.on_layer = callback;
    options.context = context;
    if (eyeriss_network_start(&run, network, work, &options) != EYERISS_DRIVER_OK) return run.result;
    return eyeriss_network_wait(&run);
}
