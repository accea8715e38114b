set confirm off
set pagination off
set width 0
set height 0
# before the first instruction
info threads
printf "pc %#x\n", $pc
p $priv
# breakpoints: by software, by hardware
break add
hbreak collect
continue
bt 1
continue
printf "a %u b %u\n", $a0, $a1
stepi
info breakpoints
delete
# a write watchpoint, exact: behind the store
watch total
continue
continue
delete
rwatch finished
continue
delete
# a register of the accelerator, and its name
x/wx 0x18000000
monitor reg ID
monitor reg nothing
# memory above 0x80000000, written and read
set var total = 5
p total
p &total > 0x80000000
x/i add
# CSRs
p/x $misa
p $mhartid
set var $mscratch = 0x1234
p/x $mscratch
# Ctrl-C: gdb sends it once the program spins; where in the loop it stops is chance
python gdb.post_event(lambda: gdb.execute("interrupt"))
continue
python print(gdb.selected_frame().name())
p rounds > 0
# help, then to the end
monitor help
set var total = 10
set var finished = 1
continue
