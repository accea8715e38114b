#include "firmware/driver/counters.h"

#include "firmware/driver/device.h"
#include "firmware/driver/image_check.h"

static eyeriss_result select_counter(eyeriss_device* device, uint32_t counter) {
    if (counter >= EYERISS_COUNTER_COUNT) {
        return eyeriss_refuse(&device->fault, EYERISS_DRIVER_COUNTER, EYERISS_NO_INDEX,
                              EYERISS_REG_PERF_SELECT, counter);
    }
    eyeriss_device_write(device, EYERISS_REG_PERF_SELECT, counter);
    return EYERISS_DRIVER_OK;
}

eyeriss_result eyeriss_counter_read(eyeriss_device* device, uint32_t counter, uint64_t* value) {
    const eyeriss_result result = select_counter(device, counter);
    *value = result == EYERISS_DRIVER_OK ? eyeriss_device_read_pair(device, EYERISS_REG_PERF_LO) : 0u;
    return result;
}

void eyeriss_counters_read(eyeriss_device* device, uint64_t* values) {
    for (uint32_t i = 0; i < EYERISS_COUNTER_COUNT; ++i) (void)eyeriss_counter_read(device, i, &values[i]);
}

void eyeriss_counters_clear(eyeriss_device* device) {
    eyeriss_device_write(device, EYERISS_REG_CTRL, device->enables | EYERISS_CTRL_CLEAR_COUNTERS);
}

eyeriss_result eyeriss_counter_watch(eyeriss_device* device, uint32_t counter, uint64_t threshold) {
    const eyeriss_result result = select_counter(device, counter);
    if (result != EYERISS_DRIVER_OK) return result;
    eyeriss_device_write(device, EYERISS_REG_PERF_THRESHOLD_HI, (uint32_t)(threshold >> 32));
    eyeriss_device_write(device, EYERISS_REG_PERF_THRESHOLD_LO, (uint32_t)threshold);
    device->enables |= EYERISS_CTRL_IRQ_ENABLE_COUNTER;
    eyeriss_device_write(device, EYERISS_REG_CTRL, device->enables);
    return EYERISS_DRIVER_OK;
}

uint32_t eyeriss_counter_reached(eyeriss_device* device) {
    const uint32_t status = eyeriss_device_read(device, EYERISS_REG_STATUS);
    if ((status & EYERISS_STATUS_COUNTER) == 0u) return EYERISS_NO_INDEX;
    const uint32_t counter = eyeriss_device_read(device, EYERISS_REG_PERF_REACHED);
    eyeriss_device_write(device, EYERISS_REG_STATUS, EYERISS_STATUS_COUNTER);
    return counter;
}

const char* eyeriss_counter_name(uint32_t counter) {
#define EYERISS_NAME_(name, number, unit, meaning) #name,
    static const char* const names[] = {EYERISS_COUNTERS(EYERISS_NAME_)};
#undef EYERISS_NAME_
    return counter < EYERISS_COUNTER_COUNT ? names[counter] : "?";
}

const char* eyeriss_counter_unit(uint32_t counter) {
#define EYERISS_UNIT_(name, number, unit, meaning) unit,
    static const char* const units[] = {EYERISS_COUNTERS(EYERISS_UNIT_)};
#undef EYERISS_UNIT_
    return counter < EYERISS_COUNTER_COUNT ? units[counter] : "?";
}
