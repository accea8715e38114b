// The accelerator alone, with a memory and an initiator of one's own in place of the SoC: runs the first
// layer of an ONNX file and holds its output against the compiler's reference.
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iostream>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "firmware/compiler/compile.h"
#include "firmware/compiler/import_onnx.h"
#include "firmware/compiler/reference.h"
#include "models/abi/registers.h"
#include "models/accelerator/accelerator.h"

namespace {

namespace compiler = eyeriss::compiler;

/// Memory from address 0 that answers in 50 ns.
class memory : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<memory> ports{"ports"};

    memory(sc_core::sc_module_name name, std::size_t size) : sc_module(name), bytes(size) {
        ports.register_b_transport(this, &memory::transport);
    }
    std::vector<std::uint8_t> bytes;

private:
    void transport(int, tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
        const std::uint64_t first = access.get_address(), length = access.get_data_length();
        if (first > bytes.size() || length > bytes.size() - first) {
            access.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        if (access.is_read()) {
            std::memcpy(access.get_data_ptr(), bytes.data() + first, length);
        } else {
            std::memcpy(bytes.data() + first, access.get_data_ptr(), length);
        }
        delay += sc_core::sc_time(50, sc_core::SC_NS);
        access.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

/// Does what a driver does: starts a layer and waits for the interrupt.
class bench : public sc_core::sc_module {
public:
    bench(sc_core::sc_module_name name, const eyeriss::arch::machine& machine, std::size_t memory_bytes,
          std::uint32_t descriptor)
        : sc_module(name),
          dram("dram", memory_bytes),
          accelerator_("accelerator", machine),
          descriptor_(descriptor) {
        registers_.bind(accelerator_.registers);
        accelerator_.read_port.bind(dram.ports);
        accelerator_.write_port.bind(dram.ports);
        accelerator_.done_irq(done_);
        accelerator_.error_irq(error_);
        SC_HAS_PROCESS(bench);
        SC_THREAD(run);
    }
    memory dram;
    std::uint32_t status = 0, effectual_macs = 0, cycles = 0;

private:
    void run() {
        write(EYERISS_REG_IMAGE_BASE, 0);
        write(EYERISS_REG_DESC_OFFSET, descriptor_);
        write(EYERISS_REG_CTRL, EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE |
                                    EYERISS_CTRL_IRQ_ENABLE_ERROR | EYERISS_CTRL_CRC_CHECK);
        wait(done_.posedge_event() | error_.posedge_event());
        status = read(EYERISS_REG_STATUS);
        effectual_macs = read(EYERISS_REG_MACS_LO);
        cycles = read(EYERISS_REG_CYCLES_LO);
    }

    void write(std::uint32_t offset, std::uint32_t value) { access(tlm::TLM_WRITE_COMMAND, offset, value); }
    std::uint32_t read(std::uint32_t offset) { return access(tlm::TLM_READ_COMMAND, offset, 0); }

    std::uint32_t access(tlm::tlm_command command, std::uint32_t offset, std::uint32_t value) {
        tlm::tlm_generic_payload access;
        access.set_command(command);
        access.set_address(offset);
        access.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        access.set_data_length(sizeof value);
        access.set_streaming_width(sizeof value);
        sc_core::sc_time delay;
        registers_->b_transport(access, delay);
        if (access.is_response_error()) {
            SC_REPORT_ERROR("bench", access.get_response_string().c_str());
        }
        return value;
    }

    eyeriss::accelerator::accelerator accelerator_;
    tlm_utils::simple_initiator_socket<bench> registers_{"registers"};
    sc_core::sc_signal<bool> done_{"done"}, error_{"error"};
    std::uint32_t descriptor_;
};

bool run_first_layer(const char* file) {
    const auto graph = compiler::import_onnx(file);
    const eyeriss::arch::machine machine;
    const auto image = compiler::compile(graph, machine).image;
    const auto layer = compiler::image_layer(image, 0);
    std::vector<std::uint8_t> input(graph.tensors.at(graph.input).elements());
    std::generate(input.begin(), input.end(), [i = 0U]() mutable { return i++ % 7 == 0 ? i % 100 : 0; });

    bench bench("bench", machine, compiler::image_header(image).memory_bytes, layer.descriptor_offset);
    std::copy(image.begin(), image.end(), bench.dram.bytes.begin());
    for (const auto& patch : compiler::encode_input(image, input)) {
        std::copy(patch.bytes.begin(), patch.bytes.end(), bench.dram.bytes.begin() + patch.offset);
    }
    sc_core::sc_start();

    const auto output = compiler::decode_tensor(
        [&bench](std::uint32_t offset, std::span<std::uint8_t> out) {
            std::copy_n(bench.dram.bytes.begin() + offset, out.size(), out.begin());
        },
        compiler::image_tensor(image, layer.output));
    const auto expected = compiler::run_reference(graph, input).tensors.at(graph.layers.at(0).output);
    std::cout << graph.layers.at(0).name << ": " << bench.effectual_macs << " effectual products in "
              << bench.cycles << " cycles, output " << (output == expected ? "as" : "not as")
              << " the reference has it\n";
    return bench.status == EYERISS_STATUS_DONE && output == expected;
}

}  // namespace

int sc_main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: one_layer FILE.onnx\n";
        return 2;
    }
    try {
        return run_first_layer(argv[1]) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "one_layer: " << error.what() << '\n';
        return 2;
    }
}
