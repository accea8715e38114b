# Reset: registers, zeroed memory, then the C world. The boot ROM comes here with a0 = hart id.
    .section .text.start, "ax"
    .globl _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, __stack
    la tp, __tls_base
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call hal_start
    li a0, 0
    li a1, 0
    call main
    call hal_exit
3:  wfi
    j 3b
