# cmake -DPROGRAM=eyeriss-vp -DFOLDER=... -P make_results.cmake: results of two runs of the same mappings on two memories, the
# first one's page, the page that compares them, and the first one without each limit in turn.
function(run)
  execute_process(COMMAND ${PROGRAM} --quiet ${ARGN} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "eyeriss-vp ${ARGN} ended with ${result}")
  endif()
endfunction()
file(REMOVE_RECURSE ${FOLDER})
run(run --network lenet5 --out ${FOLDER}/a)
run(run --network lenet5 --mapping ${FOLDER}/a/mappings.yaml --set dram.model=bandwidth --set dram.limit_mbps=400 --out
    ${FOLDER}/b)
run(run --network lenet5 --mapping ${FOLDER}/a/mappings.yaml --ideal all-in-turn --out ${FOLDER}/c)
run(report ${FOLDER}/a --output ${FOLDER}/report.html)
run(report ${FOLDER}/c --output ${FOLDER}/what_if.html)
run(diff ${FOLDER}/a ${FOLDER}/b --html ${FOLDER}/diff.html)
