/* Register map of the accelerator. Owned by the hardware; included by firmware (C99) and models alike.
 *
 * One table states each register: name, byte offset, access, reset value, meaning. All registers are 32 bits
 * wide and accept aligned 32-bit accesses only; anything else answers with a bus error. Access: rw, ro, w1c
 * (write one to clear). */
#ifndef EYERISS_ABI_REGISTERS_H
#define EYERISS_ABI_REGISTERS_H

#define EYERISS_REG_BASE 0x18000000u
#define EYERISS_REG_BYTES 0x1000u
/* Input of the PLIC that the accelerator's interrupt drives. */
#define EYERISS_IRQ 32u

#define EYERISS_ID_VALUE 0x45595632u /* "EYV2" */
#define EYERISS_ABI_VERSION 1u

/* X(NAME, offset, access, reset, meaning) */
#define EYERISS_REGISTERS(X)                                                                                \
    X(ID, 0x00, ro, EYERISS_ID_VALUE, "Identifies the accelerator.")                                        \
    X(VERSION, 0x04, ro, EYERISS_ABI_VERSION, "Version of registers, descriptors and images.")              \
    X(CTRL, 0x08, rw, EYERISS_CTRL_CRC_CHECK, "Start, reset and enables; see EYERISS_CTRL_*.")              \
    X(STATUS, 0x0c, w1c, 0, "Busy, done and error; see EYERISS_STATUS_*. Done and error are w1c.")          \
    X(ERROR_CODE, 0x10, ro, 0, "Why the last layer failed; see eyeriss_error.")                             \
    X(ERROR_INFO, 0x14, ro, 0, "What the code refers to: an offset, an index or a value.")                  \
    X(IMAGE_BASE, 0x18, rw, 0, "Bus address that all offsets of descriptors are relative to.")              \
    X(DESC_OFFSET, 0x1c, rw, 0, "Offset of the layer descriptor that START runs.")                          \
    X(CYCLES_LO, 0x20, ro, 0, "Array cycles of the last layer, low half; zero when untimed.")               \
    X(CYCLES_HI, 0x24, ro, 0, "High half of CYCLES_LO.")                                                    \
    X(MACS_LO, 0x28, ro, 0, "Products of two non-zero in-image operands in the last layer, low half.")      \
    X(MACS_HI, 0x2c, ro, 0, "High half of MACS_LO.")                                                        \
    X(OVERFLOWS, 0x30, ro, 0, "Psums of the last layer that did not fit psum_bits; saturates at 2^32-1.")   \
    X(GEOMETRY, 0x34, ro, 0, "Cluster rows, cluster columns, PE rows, PE columns; a byte each from bit 0.") \
    X(LAYER, 0x38, rw, 0xffffffffu, "Layer that the driver works on, host layers included; for observers.")

#define EYERISS_CTRL_START 0x1u      /* write 1: run the layer at DESC_OFFSET; ignored while busy; reads 0 */
#define EYERISS_CTRL_RESET 0x2u      /* write 1: abandon the layer, clear status and counters; reads 0 */
#define EYERISS_CTRL_IRQ_ENABLE 0x4u /* raise the interrupt while DONE or ERROR stands */
#define EYERISS_CTRL_CRC_CHECK 0x8u  /* the DMA checks the CRC of payload segments */

#define EYERISS_STATUS_BUSY 0x1u
#define EYERISS_STATUS_DONE 0x2u
#define EYERISS_STATUS_ERROR 0x4u

#define EYERISS_REG_ENUM_(name, offset, access, reset, meaning) EYERISS_REG_##name = (offset),
enum eyeriss_register { EYERISS_REGISTERS(EYERISS_REG_ENUM_) EYERISS_REG_END_ };
#undef EYERISS_REG_ENUM_

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
