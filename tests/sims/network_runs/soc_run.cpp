#include "tests/sims/network_runs/soc_run.h"

#include "firmware/compiler/emit_image.h"
#include "models/abi/image.h"
#include "platform/soc.h"
#include "sims/inputs/places.h"
#include "sims/session/layer_log.h"

namespace eyeriss::test {

namespace {

void load(platform::soc& soc, std::span<const std::uint8_t> image, std::span<const std::uint8_t> input) {
    soc.load_elf(sims::firmware_file("run_network"));
    soc.write_memory(EYERISS_IMAGE_ADDRESS, image);
    for (const auto& patch : compiler::encode_input(image, input)) {
        soc.write_memory(EYERISS_IMAGE_ADDRESS + patch.offset, patch.bytes);
    }
}

std::vector<std::vector<std::uint8_t>> read_tensors(platform::soc& soc, std::span<const std::uint8_t> image) {
    const auto read = [&](std::uint32_t offset, std::span<std::uint8_t> bytes) {
        soc.read_memory(EYERISS_IMAGE_ADDRESS + offset, bytes);
    };
    std::vector<std::vector<std::uint8_t>> tensors;
    for (unsigned i = 0; i < compiler::image_header(image).tensor_count; ++i) {
        tensors.push_back(compiler::decode_tensor(read, compiler::image_tensor(image, i)));
    }
    return tensors;
}

}  // namespace

soc_outcome run_on_soc(std::span<const std::uint8_t> image, std::span<const std::uint8_t> input,
                       const arch::machine& machine) {
    soc_outcome out;
    sims::layer_log log(image, machine, true);
    platform::soc soc("soc", machine, {.uart_output = [&](char c) { out.uart += c; }});
    soc.accelerator_block().observe_layers([&](const auto& report) { log.report(report); });
    soc.accelerator_block().observe_markers(
        [&](std::uint32_t layer, double seconds) { log.marker(layer, seconds); });
    load(soc, image, input);
    out.exit_code = soc.run().exit_code;
    out.layers = log.layers();
    if (out.exit_code == 0) {
        out.tensors = read_tensors(soc, image);
    }
    return out;
}

}  // namespace eyeriss::test
