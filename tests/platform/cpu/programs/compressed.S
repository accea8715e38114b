# Each compressed instruction, and behind the marker the 32-bit instruction that it stands for, in the same order.
    .section .text.start, "ax"
    .globl _start
_start:
.macro both_forms jump_and_link
    addi a0, sp, 4
    addi a5, sp, 1020
    addi s1, sp, 16
    addi a1, sp, 64
    addi a1, sp, 8
    lw a0, 0(a1)
    lw s0, 4(a5)
    lw a2, 64(a3)
    lw a2, 56(a3)
    sw a0, 124(a1)
    sw s1, 64(s0)
    addi zero, zero, 0
    addi t0, t0, -32
    addi s11, s11, 31
    addi a4, zero, -1
    addi t6, zero, 17
    addi sp, sp, -512
    addi sp, sp, 496
    addi sp, sp, 16
    addi sp, sp, 32
    addi sp, sp, 64
    addi sp, sp, 128
    lui a0, 1
    lui t3, 0xfffe0
    lui s2, 31
    srli a0, a0, 1
    srli s1, s1, 31
    srai a5, a5, 17
    andi a2, a2, -7
    andi s0, s0, 31
    sub a0, a0, a1
    xor a2, a2, a3
    or a4, a4, a5
    and s0, s0, s1
    slli t1, t1, 9
    slli a7, a7, 31
    lw t5, 0(sp)
    lw ra, 252(sp)
    lw gp, 36(sp)
    jr t1
    jr ra
    add t2, zero, s7
    ebreak
    jalr s3
    add s4, s4, t6
    sw t4, 0(sp)
    sw zero, 252(sp)
    sw s9, 68(sp)
    j . + 2046
    j . - 2048
    j . + 340
    \jump_and_link . + 1364
    \jump_and_link . - 22
    beqz a0, . + 254
    beqz s1, . - 256
    bnez a3, . + 170
    bnez s0, . - 42
.endm
    .option rvc
    both_forms c.jal
    .half 0xffff
    .half 0xffff
    .option norvc
    both_forms jal
    .half 0xffff
    .half 0xffff
