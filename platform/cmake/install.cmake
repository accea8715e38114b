# What `cmake --install <build folder> --prefix P` puts under P:
#   bin/eyeriss-vp                      the program
#   lib/libeyeriss_*.a                  the rooms
#   lib/cmake/eyeriss_vp/               find_package(eyeriss_vp [COMPONENTS firmware])
#   include/eyeriss_vp/<room>/...       headers, under the paths by which the rooms include each other
#   share/eyeriss_vp/firmware/          images that the program boots
#   share/eyeriss_vp/firmware_sources/  start-up code, HAL and driver, for firmware of one's own
#   share/eyeriss_vp/machines/          machine files
#   share/eyeriss_vp/parts/             DRAM parts
# Everything is found from the place of the asking file, so the tree can be moved.
include(CMakePackageConfigHelpers)

set(share ${CMAKE_INSTALL_DATADIR}/eyeriss_vp)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/eyeriss_vp)
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/eyeriss_vp)

set(rooms noc models compiler platform)
set(exported eyeriss_systemc)
set_target_properties(eyeriss_systemc PROPERTIES EXPORT_NAME systemc)
foreach(room ${rooms})
  set_target_properties(eyeriss_${room} PROPERTIES EXPORT_NAME ${room})
  target_compile_features(eyeriss_${room} PUBLIC cxx_std_20)
  list(APPEND exported eyeriss_${room})
endforeach()
install(TARGETS ${exported} EXPORT eyeriss_vp ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT eyeriss_vp NAMESPACE eyeriss_vp:: DESTINATION ${package} FILE eyeriss_vp-targets.cmake)
install(TARGETS eyeriss-vp RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

install(DIRECTORY noc models firmware platform DESTINATION ${headers} FILES_MATCHING PATTERN "*.h"
        PATTERN "apps" EXCLUDE PATTERN "target" EXCLUDE PATTERN "cmake" EXCLUDE)

file(GLOB apps CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/firmware/apps firmware/apps/*)
foreach(app ${apps})
  install(FILES ${PROJECT_BINARY_DIR}/firmware/${app}.elf DESTINATION ${share}/firmware)
endforeach()
install(DIRECTORY firmware/target firmware/hal firmware/driver DESTINATION ${share}/firmware_sources
        FILES_MATCHING PATTERN "*.c" PATTERN "*.S" PATTERN "*.ld" PATTERN "*.cmake")
install(DIRECTORY sims/energy sims/machines sims/parts DESTINATION ${share} FILES_MATCHING PATTERN "*.yaml")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(platform/cmake/eyeriss_vp-config.cmake.in eyeriss_vp-config.cmake
                              INSTALL_DESTINATION ${package} PATH_VARS headers share)
write_basic_package_version_file(eyeriss_vp-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/eyeriss_vp-config.cmake ${PROJECT_BINARY_DIR}/eyeriss_vp-config-version.cmake
        DESTINATION ${package})
