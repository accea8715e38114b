#include "firmware/apps/run_network/report.h"

#include <stddef.h>

#include "firmware/driver/maps.h"
#include "firmware/hal/hal.h"

const char* report_decimal(uint64_t value, char (*buffer)[REPORT_DIGITS]) {
    char* digit = *buffer + REPORT_DIGITS - 1;
    *digit = '\0';
    do {
        *--digit = (char)('0' + (char)(value % 10u));
        value /= 10u;
    } while (value != 0u);
    return digit;
}

void report_layer(void* context, const eyeriss_layer_report* report) {
    (void)context;
    char buffer[REPORT_DIGITS];
    const int untimed = report->op == EYERISS_OP_ACCELERATOR && report->cycles == 0u;
    hal_printf("layer %u %s %s %s cycles", (unsigned)report->index, report->name, eyeriss_op_name(report->op),
               untimed ? "-" : report_decimal(report->cycles, &buffer));
    if (report->overflows != 0u) hal_printf(", %u psums overflowed", (unsigned)report->overflows);
    hal_puts("\n");
}

int report_failure(const eyeriss_network* network, const eyeriss_fault* fault) {
    hal_puts("error: ");
    if (fault->index != EYERISS_NO_INDEX) hal_printf("at %u", (unsigned)fault->index);
    if (network != NULL && fault->index < network->header->layer_count) {
        hal_printf(" (%s)", eyeriss_layer_name(network, fault->index));
    }
    if (fault->index != EYERISS_NO_INDEX) hal_puts(": ");
    hal_puts(eyeriss_result_text(fault->result));
    if (fault->result == EYERISS_DRIVER_HARDWARE) {
        hal_printf(": code %u, %s 0x%x: %s\n", (unsigned)fault->found, eyeriss_hardware_info(fault->found),
                   (unsigned)fault->offset, eyeriss_hardware_text(fault->found));
    } else {
        hal_printf("; found 0x%x at 0x%x\n", (unsigned)fault->found, (unsigned)fault->offset);
    }
    return (int)eyeriss_result_class(fault->result);
}

void report_recovery(const eyeriss_fault* fault, uint32_t retries) {
    hal_printf("recovered: layer %u after ", (unsigned)fault->index);
    if (fault->result == EYERISS_DRIVER_HARDWARE) {
        hal_printf("code %u", (unsigned)fault->found);
    } else {
        hal_puts(eyeriss_result_name(fault->result));
    }
    hal_printf(" (%u %s)\n", (unsigned)retries, retries == 1u ? "retry" : "retries");
}

int report_result(const eyeriss_network* network, uint64_t cycles) {
    const uint32_t tensor = network->header->output_tensor;
    const eyeriss_map output = eyeriss_network_map(network, tensor);
    uint32_t first_index = 0;
    int32_t first_value = 0;
    for (uint32_t n = 0; n < output.batch; ++n) {
        uint32_t index = 0;
        int32_t value = 0;
        const eyeriss_result result = eyeriss_map_argmax(&output, n, &index, &value);
        if (result != EYERISS_DRIVER_OK) {
            const eyeriss_fault fault = {result, EYERISS_NO_INDEX, network->tensors[tensor].data_offset,
                                         tensor};
            return report_failure(network, &fault);
        }
        if (output.batch > 1u) {
            hal_printf("input %u result %u value %d\n", (unsigned)n, (unsigned)index, (int)value);
        }
        if (n == 0u) {
            first_index = index;
            first_value = value;
        }
    }
    char buffer[REPORT_DIGITS];
    hal_printf("total %s cycles, result %u value %d\n", report_decimal(cycles, &buffer),
               (unsigned)first_index, (int)first_value);
    return EYERISS_CLASS_NONE;
}
