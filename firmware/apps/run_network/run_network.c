#include "firmware/apps/run_network/run_network.h"

#include <stddef.h>

#include "firmware/driver/eyeriss.h"
#include "firmware/hal/hal.h"

/* Seconds of simulated time that a layer may take; the largest of VGG-16 needs less than one. */
#define PATIENCE_SECONDS 60u
#define DECIMAL_DIGITS 21

/* What the interrupt handlers tell the waiting driver. */
typedef struct waiter {
    volatile uint32_t woken;
    volatile uint32_t expired;
} waiter;

static void on_accelerator(void* context) {
    waiter* self = context;
    /* The line stands until the driver clears the status; without this the handler would run for ever. */
    hal_write32(EYERISS_REG_BASE + EYERISS_REG_CTRL, EYERISS_CTRL_CRC_CHECK);
    self->woken = 1;
}

static void on_deadline(void* context) {
    waiter* self = context;
    self->expired = 1;
    self->woken = 1;
}

static int wait_for_interrupt(void* context) {
    waiter* self = context;
    self->expired = 0;
    hal_timer_at(hal_time() + (uint64_t)PATIENCE_SECONDS * HAL_TIMER_HZ, on_deadline, self);
    hal_wait_for(&self->woken);
    hal_timer_at(UINT64_MAX, on_deadline, self);
    self->woken = 0;
    return self->expired != 0u;
}

static uint32_t bus_read(void* context, uint32_t address) {
    (void)context;
    return hal_read32(address);
}

static void bus_write(void* context, uint32_t address, uint32_t value) {
    (void)context;
    hal_write32(address, value);
}

static uint8_t* bus_memory(void* context, uint32_t address, uint32_t bytes) {
    (void)context;
    return hal_memory(address, bytes);
}

static uint64_t bus_cycles(void* context) {
    (void)context;
    return hal_cycles();
}

/* The HAL prints 32-bit numbers; cycles are 64 bits wide. */
static const char* decimal(uint64_t value, char (*buffer)[DECIMAL_DIGITS]) {
    char* digit = *buffer + DECIMAL_DIGITS - 1;
    *digit = '\0';
    do {
        *--digit = (char)('0' + (char)(value % 10u));
        value /= 10u;
    } while (value != 0u);
    return digit;
}

static void print_layer(void* context, const eyeriss_layer_report* report) {
    (void)context;
    char buffer[DECIMAL_DIGITS];
    const int untimed = report->op == EYERISS_OP_ACCELERATOR && report->cycles == 0u;
    hal_printf("layer %u %s %s %s cycles", (unsigned)report->index, report->name, eyeriss_op_name(report->op),
               untimed ? "-" : decimal(report->cycles, &buffer));
    if (report->overflows != 0u) hal_printf(", %u psums overflowed", (unsigned)report->overflows);
    hal_puts("\n");
}

static int fail(const eyeriss_network* network, const eyeriss_fault* fault) {
    const enum eyeriss_error_class class = eyeriss_result_class(fault->result);
    hal_puts("error: ");
    if (fault->index != EYERISS_NO_INDEX) hal_printf("at %u", (unsigned)fault->index);
    if (network != NULL && fault->index != EYERISS_NO_INDEX) {
        hal_printf(" (%s)", eyeriss_layer_name(network, fault->index));
    }
    if (fault->index != EYERISS_NO_INDEX) hal_puts(": ");
    hal_puts(eyeriss_result_text(fault->result));
    if (fault->result == EYERISS_DRIVER_HARDWARE) {
        hal_printf(": code %u, %s 0x%x\n", (unsigned)fault->found, eyeriss_hardware_text(fault->found),
                   (unsigned)fault->offset);
    } else {
        hal_printf("; found 0x%x at 0x%x\n", (unsigned)fault->found, (unsigned)fault->offset);
    }
    return (int)class;
}

static int print_result(const eyeriss_network* network, eyeriss_workspace* work, uint64_t cycles) {
    const uint32_t tensor = network->header->output_tensor;
    const eyeriss_map output = eyeriss_network_map(network, tensor);
    uint32_t first_index = 0;
    int32_t first_value = 0;
    for (uint32_t n = 0; n < output.batch; ++n) {
        uint32_t index = 0;
        int32_t value = 0;
        const eyeriss_result result = eyeriss_map_argmax(&output, n, &work->output, &index, &value);
        if (result != EYERISS_DRIVER_OK) {
            const eyeriss_fault fault = {result, EYERISS_NO_INDEX, network->tensors[tensor].data_offset,
                                         tensor};
            return fail(network, &fault);
        }
        if (output.batch > 1u) {
            hal_printf("input %u result %u value %d\n", (unsigned)n, (unsigned)index, (int)value);
        }
        if (n == 0u) {
            first_index = index;
            first_value = value;
        }
    }
    char buffer[DECIMAL_DIGITS];
    hal_printf("total %s cycles, result %u value %d\n", decimal(cycles, &buffer), (unsigned)first_index,
               (int)first_value);
    return EYERISS_CLASS_NONE;
}

static int run_opened(const eyeriss_network* network) {
    static eyeriss_workspace work; /* 82 KiB: no stack takes that */
    hal_printf("network %s\n", eyeriss_network_name(network));
    const uint64_t start = hal_cycles();
    if (eyeriss_network_run(network, &work, print_layer, NULL) != EYERISS_DRIVER_OK) {
        return fail(network, &network->device->fault);
    }
    return print_result(network, &work, hal_cycles() - start);
}

int run_network(void) {
    waiter patience = {0u, 0u};
    const eyeriss_bus bus = {&patience, bus_read, bus_write, bus_memory, wait_for_interrupt, bus_cycles};
    eyeriss_device device;
    eyeriss_network network;
    if (eyeriss_probe(&device, &bus, EYERISS_REG_BASE) != EYERISS_DRIVER_OK) return fail(NULL, &device.fault);
    if (hal_irq_enable(EYERISS_IRQ_DONE, on_accelerator, &patience) != 0 ||
        hal_irq_enable(EYERISS_IRQ_ERROR, on_accelerator, &patience) != 0) {
        hal_puts("error: the interrupt controller has no input for the accelerator\n");
        return EYERISS_CLASS_DEVICE;
    }
    int code = 0;
    if (eyeriss_network_open(&network, &device, EYERISS_IMAGE_ADDRESS) != EYERISS_DRIVER_OK) {
        code = fail(NULL, &device.fault);
    } else {
        code = run_opened(&network);
    }
    hal_irq_disable(EYERISS_IRQ_DONE); /* the handler's context ends with this function */
    hal_irq_disable(EYERISS_IRQ_ERROR);
    return code;
}
