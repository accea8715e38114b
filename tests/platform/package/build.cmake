# Copies PROJECT to PLACE/project, builds it in PLACE/build against PREFIX, and looks at what the compilers read: of the
# rooms under ROOT, nothing.
file(REMOVE_RECURSE ${PLACE}/project ${PLACE}/build)
file(COPY ${PROJECT} DESTINATION ${PLACE})
execute_process(
  COMMAND
    ${CMAKE_COMMAND} -G Ninja -S ${PLACE}/project -B ${PLACE}/build -DCMAKE_PREFIX_PATH=${PREFIX}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} -DCMAKE_CXX_FLAGS=${FLAGS} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${PLACE}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ninja -C ${PLACE}/build -t deps
  OUTPUT_VARIABLE read COMMAND_ERROR_IS_FATAL ANY)
if(NOT read MATCHES "include/eyeriss_vp/platform/soc.h")
  message(FATAL_ERROR "the dependencies do not show the installed platform/soc.h:\n${read}")
endif()
if(read MATCHES "${ROOT}/(noc|models|firmware|platform|sims|tests)/[^\n]*")
  message(FATAL_ERROR "the outside project read ${CMAKE_MATCH_0}")
endif()
