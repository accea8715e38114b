/** @file
 * Driver of the accelerator: finds it, opens a network image, runs its layers.
 *
 * Freestanding C99 without heap and without state of its own. All hardware is reached through eyeriss_bus, so
 * the same code runs on the RISC-V core and, on a mock bus, in tests on the host. The host must be
 * little-endian like the target. */
#ifndef EYERISS_DRIVER_EYERISS_H
#define EYERISS_DRIVER_EYERISS_H

#include <stdint.h>

#include "firmware/driver/errors.h"
#include "firmware/driver/tensor.h"
#include "models/abi/image.h"
#include "models/abi/registers.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the driver reaches the hardware. All addresses are bus addresses. */
typedef struct eyeriss_bus {
    void* context; /**< handed to every function */
    /** Reads an aligned 32-bit register. */
    uint32_t (*read32)(void* context, uint32_t address);
    /** Writes an aligned 32-bit register; returns after the device has taken the value. */
    void (*write32)(void* context, uint32_t address, uint32_t value);
    /** Where the program sees `bytes` bytes of memory; null when they are not all memory. */
    uint8_t* (*memory)(void* context, uint32_t address, uint32_t bytes);
    /** Sleeps until one of the accelerator's interrupts, at most until cycles() reaches `deadline`
     * (UINT64_MAX: no limit but the bus's own patience); must return at once when an interrupt already
     * stands. Zero after an interrupt, whoever raised it; non-zero when deadline or patience are over. */
    int (*wait_for_interrupt)(void* context, uint64_t deadline);
    /** Cycles of the core since some start; never fewer than before. */
    uint64_t (*cycles)(void* context);
} eyeriss_bus;

/** An accelerator that eyeriss_probe has found. */
typedef struct eyeriss_device {
    const eyeriss_bus* bus; /**< the way to it */
    uint32_t base;          /**< bus address of the registers */
    uint32_t geometry;      /**< register GEOMETRY */
    uint32_t enables;       /**< what register CTRL holds while the driver waits */
    uint32_t resetting;     /**< non-zero: was reset while busy, and not seen idle since */
    eyeriss_fault fault;    /**< the last failure; result EYERISS_DRIVER_OK when there was none */
} eyeriss_device;

/** An opened image. Pointers go into the image's memory. */
typedef struct eyeriss_network {
    eyeriss_device* device;              /**< that runs it */
    uint8_t* memory;                     /**< the image as the program sees it */
    uint32_t address;                    /**< bus address of the image */
    const eyeriss_image_header* header;  /**< counts, input and output */
    const eyeriss_image_tensor* tensors; /**< header->tensor_count of them */
    const eyeriss_image_layer* layers;   /**< header->layer_count of them, in the order in which they run */
} eyeriss_network;

/** What a layer did. */
typedef struct eyeriss_layer_report {
    uint32_t index;     /**< in the layer table */
    const char* name;   /**< in the image */
    uint32_t op;        /**< EYERISS_OP_* */
    uint64_t cycles;    /**< the accelerator's cycles, or the core's for a layer on the core */
    uint64_t macs;      /**< effectual products, as register MACS counts them; 0 on the core */
    uint32_t overflows; /**< psums that did not fit; 0 on the core */
} eyeriss_layer_report;

/** Called after each layer that ended well. */
typedef void (*eyeriss_layer_callback)(void* context, const eyeriss_layer_report* report);

/** Wake-ups without a status that one layer may take before the driver gives it up, where no time limit is
 * given (eyeriss_run_options.timeout_cycles). */
#define EYERISS_MAX_WAKE_UPS 1000u
/** What register LAYER holds when no layer is worked on. */
#define EYERISS_LAYER_NONE 0xffffffffu

/** Looks for an accelerator at `base`: ID, VERSION, GEOMETRY. Enables its interrupt and the CRC checks of its
 * DMA. Fails with NO_DEVICE, DEVICE_VERSION or DEVICE_GEOMETRY. */
eyeriss_result eyeriss_probe(eyeriss_device* device, const eyeriss_bus* bus, uint32_t base);

