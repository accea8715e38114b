# Third-party libraries, as Debian 12 ships them.
find_package(PkgConfig REQUIRED)
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc>=2.3.4)
find_package(fmt REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PNG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(xtensor REQUIRED)
find_package(Threads REQUIRED)

# Debian builds libsystemc as C++17; the macro makes C++20 users agree with its ABI check.
add_library(eyeriss_systemc INTERFACE)
target_link_libraries(eyeriss_systemc INTERFACE PkgConfig::systemc)
target_compile_definitions(eyeriss_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)
