/* Register map of the watchdog. Owned by the hardware; included by firmware (C99) and models alike. Rows as
 * in registers.h.
 *
 * Two stages of LOAD ticks each. The end of the first raises the interrupt; the end of the second resets
 * harts and accelerator, or ends the run with EYERISS_WATCHDOG_EXIT. KICK goes back to the begin of the
 * first. */
#ifndef EYERISS_ABI_WATCHDOG_H
#define EYERISS_ABI_WATCHDOG_H

#define EYERISS_WATCHDOG_BASE 0x10010000u
#define EYERISS_WATCHDOG_BYTES 0x1000u
/* Input of the PLIC; high while STATUS.EXPIRED stands. */
#define EYERISS_WATCHDOG_IRQ 35u
/* Ticks a second. */
#define EYERISS_WATCHDOG_HZ 10000000u
/* Exit code of a run that the watchdog ends. */
#define EYERISS_WATCHDOG_EXIT 111

#define EYERISS_WATCHDOG_REGISTERS(R, F)                                                                   \
    R(LOAD, 0x00, rw, 0, "Ticks of a stage, taken over when a stage begins; 0 counts as 1.")               \
    R(VALUE, 0x04, ro, 0, "Ticks left of the stage; 0 while disabled.")                                    \
    R(CTRL, 0x08, rw, 0, "Enables.")                                                                       \
    F(CTRL, ENABLE, 0, 1, rw, "Count; setting it begins the first stage.")                                 \
    F(CTRL, RESTART, 1, 1, rw, "The second stage ends in a reset of harts and accelerator, not the run.")  \
    R(STATUS, 0x0c, w1c, 0, "What has happened.")                                                          \
    F(STATUS, EXPIRED, 0, 1, w1c, "The first stage has ended; raises the interrupt. KICK clears it, too.") \
    F(STATUS, RESTARTED, 1, 1, w1c, "The second stage has ended in a reset; the watchdog is disabled.")    \
    R(KICK, 0x10, wo, 0, "Any write begins the first stage anew.")

/* EYERISS_WATCHDOG_<REGISTER>: byte offset. */
#define EYERISS_REG_ENUM_(name, offset, access, reset, meaning) EYERISS_WATCHDOG_##name = (offset),
#define EYERISS_NO_FIELD_(reg, name, lsb, bits, access, meaning)
enum eyeriss_watchdog_register {
    EYERISS_WATCHDOG_REGISTERS(EYERISS_REG_ENUM_, EYERISS_NO_FIELD_) EYERISS_WATCHDOG_END_
};
#undef EYERISS_REG_ENUM_
#undef EYERISS_NO_FIELD_

/* EYERISS_WATCHDOG_<REGISTER>_<FIELD>: mask in place. */
#define EYERISS_NO_REGISTER_(name, offset, access, reset, meaning)
#define EYERISS_FIELD_ENUM_(reg, name, lsb, bits, access, meaning) \
    EYERISS_WATCHDOG_##reg##_##name = ((1 << (bits)) - 1) << (lsb),
enum eyeriss_watchdog_field {
    EYERISS_WATCHDOG_REGISTERS(EYERISS_NO_REGISTER_, EYERISS_FIELD_ENUM_) EYERISS_WATCHDOG_FIELD_END_
};
#undef EYERISS_NO_REGISTER_
#undef EYERISS_FIELD_ENUM_

#endif
