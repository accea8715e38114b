# cmake -DSOURCE=tests/node -DBINARY=<build folder> -P install.cmake: npm ci, where it has not been done for this lock file.
set(stamp ${BINARY}/node_modules/.installed)
if(EXISTS ${stamp} AND NOT ${SOURCE}/package-lock.json IS_NEWER_THAN ${stamp})
  return()
endif()
file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${BINARY})
find_program(NPM npm REQUIRED)
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund WORKING_DIRECTORY ${BINARY}
                RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "npm ci failed in ${BINARY}; tests need its packages")
endif()
file(TOUCH ${stamp})
