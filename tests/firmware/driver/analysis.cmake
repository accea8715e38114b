# GCC's static analyser over SOURCES; any finding is an error.
file(MAKE_DIRECTORY ${PLACE})
foreach(source ${SOURCES})
  execute_process(
    COMMAND ${GCC} -std=c99 -O2 -Wall -Wextra -fanalyzer -Werror -I${ROOT} -c ${source} -o ${PLACE}/out.o
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
