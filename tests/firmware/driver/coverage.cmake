# Runs PROGRAMS with their counts going to PLACE, where the compiler's NOTES lie beside them, and fails when the driver's
# sources under ROOT, built in BUILD, are covered to less than 90 % in lines or branches.
file(REMOVE_RECURSE ${PLACE})
file(MAKE_DIRECTORY ${PLACE})
foreach(object ${NOTES})
  string(REGEX REPLACE "[.]o$" ".gcno" note ${object})
  file(COPY ${note} DESTINATION ${PLACE})
endforeach()
# All folders of the objects' paths are stripped, so that counts and notes meet in one.
set(ENV{GCOV_PREFIX} ${PLACE})
set(ENV{GCOV_PREFIX_STRIP} 99)
foreach(program ${PROGRAMS})
  execute_process(COMMAND ${program} --log_level=error OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
execute_process(
  COMMAND ${GCOVR} --root ${ROOT} --object-directory ${PLACE} --filter "${ROOT}/firmware/driver/.*[.]c"
          --fail-under-line 90 --fail-under-branch 90 --print-summary ${PLACE}
  WORKING_DIRECTORY ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
