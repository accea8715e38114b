# cmake -DSCRIPT=... -DOUTPUT=... -P embed.cmake: live_script.h's function.
file(READ ${SCRIPT} text)
file(WRITE ${OUTPUT}.new "#include \"sims/live/live_script.h\"\n\nnamespace eyeriss::sims {\nstd::string_view live_script() {\n    return R\"eyeriss_asset(${text})eyeriss_asset\";\n}\n}  // namespace eyeriss::sims\n")
file(RENAME ${OUTPUT}.new ${OUTPUT})
