# Images for the RISC-V core, built with Debian's cross compiler and picolibc beside the host's own build.
find_program(RISCV_GCC riscv64-unknown-elf-gcc REQUIRED)

# (Cache variables, so that the functions work in every folder.)
# Debian has no multilib named rv32imac_zicsr_zifencei: linked under that name, gcc takes its rv64 libraries.
set(EYERISS_TARGET_COMPILE -march=rv32imac_zicsr_zifencei CACHE INTERNAL "")
set(EYERISS_TARGET_LINK -march=rv32imac CACHE INTERNAL "")
set(EYERISS_TARGET_FLAGS -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs -DPICOLIBC_INTEGER_PRINTF_SCANF -O2 -g
    -std=gnu11 -ffunction-sections -fdata-sections -fno-strict-aliasing CACHE INTERNAL "")
set(EYERISS_TARGET_WARNINGS -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror CACHE INTERNAL "")
set(EYERISS_TARGET_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")
get_filename_component(firmware_dir ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(EYERISS_FIRMWARE_SOURCE_DIR ${firmware_dir} CACHE INTERNAL "")

# What target code may include lies under EYERISS_TARGET_INCLUDE, which the including file sets: here a folder of links,
# in an installation the installed headers.
set(EYERISS_TARGET_INCLUDE ${EYERISS_TARGET_INCLUDE} CACHE INTERNAL "")

if(NOT TARGET firmware)
  add_custom_target(firmware ALL)
endif()

# eyeriss_target_object(<out variable> <source> <object folder>): a command that compiles one C or assembly file.
function(eyeriss_target_object out source folder)
  get_filename_component(path ${source} ABSOLUTE)
  file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${path})
  string(REPLACE "../" "" relative ${relative})
  set(object ${folder}/${relative}.o)
  get_filename_component(object_folder ${object} DIRECTORY)
  file(MAKE_DIRECTORY ${object_folder})
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_C_COMPILER_LAUNCHER} ${RISCV_GCC} ${EYERISS_TARGET_COMPILE} ${EYERISS_TARGET_FLAGS}
            ${EYERISS_TARGET_WARNINGS} -I${EYERISS_TARGET_INCLUDE} -MD -MF ${object}.d -MT ${object} -c ${path} -o ${object}
    DEPENDS ${path}
    DEPFILE ${object}.d
    COMMENT "Compiling ${relative} for the target"
    VERBATIM)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

# eyeriss_firmware(<name> SOURCES ... [BARE]): <build>/firmware/<name>.elf, built by target `firmware`. Start-up code
# and HAL come with it, unless BARE: then the sources bring their own _start.
function(eyeriss_firmware name)
  cmake_parse_arguments(ARG "BARE" "" "SOURCES" ${ARGN})
  set(sources ${ARG_SOURCES})
  if(NOT ARG_BARE)
    list(APPEND sources ${EYERISS_TARGET_DIR}/crt0.S ${EYERISS_FIRMWARE_SOURCE_DIR}/hal/hal.c
         ${EYERISS_FIRMWARE_SOURCE_DIR}/hal/console.c)
  endif()
  set(objects)
  foreach(source ${sources})
    eyeriss_target_object(object ${source} ${PROJECT_BINARY_DIR}/firmware/objects/${name})
    list(APPEND objects ${object})
  endforeach()
  set(image ${PROJECT_BINARY_DIR}/firmware/${name}.elf)
  add_custom_command(
    OUTPUT ${image}
    COMMAND ${RISCV_GCC} ${EYERISS_TARGET_LINK} ${EYERISS_TARGET_FLAGS} -nostartfiles -Wl,--fatal-warnings
            -Wl,--no-warn-rwx-segments -T ${EYERISS_TARGET_DIR}/link.ld ${objects} -o ${image}
    COMMAND ${CMAKE_COMMAND} -DIMAGE=${image} -P ${EYERISS_TARGET_DIR}/check_image.cmake
    DEPENDS ${objects} ${EYERISS_TARGET_DIR}/link.ld ${EYERISS_TARGET_DIR}/check_image.cmake
    COMMENT "Linking firmware/${name}.elf"
    VERBATIM)
  add_custom_target(firmware_${name} DEPENDS ${image})
  add_dependencies(firmware firmware_${name})
endfunction()
