#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

namespace eyeriss::test {

/// A bus master whose thread runs one scenario.
class tlm_master : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<tlm_master> port{"port"};
    std::function<void(tlm_master&)> scenario;
    /// Ranges whose DMI was withdrawn.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;

    explicit tlm_master(sc_core::sc_module_name name) : sc_module(name) {
        SC_HAS_PROCESS(tlm_master);
        SC_THREAD(run);
        port.register_invalidate_direct_mem_ptr(this, &tlm_master::invalidate);
    }

    struct answer {
        tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
        sc_core::sc_time delay;
    };

    /// One transaction; `adapt` may change the payload before it leaves.
    answer transact(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes,
                    const std::function<void(tlm::tlm_generic_payload&)>& adapt = {}) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(static_cast<unsigned char*>(data));
        payload.set_data_length(bytes);
        payload.set_streaming_width(bytes);
        if (adapt) {
            adapt(payload);
        }
        sc_core::sc_time delay;
        port->b_transport(payload, delay);
        return {payload.get_response_status(), delay};
    }

    template <typename T>
    tlm::tlm_response_status write(std::uint64_t address, T value) {
        return transact(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value).status;
    }

    /// Value at an address, or `poison` when the answer was an error.
    template <typename T>
    T read(std::uint64_t address, T poison = static_cast<T>(0xdddddddd)) {
        T value{};
        const auto got = transact(tlm::TLM_READ_COMMAND, address, &value, sizeof value);
        return got.status == tlm::TLM_OK_RESPONSE ? value : poison;
    }

private:
    void run() {
        if (scenario) {
            scenario(*this);
        }
    }
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { invalidated.emplace_back(start, end); }
};

}  // namespace eyeriss::test
