/* Register map of the accelerator. Owned by the hardware; included by firmware (C99) and models alike.
 *
 * One table states each register and field once; this header, the model's register file, doc/registers.md,
 * the SVD file and the access tests are made from it, so that a new register is one entry. All registers are
 * 32 bits wide and accept aligned 32-bit accesses only; anything else answers with a bus error. Access: rw,
 * ro, wo (reads as zero), w1c (write one to clear), rc (cleared by a read). */
#ifndef EYERISS_ABI_REGISTERS_H
#define EYERISS_ABI_REGISTERS_H

#define EYERISS_REG_BASE 0x18000000u
#define EYERISS_REG_BYTES 0x1000u
/* Inputs of the PLIC that the accelerator's interrupts drive: each is high while its bit of STATUS and its
 * enable in CTRL are set. */
#define EYERISS_IRQ_DONE 32u
#define EYERISS_IRQ_ERROR 33u
#define EYERISS_IRQ_COUNTER 34u

#define EYERISS_ID_VALUE 0x45595632u /* "EYV2" */
#define EYERISS_ABI_VERSION 2u

/* R(NAME, offset, access, reset, meaning) states a register, F(REGISTER, NAME, lsb, bits, access, meaning) a
 * field of it; a register without fields is one field of 32 bits. */
#define EYERISS_REGISTERS(R, F)                                                                             \
    R(ID, 0x00, ro, EYERISS_ID_VALUE, "Identifies the accelerator.")                                        \
    R(VERSION, 0x04, ro, EYERISS_ABI_VERSION, "Version of registers, descriptors and images.")              \
    R(CTRL, 0x08, rw, 0x8u, "Start, reset and enables.")                                                    \
    F(CTRL, START, 0, 1, wo, "Write 1: run the layer at DESC_OFFSET; ignored while busy.")                  \
    F(CTRL, RESET, 1, 1, wo,                                                                                \
      "Write 1: abandon the layer, clear status, errors and the last layer's figures.")                     \
    F(CTRL, IRQ_ENABLE_DONE, 2, 1, rw, "Raise the interrupt DONE while STATUS.DONE stands.")                \
    F(CTRL, CRC_CHECK, 3, 1, rw, "The DMA checks the CRC of payload segments.")                             \
    F(CTRL, IRQ_ENABLE_ERROR, 4, 1, rw, "Raise the interrupt ERROR while STATUS.ERROR stands.")             \
    F(CTRL, IRQ_ENABLE_COUNTER, 5, 1, rw, "Raise the interrupt COUNTER while STATUS.COUNTER stands.")       \
    F(CTRL, CLEAR_COUNTERS, 6, 1, wo, "Write 1: all performance counters to zero; thresholds stay.")        \
    F(CTRL, IRQ_ENABLE_CORRECTED, 7, 1, rw, "Raise the interrupt ERROR while STATUS.CORRECTED stands.")     \
    R(STATUS, 0x0c, w1c, 0, "What the accelerator is at.")                                                  \
    F(STATUS, BUSY, 0, 1, ro, "A layer runs.")                                                              \
    F(STATUS, DONE, 1, 1, w1c, "A layer has ended and its outputs are in memory.")                          \
    F(STATUS, ERROR, 2, 1, w1c, "A layer was refused or failed; ERROR_CODE says why.")                      \
    F(STATUS, COUNTER, 3, 1, w1c, "A performance counter reached its threshold; see PERF_REACHED.")         \
    F(STATUS, CORRECTED, 4, 1, w1c, "ECC has corrected a word; see ECC_ADDRESS.")                           \
    R(ERROR_CODE, 0x10, ro, 0, "Why the last layer failed; see eyeriss_error.")                             \
    R(ERROR_INFO, 0x14, ro, 0, "What the code refers to: an offset, an index or a value.")                  \
    R(IMAGE_BASE, 0x18, rw, 0, "Bus address that all offsets of descriptors are relative to.")              \
    R(DESC_OFFSET, 0x1c, rw, 0, "Offset of the layer descriptor that START runs.")                          \
    R(CYCLES_LO, 0x20, ro, 0, "Array cycles of the last layer, low half; zero when untimed.")               \
    R(CYCLES_HI, 0x24, ro, 0, "High half of CYCLES_LO.")                                                    \
    R(MACS_LO, 0x28, ro, 0, "Products of two non-zero in-image operands in the last layer, low half.")      \
    R(MACS_HI, 0x2c, ro, 0, "High half of MACS_LO.")                                                        \
    R(OVERFLOWS, 0x30, ro, 0, "Psums of the last layer that did not fit psum_bits; saturates at 2^32-1.")   \
    R(GEOMETRY, 0x34, ro, 0, "The array's size; set by the machine.")                                       \
    F(GEOMETRY, CLUSTER_ROWS, 0, 8, ro, "Rows of clusters.")                                                \
    F(GEOMETRY, CLUSTER_COLS, 8, 8, ro, "Columns of clusters.")                                             \
    F(GEOMETRY, PE_ROWS, 16, 8, ro, "Rows of PEs in a cluster.")                                            \
    F(GEOMETRY, PE_COLS, 24, 7, ro, "Columns of PEs in a cluster.")                                         \
    R(LAYER, 0x38, rw, 0xffffffffu, "Layer that the driver works on, host layers included; for observers.") \
    R(PERF_SELECT, 0x3c, rw, 0, "Performance counter to read; writing takes a snapshot of it.")             \
    R(PERF_LO, 0x40, ro, 0, "The counter when PERF_SELECT was written, low half; 0 for an unknown one.")    \
    R(PERF_HI, 0x44, ro, 0, "High half of PERF_LO.")                                                        \
    R(PERF_THRESHOLD_LO, 0x48, rw, 0, "Threshold of the selected counter, low half; both halves 0: none.")  \
    R(PERF_THRESHOLD_HI, 0x4c, rw, 0, "High half of PERF_THRESHOLD_LO; to be written first.")               \
    R(PERF_REACHED, 0x50, ro, 0, "Counter whose growth set STATUS.COUNTER last, the lowest of several.")    \
    R(WATCHDOG, 0x60, rw, 0,                                                                                \
      "Cycles without progress that end a layer with EYERISS_ERR_WATCHDOG; 0: never.")                      \
    R(ECC_DRAM_CORRECTED, 0x64, ro, 0,                                                                      \
      "Words of DRAM that were corrected since reset; saturates at 2^32-1.")                                \
    R(ECC_GLB_CORRECTED, 0x68, ro, 0, "Words of the GLB that were corrected since reset; saturates.")       \
    R(ECC_ADDRESS, 0x6c, ro, 0,                                                                             \
      "Where ECC last found an error: a bus address, or cluster << 8 | bank of the GLB.")

