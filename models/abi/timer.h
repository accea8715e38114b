/* Register map of the timer. Owned by the hardware; included by firmware (C99) and models alike. Rows as in
 * registers.h. It counts LOAD ticks down, once or again and again. */
#ifndef EYERISS_ABI_TIMER_H
#define EYERISS_ABI_TIMER_H

#define EYERISS_TIMER_BASE 0x10020000u
#define EYERISS_TIMER_BYTES 0x1000u
/* Input of the PLIC; high while STATUS.EXPIRED stands and CTRL.IRQ_ENABLE is set. */
#define EYERISS_TIMER_IRQ 36u
/* Ticks a second. */
#define EYERISS_TIMER_HZ 10000000u

#define EYERISS_TIMER_REGISTERS(R, F)                                                                     \
    R(LOAD, 0x00, rw, 0, "Ticks until it expires, taken over when a period begins; 0 counts as 1.")       \
    R(VALUE, 0x04, ro, 0, "Ticks left; 0 while disabled.")                                                \
    R(CTRL, 0x08, rw, 0, "Enables.")                                                                      \
    F(CTRL, ENABLE, 0, 1, rw, "Count; setting it begins a period. A one-shot clears it when it expires.") \
    F(CTRL, PERIODIC, 1, 1, rw, "Begin the next period when one ends.")                                   \
    F(CTRL, IRQ_ENABLE, 2, 1, rw, "Raise the interrupt while EXPIRED stands.")                            \
    R(STATUS, 0x0c, w1c, 0, "What has happened.")                                                         \
    F(STATUS, EXPIRED, 0, 1, w1c, "A period has ended.")

/* EYERISS_TIMER_<REGISTER>: byte offset. */
#define EYERISS_REG_ENUM_(name, offset, access, reset, meaning) EYERISS_TIMER_##name = (offset),
#define EYERISS_NO_FIELD_(reg, name, lsb, bits, access, meaning)
enum eyeriss_timer_register {
    EYERISS_TIMER_REGISTERS(EYERISS_REG_ENUM_, EYERISS_NO_FIELD_) EYERISS_TIMER_END_
};
#undef EYERISS_REG_ENUM_
#undef EYERISS_NO_FIELD_

/* EYERISS_TIMER_<REGISTER>_<FIELD>: mask in place. */
#define EYERISS_NO_REGISTER_(name, offset, access, reset, meaning)
#define EYERISS_FIELD_ENUM_(reg, name, lsb, bits, access, meaning) \
    EYERISS_TIMER_##reg##_##name = ((1 << (bits)) - 1) << (lsb),
enum eyeriss_timer_field {
    EYERISS_TIMER_REGISTERS(EYERISS_NO_REGISTER_, EYERISS_FIELD_ENUM_) EYERISS_TIMER_FIELD_END_
};
#undef EYERISS_NO_REGISTER_
#undef EYERISS_FIELD_ENUM_

#endif
