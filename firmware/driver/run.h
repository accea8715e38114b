/** @file
 * Running a network without waiting for it: start, poll or interrupt, cancel, timeout, recovery.
 *
 * An eyeriss_run is owned by the application and goes on only inside the functions below. The calls of one
 * device's runs must not overlap: where handlers call eyeriss_network_interrupt, call the others with the
 * accelerator's interrupts masked. One device runs one layer at a time, so of several runs only one may be
 * EYERISS_RUN_BUSY; runs of single layers (eyeriss_run_options.layer_count) let networks take turns. */
#ifndef EYERISS_DRIVER_RUN_H
#define EYERISS_DRIVER_RUN_H

#include <stdint.h>

#include "firmware/driver/eyeriss.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Called before a run goes back to layer `resume` because of `fault`. */
typedef void (*eyeriss_retry_callback)(void* context, const eyeriss_fault* fault, uint32_t resume);
/** Called once when a run ends, with what eyeriss_run.result then holds. */
typedef void (*eyeriss_end_callback)(void* context, eyeriss_result result);

/** What a run is to do; all zero: the whole network once, no limit, no checks, no retries. */
typedef struct eyeriss_run_options {
    uint32_t first_layer; /**< the run begins here; its inputs must have been made */
    uint32_t layer_count; /**< 0: all from first_layer on */
    /** Cycles, as eyeriss_bus.cycles counts them, that the accelerator may take for a layer before it is
     * reset; 0: no limit but the patience of the bus and EYERISS_MAX_WAKE_UPS. */
    uint64_t timeout_cycles;
    /** How often, in all, the run may reset the accelerator and go back: to the layer that failed, or to the
     * one that made a feature map which is found damaged. */
    uint32_t retries;
    /** Room for header->tensor_count words, or null. With it the checksum of every feature map is kept when
     * it is made (of the network's input: when a run from layer 0 starts) and compared before and after each
     * layer that reads it; at the run's end that of its last output and, behind the last layer, the image's
     * own are compared. A run that starts at a later layer goes on with the checksums that earlier runs have
     * kept. */
    uint32_t* checksums;
    /** Non-zero: each layer runs twice, and both outputs must be the same. */
    uint32_t repeat;
    eyeriss_layer_callback on_layer; /**< null, or called after each layer that ended well */
    eyeriss_retry_callback on_retry; /**< null, or called before each retry */
    eyeriss_end_callback on_end;     /**< null, or called once at the end, whatever it is */
    void* context;                   /**< handed to the callbacks */
} eyeriss_run_options;

/** What a run is at. */
typedef enum eyeriss_run_state {
    EYERISS_RUN_READY,     /**< the next poll begins a layer */
    EYERISS_RUN_BUSY,      /**< the accelerator works on a layer */
    EYERISS_RUN_RESETTING, /**< the accelerator was reset and still abandons a layer */
    EYERISS_RUN_ENDED      /**< eyeriss_run.result says how */
} eyeriss_run_state;

/** A run. The options may be changed between calls and in callbacks; all else is to be read only. */
typedef struct eyeriss_run {
    const eyeriss_network* network; /**< that is run */
    eyeriss_workspace* work;        /**< of its layers on the core */
    eyeriss_run_options options;    /**< as given */
    eyeriss_run_state state;        /**< what the run is at */
    eyeriss_result result;          /**< once ended; EYERISS_DRIVER_CANCELLED after eyeriss_network_cancel */
    uint32_t layer;                 /**< that is worked on or comes next */
    uint32_t end;                   /**< the layer behind the last one */
    uint32_t retried;               /**< retries so far */
    uint32_t repeating;             /**< the layer runs for the second time */
    uint32_t first_output;          /**< checksum of the output of the first time */
    uint32_t impatient;             /**< the bus has given up waiting */
    uint64_t since;                 /**< cycles when the layer or the reset was started */
} eyeriss_run;

/** Cycles for which a reset accelerator may stay busy before a run ends with DEVICE_BUSY. */
#define EYERISS_RESET_CYCLES 1000000u

/** Begins a run; nothing is started on the accelerator before the first poll or wait. `work` is used by
 * layers on the core. Fails with RUN_LAYERS when the options name layers that the network does not have; the
 * run has then ended without a callback. */
eyeriss_result eyeriss_network_start(eyeriss_run* run, const eyeriss_network* network,
                                     eyeriss_workspace* work, const eyeriss_run_options* options);

/** Takes one step without waiting: begins a layer, computes a layer of the core, or looks whether the
 * accelerator has ended one or has taken too long. Returns the state afterwards. */
eyeriss_run_state eyeriss_network_poll(eyeriss_run* run);

/** For handlers of the interrupts DONE and ERROR: takes the end of a layer, and begins the next one when it
 * is the accelerator's; callbacks are then called in the handler. What takes long (layers on the core,
 * checks, waiting for the end of a reset) is left to eyeriss_network_poll. An interrupt that belongs to no
 * layer, or to a run with checks, is masked in CTRL until the next start, reset or sleep. */
void eyeriss_network_interrupt(eyeriss_run* run);

/** Polls until the run has ended and sleeps by eyeriss_bus.wait_for_interrupt in between. Returns its result:
 * OK, CANCELLED, or the failure for which there was no retry left (the device's fault says which). */
eyeriss_result eyeriss_network_wait(eyeriss_run* run);

/** Ends a run that has not ended: the accelerator is reset when it works for it. Outputs of the layer that
 * was worked on are undefined, those of earlier ones stay. May be called from callbacks. */
void eyeriss_network_cancel(eyeriss_run* run);

/** The state's name in lower case, for messages; never null. */
const char* eyeriss_run_state_name(eyeriss_run_state state);

#ifdef __cplusplus
}
#endif

#endif