/* EYERISS_REG_<REGISTER>: byte offset. */
#define EYERISS_REG_ENUM_(name, offset, access, reset, meaning) EYERISS_REG_##name = (offset),
#define EYERISS_NO_FIELD_(reg, name, lsb, bits, access, meaning)
enum eyeriss_register { EYERISS_REGISTERS(EYERISS_REG_ENUM_, EYERISS_NO_FIELD_) EYERISS_REG_END_ };
#undef EYERISS_REG_ENUM_
#undef EYERISS_NO_FIELD_

/* EYERISS_<REGISTER>_<FIELD>: mask in place. EYERISS_<REGISTER>_<FIELD>_LSB: its lowest bit. */
#define EYERISS_NO_REGISTER_(name, offset, access, reset, meaning)
#define EYERISS_FIELD_ENUM_(reg, name, lsb, bits, access, meaning) \
    EYERISS_##reg##_##name = ((1 << (bits)) - 1) << (lsb), EYERISS_##reg##_##name##_LSB = (lsb),
enum eyeriss_register_field {
    EYERISS_REGISTERS(EYERISS_NO_REGISTER_, EYERISS_FIELD_ENUM_) EYERISS_FIELD_END_
};
#undef EYERISS_NO_REGISTER_
#undef EYERISS_FIELD_ENUM_

/* E(NAME, code, meaning, info): what ERROR_CODE may say, and what ERROR_INFO then holds. */
#define EYERISS_ERRORS(E)                                                                      \
    E(DESC_MAGIC, 1, "The descriptor's magic is wrong.", "what was read")                      \
    E(DESC_VERSION, 2, "The descriptor's version is unknown.", "what was read")                \
    E(DESC_SIZE, 3, "The descriptor's total_bytes cannot be.", "what was read")                \
    E(DESC_CRC, 4, "The descriptor's checksum is wrong.", "what was computed")                 \
    E(DESC_FIELD, 5, "A field of the descriptor is out of range.", "byte offset of the field") \
    E(BUS, 6, "A DMA access was answered with an error.", "bus address")                       \
    E(PAYLOAD_CRC, 7, "A weight or requant segment's checksum is wrong.", "segment index")     \
    E(PAYLOAD_CODE, 8, "Compressed data does not decode.", "offset of the unit")               \
    E(GLB_OVERFLOW, 9, "A GLB bank is too small for the mapping.", "pass index")               \
    E(SPAD_OVERFLOW, 10, "A PE's SPad is too small.", "linear PE index")                       \
    E(NOC_CONFLICT, 11, "The NoC configuration cannot carry the layer.", "cluster index")      \
    E(COVERAGE, 12, "Tiles do not cover the layer exactly.", "MACs missing, low word")         \
    E(PSUM_FIT, 13, "Reserved for a psum that must not overflow.", "0")                        \
    E(WATCHDOG, 14, "Nothing moved for WATCHDOG cycles.", "number of who waits")               \
    E(ECC, 15, "A word had an error that ECC cannot correct.",                                 \
      "bus address, or cluster << 8 | bank of the GLB")

/* EYERISS_ERR_<NAME>; EYERISS_OK is no error. */
#define EYERISS_ERROR_ENUM_(name, code, meaning, info) EYERISS_ERR_##name = (code),
enum eyeriss_error { EYERISS_OK = 0, EYERISS_ERRORS(EYERISS_ERROR_ENUM_) EYERISS_ERR_END_ };
#undef EYERISS_ERROR_ENUM_

#endif
