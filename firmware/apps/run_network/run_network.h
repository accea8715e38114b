/* Runs the network image at EYERISS_IMAGE_ADDRESS and reports on the UART. */
#ifndef EYERISS_APPS_RUN_NETWORK_H
#define EYERISS_APPS_RUN_NETWORK_H

#ifdef __cplusplus
extern "C" {
#endif

/** Opens the image, runs its layers and prints
 *
 *     network NAME
 *     layer INDEX NAME OP CYCLES cycles        one line each; "-" for cycles of an untimed accelerator
 *     recovered: layer INDEX after WHAT (N retries)   before a layer that was tried again: code C, or TIMEOUT
 *     input N result INDEX value VALUE         one line an input where the batch has several
 *     total CYCLES cycles, result INDEX value VALUE   (of the first input)
 *
 * where CYCLES are the accelerator's own for its layers and the core's for the others and the total, and the
 * result is the largest value of the output with its index in C,H,W order. A failure ends the report with one
 * line that names layer, field and value. Returns 0 or the class of the failure (enum eyeriss_error_class).
 */
int run_network(void);

/** The same with every check that the driver has: checksums of feature maps, each layer twice
 * (eyeriss_run_options). CYCLES of the total are more than twice as many. */
int run_network_checked(void);

#ifdef __cplusplus
}
#endif

#endif
