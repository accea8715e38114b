#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <array>
#include <cstdint>
#include <random>
#include <systemc>

#include "platform/devices/peripheral.h"

namespace eyeriss::test {

/// Raises an interrupt at irregular times, off the core's clock; reading its register takes it back and tells
/// how many there were. Reading takes 13 ns of bus time.
class irregular_device : public platform::peripheral {
public:
    sc_core::sc_signal<bool> level{"level"};

    explicit irregular_device(sc_core::sc_module_name name) : peripheral(name) {
        add_register({"count", 0, 4, [this] { return take(); }, {}});
        SC_HAS_PROCESS(irregular_device);
        SC_METHOD(raise);
        SC_METHOD(drive);
        sensitive << changed_;
        dont_initialize();
    }

private:
    void raise() {
        if (count_++ != 0) {
            raised_ = true;
            changed_.notify();
        }
        next_trigger(sc_core::sc_time(static_cast<double>(300'000 + random_() % 4'000'000), sc_core::SC_PS));
    }
    std::uint32_t take() {
        raised_ = false;
        changed_.notify(sc_core::SC_ZERO_TIME);
        return count_;
    }
    void drive() { level.write(raised_); }

    std::mt19937 random_{7};
    std::uint32_t count_ = 0;
    bool raised_ = false;
    sc_core::sc_event changed_;
};

/// Another master: writes rising numbers to one word at irregular times, some exactly on the core's clock.
class irregular_writer : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<irregular_writer> port{"port"};

    explicit irregular_writer(sc_core::sc_module_name name) : sc_module(name) {
        SC_HAS_PROCESS(irregular_writer);
        SC_THREAD(write);
    }

private:
    void write() {
        for (std::uint32_t value = 1;; ++value) {
            const std::uint64_t step =
                random_() % 3 == 0 ? 5000 * (1 + random_() % 500) : random_() % 3'000'000;
            wait(sc_core::sc_time(static_cast<double>(step), sc_core::SC_PS));
            auto data = value;
            tlm::tlm_generic_payload transaction;
            transaction.set_command(tlm::TLM_WRITE_COMMAND);
            transaction.set_address(0x84000100);
            transaction.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
            transaction.set_data_length(4);
            transaction.set_streaming_width(4);
            sc_core::sc_time delay;
            port->b_transport(transaction, delay);
        }
    }

    std::mt19937 random_{11};
};

}  // namespace eyeriss::test