/** Resets the accelerator: it abandons its layer and forgets status and errors. It may stay busy for a while;
 * no interrupt says when it is idle again. */
void eyeriss_device_reset(eyeriss_device* device);
/** True when no layer is worked on, not even one that is being abandoned. */
int eyeriss_device_is_idle(eyeriss_device* device);

/** Lets the accelerator itself end a layer with EYERISS_ERR_WATCHDOG when nothing moves for so many of its
 * cycles; 0: never. Stays through resets by the driver. */
void eyeriss_device_watchdog(const eyeriss_device* device, uint32_t cycles);

/** What ECC has seen since the accelerator's reset. */
typedef struct eyeriss_ecc {
    uint32_t dram_corrected; /**< words */
    uint32_t glb_corrected;  /**< words */
    uint32_t address;        /**< register ECC_ADDRESS: of the last error, corrected or not */
} eyeriss_ecc;
/** Reads the three registers; all zero where ECC is off. */
eyeriss_ecc eyeriss_ecc_read(const eyeriss_device* device);

/** Opens the image at a bus address that is a multiple of 64. Checks header, checksum, every entry of the
 * tensor and layer tables, parameters and descriptors before anything is run: after success no offset of the
 * image leads out of its memory. Fails with one of the IMAGE, TENSOR, LAYER and DESCRIPTOR results; the
 * device's fault says where. */
eyeriss_result eyeriss_network_open(eyeriss_network* network, eyeriss_device* device, uint32_t address);

/** The name of an opened image. */
const char* eyeriss_network_name(const eyeriss_network* network);
/** The name of a layer of an opened image; layer < header->layer_count. */
const char* eyeriss_layer_name(const eyeriss_network* network, uint32_t layer);
/** Name of an EYERISS_OP_*: "accelerator", "max_pool", ... ; never null. */
const char* eyeriss_op_name(uint32_t op);

/** A view of a tensor of an opened image; tensor < header->tensor_count. */
eyeriss_map eyeriss_network_map(const eyeriss_network* network, uint32_t tensor);

/** Programs IMAGE_BASE and DESC_OFFSET and rings the doorbell. The layer must be one for the accelerator.
 * Fails with DEVICE_BUSY. */
eyeriss_result eyeriss_layer_start(const eyeriss_network* network, uint32_t layer);

/** Looks at the started layer without waiting. When it has ended, *status has EYERISS_STATUS_DONE and the
 * register's bit has been cleared, else not. Fails with HARDWARE (the fault holds ERROR_CODE and ERROR_INFO).
 */
eyeriss_result eyeriss_layer_poll(const eyeriss_network* network, uint32_t layer, uint32_t* status);

/** What the accelerator says of the layer that has just ended. */
void eyeriss_accelerator_report(const eyeriss_network* network, uint32_t layer, eyeriss_layer_report* report);

/** Sleeps until the started layer ends and clears its status. Fails with HARDWARE (the fault holds ERROR_CODE
 * and ERROR_INFO) or TIMEOUT, after which the accelerator has been reset. */
eyeriss_result eyeriss_layer_wait(const eyeriss_network* network, uint32_t layer);

/** Runs one layer that is not for the accelerator, on the core. Fails with LAYER_OP when it is, or with
 * TENSOR_DATA; leaves the fault to its caller. */
eyeriss_result eyeriss_core_layer(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work);

/** Runs one layer, on the accelerator or on the core, with register LAYER telling observers which. */
eyeriss_result eyeriss_layer_run(const eyeriss_network* network, uint32_t layer, eyeriss_workspace* work,
                                 eyeriss_layer_report* report);

/** Runs all layers in order, calls back after each (the callback may be null), and leaves register LAYER at
 * EYERISS_LAYER_NONE. Stops at the first layer that fails; the device's fault says which and why. Time
 * limits, retries and runs that do not wait: firmware/driver/run.h. */
eyeriss_result eyeriss_network_run(const eyeriss_network* network, eyeriss_workspace* work,
                                   eyeriss_layer_callback callback, void* context);

#ifdef __cplusplus
}
#endif

#endif
