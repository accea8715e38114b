# Run at each build: writes OUTPUT (version.cpp), and touches it only when something in it changed.
# Variables: ROOT, OUTPUT, VERSION.
execute_process(
  COMMAND git -C ${ROOT} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
  RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
else()
  execute_process(
    COMMAND git -C ${ROOT} status --porcelain --untracked-files=no
    OUTPUT_VARIABLE changes
    ERROR_QUIET)
  if(changes)
    string(APPEND commit "+")
  endif()
endif()

# Whatever is generated, compiled or compared follows from these sources.
file(GLOB sources ${ROOT}/noc/parameters.* ${ROOT}/models/abi/*.h ${ROOT}/models/arch/*.* ${ROOT}/models/csc/*.*
     ${ROOT}/firmware/compiler/*.* ${ROOT}/sims/networks/*.*)
list(SORT sources)
set(all "")
foreach(source ${sources})
  file(SHA256 ${source} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 content "${all}")

file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#include "sims/support/version.h"

namespace eyeriss::sims {

std::string_view program_version() { return "@VERSION@"; }
std::string_view program_commit() { return "@commit@"; }
std::string_view content_hash() { return "@content@"; }

}  // namespace eyeriss::sims
]] @ONLY)
