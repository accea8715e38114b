# A program whose calls, traps and cycles can be counted by hand: start calls outer twice, outer calls inner
# three times, inner runs 10 instructions; then an ecall, whose handler runs 5 and ends by mret; then the end.
    .option norelax
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    la t0, handler
    csrw mtvec, t0
    call outer
    call outer
    ecall
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
1:  j 1b
    .size _start, . - _start

    .text
    .type outer, @function
outer:
    mv s1, ra
    li s0, 3
1:  call inner
    addi s0, s0, -1
    bnez s0, 1b
    jr s1
    .size outer, . - outer

    .type inner, @function
inner:
    .rept 9
    addi a0, a0, 1
    .endr
    ret
    .size inner, . - inner

    .align 2
    .type handler, @function
handler:
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    li t1, 0
    mret
    .size handler, . - handler
