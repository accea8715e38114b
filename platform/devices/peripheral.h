#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <systemc>
#include <tlm>

namespace eyeriss::platform {

/// Base of memory-mapped peripherals: registers that declare themselves, and all the bus protocol.
///
/// A register has one width, or takes wider accesses too where its device says so. An access must hit the
/// start of a register with exactly its width, else it is answered with TLM_ADDRESS_ERROR_RESPONSE (no
/// register there) or TLM_BURST_ERROR_RESPONSE (other width or streaming); byte enables with
/// TLM_BYTE_ENABLE_ERROR_RESPONSE; reading a write-only register or writing a read-only one with
/// TLM_COMMAND_ERROR_RESPONSE. No DMI. A debug access reads one register whose read has no side effect, with
/// its width; any other is refused.
class peripheral : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<peripheral> socket;

    /// Takes the device back to where it was after reset; by default there is nothing to take back.
    virtual void reset() {}
    /// Name of the register at an offset, empty when there is none.
    [[nodiscard]] std::string_view register_name(std::uint64_t offset) const;

    using read_function = std::function<std::uint32_t()>;
    /// Returns false to refuse a value, which ends in TLM_GENERIC_ERROR_RESPONSE.
    using write_function = std::function<bool(std::uint32_t)>;

protected:
    /// A register as a device declares it: what is null is not allowed.
    struct register_description {
        std::string name;
        std::uint32_t offset = 0;
        unsigned bytes = 4;
        read_function read;
        write_function write;
        bool wider = false;  ///< accesses up to four bytes wide hit it too: zeros above, excess ignored
        bool read_has_effect = false;  ///< a debugger must not read it
    };

    explicit peripheral(sc_core::sc_module_name name);

    void add_register(register_description description);
    /// Aligned accesses of `bytes` bytes below offset `end` that hit no register read 0 and write nothing.
    void ignore_unknown(unsigned bytes, std::uint64_t end) { ignored_ = {bytes, end}; }

    /// A write function that takes any value.
    template <typename Function>
    static write_function accept(Function function) {
        return [function](std::uint32_t value) {
            function(value);
            return true;
        };
    }

private:
    void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& transaction);
    tlm::tlm_response_status transfer(tlm::tlm_generic_payload& transaction);

    [[nodiscard]] bool ignores(const tlm::tlm_generic_payload& transaction) const;

    struct ignored_accesses {
        unsigned bytes = 0;
        std::uint64_t end = 0;
    };
    std::map<std::uint64_t, register_description> registers_;
    ignored_accesses ignored_;
};

}  // namespace eyeriss::platform
