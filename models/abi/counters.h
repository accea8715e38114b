/* Performance counters of the accelerator, 64 bits each. Owned by the hardware; included by firmware (C99)
 * and models alike.
 *
 * At the end of every layer, failed ones included, each counter grows by what the layer did; an abandoned
 * layer adds nothing. CTRL.CLEAR_COUNTERS sets them to zero. The first counters are the ledger of the PEs:
 * each PE-cycle of a layer has exactly one cause, so they add up to PEs times CYCLES. */
#ifndef EYERISS_ABI_COUNTERS_H
#define EYERISS_ABI_COUNTERS_H

/* C(NAME, number, unit, meaning): one counter; numbers rise by one. */
#define EYERISS_COUNTERS(C)                                                                          \
    C(BOTH_LANES, 0, "PE-cycles", "Two products.")                                                   \
    C(ONE_LANE, 1, "PE-cycles", "One product; the other lane has a pad.")                            \
    C(STORED_ZERO, 2, "PE-cycles", "A lane is given an explicitly stored or raw zero.")              \
    C(BUBBLE, 3, "PE-cycles", "The accumulator runs dry.")                                           \
    C(LOADING_WEIGHTS, 4, "PE-cycles", "A word of the PE's own weights comes in.")                   \
    C(PSUM_PORTS, 5, "PE-cycles", "Psums on the SPad's ports.")                                      \
    C(WAIT_IACT, 6, "PE-cycles", "No iact comes though the GLB bank is filled.")                     \
    C(WAIT_WEIGHT, 7, "PE-cycles", "Weights have not begun to come.")                                \
    C(WAIT_PSUM_IN, 8, "PE-cycles", "No psum has come from below.")                                  \
    C(WAIT_PSUM_OUT, 9, "PE-cycles", "No place for psums above.")                                    \
    C(WAIT_CONFIG, 10, "PE-cycles", "Descriptor and static configuration.")                          \
    C(WAIT_DRAM, 11, "PE-cycles", "Iacts or weights are on their way from DRAM.")                    \
    C(FINISHED_EARLY, 12, "PE-cycles", "Done with the layer while other PEs work.")                  \
    C(NOT_MAPPED, 13, "PE-cycles", "No work in the layer.")                                          \
    C(CYCLES, 14, "cycles", "Of the array, from a layer's start to its end.")                        \
    C(LAYERS, 15, "layers", "That ended, failed ones included.")                                     \
    C(FAILED_LAYERS, 16, "layers", "That ended with an error.")                                      \
    C(PASSES, 17, "passes", "Of the layers' mappings.")                                              \
    C(MACS_NOMINAL, 18, "MACs", "As the tiles cover the layer, zeros and padding included.")         \
    C(MACS_EFFECTUAL, 19, "MACs", "Two non-zero operands inside the image.")                         \
    C(PSUM_OVERFLOWS, 20, "psums", "That did not fit psum_bits when they left their PE.")            \
    C(DRAM_READ_BYTES, 21, "bytes", "That the DMA read.")                                            \
    C(DRAM_WRITE_BYTES, 22, "bytes", "That the DMA wrote.")                                          \
    C(GLB_READ_BYTES, 23, "bytes", "Out of GLB banks.")                                              \
    C(GLB_WRITE_BYTES, 24, "bytes", "Into GLB banks.")                                               \
    C(SPAD_READ_BYTES, 25, "bytes", "Out of the PEs' SPads.")                                        \
    C(SPAD_WRITE_BYTES, 26, "bytes", "Into the PEs' SPads.")                                         \
    C(IACT_MESH_WORDS, 27, "words", "Over links between iact routers; a multicast once a link.")     \
    C(IACT_LOCAL_WORDS, 28, "words", "From iact routers into clusters.")                             \
    C(WEIGHT_MESH_WORDS, 29, "words", "Over links between weight routers; a multicast once a link.") \
    C(WEIGHT_LOCAL_WORDS, 30, "words", "From weight routers into clusters.")                         \
    C(PSUM_MESH_WORDS, 31, "words", "Over links between psum routers.")                              \
    C(PSUM_LOCAL_WORDS, 32, "words", "From psum routers into PE columns and banks.")                 \
    C(CONFIG_BITS, 33, "bits", "Static configuration of the networks.")

/* EYERISS_COUNTER_<NAME>: what PERF_SELECT takes. */
#define EYERISS_COUNTER_ENUM_(name, number, unit, meaning) EYERISS_COUNTER_##name = (number),
enum eyeriss_counter { EYERISS_COUNTERS(EYERISS_COUNTER_ENUM_) EYERISS_COUNTER_COUNT };
#undef EYERISS_COUNTER_ENUM_

#endif
