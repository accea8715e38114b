// Any descriptor, image and sequence of register writes ends no host: the layer ends, is refused with a code,
// or can be abandoned; and a good layer behind it gives what it should.
//
// Input: a byte that chooses an image and whether its descriptor's checksum is made right again; a number of
// changes (where, what); then register accesses, between which some time passes.
#include <zlib.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "models/abi/registers.h"
#include "tests/fuzz/input.h"
#include "tests/models/accelerator/layer_bench.h"
#include "tests/models/accelerator/random_layer.h"

namespace eyeriss {
namespace {

using u32 = std::uint32_t;

constexpr std::size_t memory_bytes = 256 * 1024;
constexpr unsigned images = 4;
constexpr u32 usual_ctrl = EYERISS_CTRL_START | EYERISS_CTRL_IRQ_ENABLE_DONE | EYERISS_CTRL_IRQ_ENABLE_ERROR;

/// A layer's image with its input in place, and what it must give.
struct good_layer {
    std::vector<std::uint8_t> memory;
    eyeriss_image_tensor output{};
    u32 descriptor = 0;
    std::vector<std::uint8_t> expected;
};

class bench : public sc_core::sc_module {
public:
    explicit bench(sc_core::sc_module_name name)
        : sc_module(name), memory_("memory"), dut_("dut", machine(), accelerator::timing::timed) {
        registers_.bind(dut_.registers);
        dut_.read_port.bind(memory_.read);
        dut_.write_port.bind(memory_.write);
        dut_.done_irq.bind(done_irq_);
        dut_.error_irq.bind(error_irq_);
        dut_.counter_irq.bind(counter_irq_);
        std::mt19937_64 random(20261121);
        while (layers_.size() < images) {
            add_layer(random);
        }
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

    void run(test::fuzz_input input) {
        const auto choice = input.number<std::uint8_t>();
        const good_layer& layer = layers_[choice % images];
        memory_.bytes = layer.memory;
        change(input, layer, (choice & 0x80) == 0);
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_DESC_OFFSET, layer.descriptor);
        play(input);
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_CTRL,
               usual_ctrl | ((choice & 0x40) != 0 ? u32{EYERISS_CTRL_CRC_CHECK} : 0U));
        pass_time(2000);
        reset();
        if ((choice & 0x20) != 0) {
            check(layer);
        }
    }

private:
    static arch::machine machine() {
        arch::machine m;
        m.noc.cluster_rows = 2;
        m.noc.cluster_cols = 2;
        return m;
    }

    void add_layer(std::mt19937_64& random) {
        const auto made = test::make_random_layer(random, false);
        const auto net = compiler::compile(made.net, machine());
        const auto header = compiler::image_header(net.image);
        if (header.memory_bytes > memory_bytes) {
            return;
        }
        good_layer layer;
        layer.memory.assign(memory_bytes, 0);
        std::ranges::copy(net.image, layer.memory.begin());
        for (const auto& patch : compiler::encode_input(net.image, made.input)) {
            std::ranges::copy(patch.bytes, layer.memory.begin() + patch.offset);
        }
        layer.output = compiler::image_tensor(net.image, header.output_tensor);
        layer.descriptor = compiler::image_layer(net.image, 0).descriptor_offset;
        layer.expected = made.expected(static_cast<int>(machine().pe.psum_bits));
        layers_.push_back(std::move(layer));
    }

