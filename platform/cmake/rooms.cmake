# A room is one top-level folder that becomes one library. Its include root holds nothing but a link to the
# room itself, so a room can include only from rooms that it links: includes go down because up does not compile.
add_library(eyeriss_options INTERFACE)
target_compile_options(
  eyeriss_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Werror -ffp-contract=off)
target_compile_options(eyeriss_options INTERFACE $<$<COMPILE_LANGUAGE:C>:-Wno-pedantic>)
if(EYERISS_SANITIZE)
  target_compile_options(eyeriss_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                                                   -fno-omit-frame-pointer)
  # Instrumented, GCC 12 thinks libstdc++'s <regex> reads what it has not written.
  target_compile_options(eyeriss_options INTERFACE -Wno-maybe-uninitialized)
  target_link_options(eyeriss_options INTERFACE -fsanitize=address,undefined)
endif()

if(EYERISS_FUZZ)
  target_compile_options(eyeriss_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                                                   -fno-sanitize-recover=undefined -fno-omit-frame-pointer -Wno-error)
  target_link_options(eyeriss_options INTERFACE -fsanitize=address,undefined)
endif()

# eyeriss_room(<target> <folder below the source root>): an empty static library with its own include root.
function(eyeriss_room target folder)
  add_library(${target} STATIC)
  set(root ${PROJECT_BINARY_DIR}/include/${target})
  get_filename_component(parent ${folder} DIRECTORY)
  file(MAKE_DIRECTORY ${root}/${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${root}>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/eyeriss_vp>)
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:eyeriss_options>)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${target})
endfunction()
