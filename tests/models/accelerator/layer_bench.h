#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "firmware/compiler/compile.h"
#include "models/accelerator/accelerator.h"

namespace eyeriss::test {

/// A memory that answers at once, where a test can look and write.
struct plain_memory : sc_core::sc_module {
    tlm_utils::simple_target_socket<plain_memory> read;
    tlm_utils::simple_target_socket<plain_memory> write;
    std::vector<std::uint8_t> bytes;
    std::uint64_t bytes_read = 0, bytes_written = 0;
    explicit plain_memory(sc_core::sc_module_name name);

private:
    void transport(tlm::tlm_generic_payload& t, sc_core::sc_time& delay);
};

/// The accelerator with a memory and a scenario in place of the driver. The scenario runs in a thread and may
/// run as many layers as it likes.
class layer_bench : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<layer_bench> registers;
    sc_core::sc_signal<bool> done_irq, error_irq, counter_irq;
    plain_memory memory;
    accelerator::accelerator dut;
    std::function<void()> scenario;

    layer_bench(sc_core::sc_module_name name, const arch::machine& m, accelerator::timing mode);

    /// Puts an image with its input at address 0.
    void load(const compiler::compiled& net, std::span<const std::uint8_t> input_nchw);
    /// Runs a layer of the loaded image and waits for its interrupt; returns what the accelerator reported.
    accelerator::layer_report run(std::uint32_t layer = 0, bool check_crc = true);
    /// The network's output as NCHW bytes.
    [[nodiscard]] std::vector<std::uint8_t> output() const;
    std::uint32_t read_register(std::uint32_t offset);
    void write_register(std::uint32_t offset, std::uint32_t value);

private:
    void play();
    std::uint32_t access(tlm::tlm_command command, std::uint32_t offset, std::uint32_t value);

    std::vector<std::uint8_t> image_;
    std::optional<accelerator::layer_report> report_;
};

/// Elaborates a bench, plays the scenario and returns when it has ended.
void play(const arch::machine& m, accelerator::timing mode,
          const std::function<void(layer_bench&)>& scenario);

}  // namespace eyeriss::test
