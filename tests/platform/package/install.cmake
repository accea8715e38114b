# Installs BUILD to PREFIX, from nothing.
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
foreach(file bin/eyeriss-vp lib/libeyeriss_platform.a include/eyeriss_vp/platform/soc.h
             share/eyeriss_vp/firmware/run_network.elf share/eyeriss_vp/machines/eyeriss_v2.yaml)
  if(NOT EXISTS ${PREFIX}/${file})
    message(FATAL_ERROR "${PREFIX}/${file} was not installed")
  endif()
endforeach()
