#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "platform/cpu/hart.h"
#include "platform/debug/debug_record.h"

namespace eyeriss::platform {

class soc;

/// Kinds of points at which a debugger wants to be asked, numbered as in GDB's Z packets.
enum class point_kind : std::uint8_t { software, hardware, write, read, access };

/// A debugger's hold on a SoC: run control, registers, memory, breakpoints and watchpoints of all harts. When
/// one hart stops, the simulation stands still until the stop handler has said how to go on. Knows no
/// protocol.
///
/// Nothing changes for a program that is looked at but not altered: it takes the same simulated time to the
/// same results (with several harts, a stop cuts the slice of the hart that stops, as core.quantum_ns does).
class debugger : private hart_debugger {
public:
    /// Says how to go on. Called in the process of the hart that stopped.
    using stop_handler = std::function<debug_resume(unsigned hart, const hart_stop& stop)>;
    /// Injects the fault that a text describes; returns a line that says what. Throws std::invalid_argument.
    using fault_injector = std::function<std::string(std::string_view text)>;

    /// Takes hold of the harts; `soc` outlives this.
    debugger(soc& soc, stop_handler handler);
    ~debugger() override;
    debugger(const debugger&) = delete;
    debugger& operator=(const debugger&) = delete;

    /// Numbers of registers are GDB's: x0 to x31, 32 the pc, 65 + n CSR n, 4161 the privilege mode.
    static constexpr std::uint32_t pc_number = 32, first_csr_number = 65, privilege_number = 4161;

    [[nodiscard]] unsigned harts() const;
    [[nodiscard]] soc& machine() const { return soc_; }
    /// Nothing when there is no such register.
    [[nodiscard]] std::optional<std::uint32_t> register_value(unsigned hart, std::uint32_t number) const;
    /// False when there is no such register, or it cannot be written while a bus access of the hart is under
    /// way.
    bool set_register(unsigned hart, std::uint32_t number, std::uint32_t value);
    /// Reads by debug transport, which changes nothing in any device; returns the bytes read from the start.
    std::size_t read(std::uint32_t address, std::span<std::uint8_t> data) const;
    /// Writes memory; false when not all of it is memory. What is there of it has been written then.
    bool write(std::uint32_t address, std::span<const std::uint8_t> data);
    /// Writes a word to a device as the stopped hart would, with its effects; false when it is refused.
    bool write_device(std::uint32_t address, std::uint32_t value);
    void reset();
    /// Injects a fault; returns what to tell. \throws std::invalid_argument with one line
    std::string inject(const std::string& text);

    /// Sets or removes a point, from the next resumption on. False for an empty range.
    bool set_point(point_kind kind, std::uint32_t address, std::uint32_t bytes);
    void remove_point(point_kind kind, std::uint32_t address, std::uint32_t bytes);
    /// The kind of breakpoint at an address.
    [[nodiscard]] std::optional<point_kind> breakpoint_at(std::uint32_t address) const;

    /// Stops a hart as soon as it can; from outside the simulation.
    void request_stop(unsigned hart);
    /// Stops a hart at a time, or when it wakes if it sleeps then.
    void stop_at(unsigned hart, std::uint64_t at_ps);
    /// True after debug_resume::kind::kill.
    [[nodiscard]] bool killed() const { return killed_; }

    void on_fault(fault_injector injector) { injector_ = std::move(injector); }
    /// Called after each stop with what was done in it.
    void observe(std::function<void(const debug_stop&)> observer) {
        observers_.push_back(std::move(observer));
    }
    /// Where a hart stands now.
    [[nodiscard]] debug_stop place(unsigned hart) const;

private:
    using point = std::tuple<point_kind, std::uint32_t, std::uint32_t>;

    void stopped(hart& at, const hart_stop& stop) override;
    void resume(const debug_resume& how);
    void apply_points();
    void note(debug_action action);

    soc& soc_;
    stop_handler handler_;
    fault_injector injector_;
    std::vector<std::function<void(const debug_stop&)>> observers_;
    std::set<point> points_, applied_;
    std::vector<debug_action> actions_;
    unsigned stopped_hart_ = 0;
    bool others_held_ = false, killed_ = false;
};

}  // namespace eyeriss::platform
