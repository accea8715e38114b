// Any file is read or refused by the error of its reader: programs, networks, images, DRAM parts, machines,
// faults, mappings, and traces of a memory's and of networks' traffic.
//
// Input: a byte that chooses the reader, then the file.
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/import_onnx.h"
#include "models/faults/fault_text.h"
#include "platform/elf.h"
#include "platform/faults/fault_file.h"
#include "platform/machine_file.h"
#include "platform/part_file.h"
#include "sims/dram/dram_traffic.h"
#include "sims/inputs/mapping_file.h"
#include "sims/noc/trace_replay.h"
#include "sims/support/error.h"
#include "tests/fuzz/input.h"

namespace eyeriss {
namespace {

using bytes = std::span<const std::uint8_t>;

void read_program(bytes file) {
    try {
        const auto program = platform::parse_elf(file, "fuzz.elf");
        platform::load_elf(program, "fuzz.elf", [](std::uint32_t, bytes data) { return data.size() / 2; });
    } catch (const platform::elf_error&) {  // NOLINT(bugprone-empty-catch): refused by name
    }
}

void read_network(bytes file) {
    onnx::ModelProto model;
    if (!model.ParseFromArray(file.data(), static_cast<int>(file.size()))) {
        return;
    }
    try {
        static_cast<void>(compiler::import_onnx(model));
    } catch (const compiler::import_error&) {  // NOLINT(bugprone-empty-catch): refused by name
    }
}

void read_image(bytes file) {
    if (!compiler::verify_image(file).empty()) {
        return;
    }
    const auto header = compiler::image_header(file);
    for (unsigned layer = 0; layer < header.layer_count; ++layer) {
        static_cast<void>(compiler::image_layer(file, layer));
    }
}

template <typename Error, typename Read>
void read_text(bytes file, Read read) {
    static const auto name =
        (std::filesystem::temp_directory_path() / ("eyeriss_fuzz_" + std::to_string(::getpid()) + ".yaml"))
            .string();
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    try {
        read(name);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): refused by name
    }
    std::filesystem::remove(name);
}

/// What was read must be what its text says, too.
void read_faults(bytes file) {
    std::vector<faults::fault> list;
    try {
        list = platform::read_faults({file.begin(), file.end()}, "fuzz.yaml");
    } catch (const std::invalid_argument&) {  // NOLINT(bugprone-empty-catch): refused by name
    }
    for (const auto& fault : list) {
        const auto text = faults::to_text(fault);
        if (faults::to_text(faults::parse_fault(text)) != text) {
            test::found("a fault's text says another fault");
        }
    }
}

void read_file(test::fuzz_input input) {
    switch (input.number<std::uint8_t>() % 9) {
        case 0:
            return read_program(input.rest());
        case 1:
            return read_network(input.rest());
        case 2:
            return read_image(input.rest());
        case 3:
            return read_text<platform::part_error>(
                input.rest(), [](const std::string& name) { static_cast<void>(platform::read_part(name)); });
        case 4:
            return read_text<platform::machine_error>(input.rest(), [](const std::string& name) {
                static_cast<void>(platform::read_machine(name, {}));
            });
        case 5:
            return read_faults(input.rest());
        case 6:
            return read_text<sims::user_error>(input.rest(), [](const std::string& name) {
                static_cast<void>(sims::read_mapping_file(name, arch::machine{}));
            });
        case 7:
            return read_text<sims::user_error>(
                input.rest(), [](const std::string& name) { static_cast<void>(sims::read_trace(name)); });
        default:
            return read_text<sims::user_error>(
                input.rest(), [](const std::string& name) { static_cast<void>(sims::read_noc_trace(name)); });
    }
}

}  // namespace
}  // namespace eyeriss

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    eyeriss::read_file(eyeriss::test::fuzz_input({data, size}));
    return 0;
}
