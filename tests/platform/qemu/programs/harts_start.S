# A stack of 4 KiB a hart; a0 = hart id at entry.
    .section .text.start, "ax"
    .globl _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack
    slli t0, a0, 12
    sub sp, sp, t0
    j harts_main
