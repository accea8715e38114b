#include "tests/models/accelerator/layer_bench.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "models/abi/registers.h"

namespace eyeriss::test {

plain_memory::plain_memory(sc_core::sc_module_name name) : sc_module(name), read("read"), write("write") {
    read.register_b_transport(this, &plain_memory::transport);
    write.register_b_transport(this, &plain_memory::transport);
}

void plain_memory::transport(tlm::tlm_generic_payload& t, sc_core::sc_time&) {
    const auto address = t.get_address();
    if (address + t.get_data_length() > bytes.size()) {
        t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    if (t.is_read()) {
        std::memcpy(t.get_data_ptr(), bytes.data() + address, t.get_data_length());
        bytes_read += t.get_data_length();
    } else {
        std::memcpy(bytes.data() + address, t.get_data_ptr(), t.get_data_length());
        bytes_written += t.get_data_length();
    }
    t.set_response_status(tlm::TLM_OK_RESPONSE);
}

layer_bench::layer_bench(sc_core::sc_module_name name, const arch::machine& m, accelerator::timing mode)
    : sc_module(name), registers("registers"), memory("memory"), dut("dut", m, mode) {
    registers.bind(dut.registers);
    dut.read_port.bind(memory.read);
    dut.write_port.bind(memory.write);
    dut.done_irq.bind(done_irq);
    dut.error_irq.bind(error_irq);
    dut.counter_irq.bind(counter_irq);
    dut.observe_layers([this](const accelerator::layer_report& r) { report_ = r; });
    SC_HAS_PROCESS(layer_bench);
    SC_THREAD(play);
}

void layer_bench::play() {
    scenario();
    sc_core::sc_stop();
}

void layer_bench::load(const compiler::compiled& net, std::span<const std::uint8_t> input_nchw) {
    image_ = net.image;
    memory.bytes.assign(compiler::image_header(image_).memory_bytes, 0xa5);
    std::copy(image_.begin(), image_.end(), memory.bytes.begin());
    for (const auto& patch : compiler::encode_input(image_, input_nchw)) {
        std::copy(patch.bytes.begin(), patch.bytes.end(), memory.bytes.begin() + patch.offset);
    }
}

accelerator::layer_report layer_bench::run(std::uint32_t layer, bool check_crc) {
    report_.reset();
    write_register(EYERISS_REG_IMAGE_BASE, 0);
    write_register(EYERISS_REG_DESC_OFFSET, compiler::image_layer(image_, layer).descriptor_offset);
    write_register(EYERISS_REG_CTRL, EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE |
                                         EYERISS_CTRL_IRQ_ENABLE_ERROR | EYERISS_CTRL_IRQ_ENABLE_COUNTER |
                                         (check_crc ? std::uint32_t{EYERISS_CTRL_CRC_CHECK} : 0U));
    while (!done_irq.read() && !error_irq.read()) wait(done_irq.posedge_event() | error_irq.posedge_event());
    write_register(EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR);
    while (done_irq.read() || error_irq.read()) wait(done_irq.negedge_event() | error_irq.negedge_event());
    if (!report_) throw std::logic_error("interrupt without a report");
    return *report_;
}

std::vector<std::uint8_t> layer_bench::output() const {
    const auto read = [this](std::uint32_t offset, std::span<std::uint8_t> out) {
        std::copy_n(memory.bytes.begin() + offset, out.size(), out.begin());
    };
    return compiler::decode_tensor(
        read, compiler::image_tensor(image_, compiler::image_header(image_).output_tensor));
}

std::uint32_t layer_bench::access(tlm::tlm_command command, std::uint32_t offset, std::uint32_t value) {
    tlm::tlm_generic_payload t;
    sc_core::sc_time delay;
    t.set_command(command);
    t.set_address(offset);
    t.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    t.set_data_length(sizeof value);
    t.set_streaming_width(sizeof value);
    registers->b_transport(t, delay);
    if (!t.is_response_ok()) throw std::logic_error("register access refused: " + t.get_response_string());
    return value;
}

std::uint32_t layer_bench::read_register(std::uint32_t offset) {
    return access(tlm::TLM_READ_COMMAND, offset, 0);
}

void layer_bench::write_register(std::uint32_t offset, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, offset, value);
}

void play(const arch::machine& m, accelerator::timing mode,
          const std::function<void(layer_bench&)>& scenario) {
    layer_bench bench("bench", m, mode);
    std::exception_ptr failure;
    bench.scenario = [&] {
        try {
            scenario(bench);
        } catch (...) {
            failure = std::current_exception();
        }
    };
    sc_core::sc_start();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace eyeriss::test