    /// Changes up to 15 places: fields of the descriptor, or any byte.
    void change(test::fuzz_input& input, const good_layer& layer, bool repair) {
        const unsigned changes = input.number<std::uint8_t>() % 16;
        for (unsigned i = 0; i < changes; ++i) {
            const auto where = input.number<std::uint16_t>();
            const auto what = input.number<u32>();
            const std::size_t at = (where & 1) != 0
                                       ? layer.descriptor + where % sizeof(eyeriss_descriptor) / 4 * 4
                                       : std::size_t{where} * 4 % memory_bytes;
            const std::size_t bytes = (where & 2) != 0 ? 1 : 4;
            std::memcpy(memory_.bytes.data() + at, &what, std::min(bytes, memory_bytes - at));
        }
        u32 total = 0;
        const std::size_t begin = layer.descriptor + offsetof(eyeriss_descriptor, layer_index);
        std::memcpy(&total,
                    memory_.bytes.data() + layer.descriptor + offsetof(eyeriss_descriptor, total_bytes),
                    sizeof total);
        if (repair && total >= begin - layer.descriptor && total <= memory_bytes - layer.descriptor) {
            const auto crc = static_cast<u32>(
                ::crc32_z(0, memory_.bytes.data() + begin, total - (begin - layer.descriptor)));
            std::memcpy(memory_.bytes.data() + layer.descriptor + offsetof(eyeriss_descriptor, crc32), &crc,
                        sizeof crc);
        }
    }

    /// Reads and writes of registers and what lies between, of all lengths.
    void play(test::fuzz_input& input) {
        for (unsigned i = 0; i < 32 && !input.empty(); ++i) {
            const auto how = input.number<std::uint8_t>();
            const u32 offset = input.number<std::uint16_t>() % EYERISS_REG_BYTES;
            const auto value = input.number<u32>();
            const unsigned length = (how & 0x0e) == 0x0e ? how >> 4 : 4;
            access((how & 1) != 0 ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, offset, value, length);
            pass_time(how >> 4);
        }
    }

    u32 access(tlm::tlm_command command, u32 offset, u32 value, unsigned length = 4) {
        std::array<std::uint8_t, 16> data{};
        std::memcpy(data.data(), &value, sizeof value);
        tlm::tlm_generic_payload t;
        sc_core::sc_time delay;
        t.set_command(command);
        t.set_address(offset);
        t.set_data_ptr(data.data());
        t.set_data_length(length);
        t.set_streaming_width(length);
        registers_->b_transport(t, delay);
        if (t.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) {
            test::found("a register access without an answer");
        }
        std::memcpy(&value, data.data(), sizeof value);
        return value;
    }

    [[nodiscard]] bool busy() {
        return (access(tlm::TLM_READ_COMMAND, EYERISS_REG_STATUS, 0) & EYERISS_STATUS_BUSY) != 0;
    }

    /// Lets time pass while a layer runs, at most `microseconds`.
    void pass_time(unsigned microseconds) {
        if (sc_core::sc_pending_activity()) {
            sc_core::sc_start(sc_core::SC_ZERO_TIME);
        }
        for (unsigned us = 0; us < microseconds && busy() && sc_core::sc_pending_activity(); us += 10) {
            sc_core::sc_start(10, sc_core::SC_US);
        }
    }

    void reset() {
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_CTRL, EYERISS_CTRL_RESET);
        pass_time(1000);
        if (busy()) {
            test::found("RESET does not end a layer");
        }
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_IMAGE_BASE, 0);
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_WATCHDOG,
               0);  // stays over RESET; a small one ends good layers
    }

    void check(const good_layer& layer) {
        memory_.bytes = layer.memory;
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_DESC_OFFSET, layer.descriptor);
        access(tlm::TLM_WRITE_COMMAND, EYERISS_REG_CTRL, usual_ctrl | EYERISS_CTRL_CRC_CHECK);
        pass_time(100'000);
        if (busy()) {
            test::found("a good layer does not end");
        }
        const auto read = [this](u32 offset, std::span<std::uint8_t> out) {
            std::copy_n(memory_.bytes.begin() + offset, out.size(), out.begin());
        };
        if (compiler::decode_tensor(read, layer.output) != layer.expected) {
            test::found("a good layer behind gives a wrong output");
        }
        reset();
    }

    tlm_utils::simple_initiator_socket<bench> registers_{"registers"};
    sc_core::sc_signal<bool> done_irq_, error_irq_, counter_irq_;
    test::plain_memory memory_;
    accelerator::accelerator dut_;
    std::vector<good_layer> layers_;
};

}  // namespace
}  // namespace eyeriss

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto bench = std::make_unique<eyeriss::bench>("bench");
    bench->run(eyeriss::test::fuzz_input({data, size}));
    return 0;
}
