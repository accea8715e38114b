# probe_enter(a0, a1, status, vector): saves the caller, enters probe_code by mret; the trap comes back here.
    .bss
    .align 4
saved: .space 64
    .text
    .globl probe_enter
probe_enter:
    la t0, saved
    sw ra, 0(t0)
    sw sp, 4(t0)
    sw gp, 8(t0)
    sw tp, 12(t0)
    sw s0, 16(t0)
    sw s1, 20(t0)
    sw s2, 24(t0)
    sw s3, 28(t0)
    sw s4, 32(t0)
    sw s5, 36(t0)
    sw s6, 40(t0)
    sw s7, 44(t0)
    sw s8, 48(t0)
    sw s9, 52(t0)
    sw s10, 56(t0)
    sw s11, 60(t0)
    csrw mtvec, a3
    csrw mstatus, a2
    la t0, probe_code
    csrw mepc, t0
    li ra, 0x1001
    li sp, 0x1002
    li gp, 0x1003
    li tp, 0x1004
    li t0, 0x1005
    li t1, 0x1006
    li t2, 0x1007
    li s0, 0x1008
    li s1, 0x1009
    li a2, 0x100c
    li a3, 0x100d
    li a4, 0x100e
    li a5, 0x100f
    mret

# Vector 0 takes exceptions and, in direct mode, everything; the others tell by their link which one it was.
    .option push
    .option norvc
    .align 8
    .globl probe_vectors
probe_vectors:
    j trap_direct
    .rept 15
    jal t0, trap_vectored
    .endr
    .option pop

trap_vectored:
    csrw mscratch, t0
    la t0, probe_vectors + 4
    csrw mtval, t0
    csrr t0, mscratch
    j trap_common
trap_direct:
    csrw mscratch, t0
trap_common:
    la t0, probe_seen
    sw x0, 0(t0)
    sw x1, 4(t0)
    sw x2, 8(t0)
    sw x3, 12(t0)
    sw x4, 16(t0)
    sw x6, 24(t0)
    sw x7, 28(t0)
    sw x8, 32(t0)
    sw x9, 36(t0)
    sw x10, 40(t0)
    sw x11, 44(t0)
    sw x12, 48(t0)
    sw x13, 52(t0)
    sw x14, 56(t0)
    sw x15, 60(t0)
    csrr t1, mscratch
    sw t1, 20(t0)
    csrr t1, mcause
    sw t1, 128(t0)
    csrr t1, mepc
    sw t1, 132(t0)
    csrr t1, mstatus
    sw t1, 140(t0)
    sw x0, 144(t0)
    csrr t1, mtval
    la t2, probe_vectors + 4
    bne t1, t2, 1f
    # a vectored interrupt: its own mtval is 0, t0 held the link
    csrr t1, mscratch
    sub t1, t1, t2
    srai t1, t1, 2
    addi t1, t1, 1
    sw t1, 144(t0)
    li t1, 0
1:  sw t1, 136(t0)
    la t0, saved
    lw ra, 0(t0)
    lw sp, 4(t0)
    lw gp, 8(t0)
    lw tp, 12(t0)
    lw s0, 16(t0)
    lw s1, 20(t0)
    lw s2, 24(t0)
    lw s3, 28(t0)
    lw s4, 32(t0)
    lw s5, 36(t0)
    lw s6, 40(t0)
    lw s7, 44(t0)
    lw s8, 48(t0)
    lw s9, 52(t0)
    lw s10, 56(t0)
    lw s11, 60(t0)
    ret
