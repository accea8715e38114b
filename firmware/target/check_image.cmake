# Fails unless IMAGE is an ELF32 little-endian RISC-V executable: the wrong multilib would link silently otherwise.
file(READ ${IMAGE} header LIMIT 20 HEX)
string(SUBSTRING "${header}" 0 12 identity)
string(SUBSTRING "${header}" 32 8 type_and_machine)
if(NOT identity STREQUAL "7f454c460101" OR NOT type_and_machine STREQUAL "0200f300")
  file(REMOVE ${IMAGE})
  message(FATAL_ERROR "${IMAGE}: expects an ELF32 little-endian RISC-V executable, header is ${header}")
endif()
