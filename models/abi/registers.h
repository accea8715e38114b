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
/* Input of the PLIC that the accelerator's interrupt drives. */
#define EYERISS_IRQ 32u

#define EYERISS_ID_VALUE 0x45595632u /* "EYV2" */
#define EYERISS_ABI_VERSION 1u

/* R(NAME, offset, access, reset, meaning) states a register, F(REGISTER, NAME, lsb, bits, access, meaning) a
 * field of it; a register without fields is one field of 32 bits. */
#define EYERISS_REGISTERS(R, F)                                                                           \
    R(ID, 0x00, ro, EYERISS_ID_VALUE, "Identifies the accelerator.")                                      \
    R(VERSION, 0x04, ro, EYERISS_ABI_VERSION, "Version of registers, descriptors and images.")            \
    R(CTRL, 0x08, rw, 0x8u, "Start, reset and enables.")                                                  \
    F(CTRL, START, 0, 1, wo, "Write 1: run the layer at DESC_OFFSET; ignored while busy.")                \
    F(CTRL, RESET, 1, 1, wo, "Write 1: abandon the layer, clear status, errors and counters.")            \
    F(CTRL, IRQ_ENABLE, 2, 1, rw, "Raise the interrupt while DONE or ERROR stands.")                      \
    F(CTRL, CRC_CHECK, 3, 1, rw, "The DMA checks the CRC of payload segments.")                           \
    R(STATUS, 0x0c, w1c, 0, "What the accelerator is at.")                                                \
    F(STATUS, BUSY, 0, 1, ro, "A layer runs.")                                                            \
    F(STATUS, DONE, 1, 1, w1c, "A layer has ended and its outputs are in memory.")                        \
    F(STATUS, ERROR, 2, 1, w1c, "A layer was refused or failed; ERROR_CODE says why.")                    \
    R(ERROR_CODE, 0x10, ro, 0, "Why the last layer failed; see eyeriss_error.")                           \
    R(ERROR_INFO, 0x14, ro, 0, "What the code refers to: an offset, an index or a value.")                \
    R(IMAGE_BASE, 0x18, rw, 0, "Bus address that all offsets of descriptors are relative to.")            \
    R(DESC_OFFSET, 0x1c, rw, 0, "Offset of the layer descriptor that START runs.")                        \
    R(CYCLES_LO, 0x20, ro, 0, "Array cycles of the last layer, low half; zero when untimed.")             \
    R(CYCLES_HI, 0x24, ro, 0, "High half of CYCLES_LO.")                                                  \
    R(MACS_LO, 0x28, ro, 0, "Products of two non-zero in-image operands in the last layer, low half.")    \
    R(MACS_HI, 0x2c, ro, 0, "High half of MACS_LO.")                                                      \
    R(OVERFLOWS, 0x30, ro, 0, "Psums of the last layer that did not fit psum_bits; saturates at 2^32-1.") \
    R(GEOMETRY, 0x34, ro, 0, "The array's size; set by the machine.")                                     \
    F(GEOMETRY, CLUSTER_ROWS, 0, 8, ro, "Rows of clusters.")                                              \
    F(GEOMETRY, CLUSTER_COLS, 8, 8, ro, "Columns of clusters.")                                           \
    F(GEOMETRY, PE_ROWS, 16, 8, ro, "Rows of PEs in a cluster.")                                          \
    F(GEOMETRY, PE_COLS, 24, 7, ro, "Columns of PEs in a cluster.")                                       \
    R(LAYER, 0x38, rw, 0xffffffffu, "Layer that the driver works on, host layers included; for observers.")

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

enum eyeriss_error {
    EYERISS_OK = 0,
    EYERISS_ERR_DESC_MAGIC = 1,     /* descriptor magic; info: what was read */
    EYERISS_ERR_DESC_VERSION = 2,   /* descriptor version; info: what was read */
    EYERISS_ERR_DESC_SIZE = 3,      /* descriptor total_bytes; info: what was read */
    EYERISS_ERR_DESC_CRC = 4,       /* descriptor checksum; info: what was computed */
    EYERISS_ERR_DESC_FIELD = 5,     /* a field out of range; info: byte offset of the field */
    EYERISS_ERR_BUS = 6,            /* a DMA access was answered with an error; info: bus address */
    EYERISS_ERR_PAYLOAD_CRC = 7,    /* a weight or requant segment's checksum; info: segment index */
    EYERISS_ERR_PAYLOAD_CODE = 8,   /* compressed data that does not decode; info: offset of the unit */
    EYERISS_ERR_GLB_OVERFLOW = 9,   /* a GLB bank is too small for the mapping; info: pass index */
    EYERISS_ERR_SPAD_OVERFLOW = 10, /* a PE's SPad is too small; info: linear PE index */
    EYERISS_ERR_NOC_CONFLICT = 11,  /* the NoC configuration cannot carry the layer; info: cluster index */
    EYERISS_ERR_COVERAGE = 12,      /* tiles do not cover the layer exactly; info: MACs missing, low word */
    EYERISS_ERR_PSUM_FIT = 13       /* reserved for a psum that must not overflow */
};

#endif
