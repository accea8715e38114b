#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/accelerator/dma.h"
#include "models/accelerator/line_faults.h"
#include "models/accelerator/register_file.h"
#include "models/accelerator/report.h"
#include "models/arch/machine.h"
#include "models/faults/fault.h"
#include "models/observe/recorder.h"

namespace eyeriss::accelerator {

/// `functional`: outputs only, no simulated time passes in the accelerator. `timed`: every transfer and every
/// PE window has its time (doc/architecture.md, Time).
enum class timing : std::uint8_t { functional, timed };

class engine;

/// The Eyeriss v2 accelerator as a SystemC module: register file, DMA, GLB clusters, hierarchical mesh, PE
/// clusters.
///
/// `registers` is a TLM-2.0 LT target (models/abi/registers.h; aligned 32-bit accesses, anything else is
/// answered with an error response). `read_port` and `write_port` are initiators for bus addresses below 4
/// GiB; with dma_options::port_per_cluster `cluster_ports`, one a GLB cluster, take their place, which are
/// none otherwise. `done_irq`, `error_irq` and `counter_irq` are each high while their bit of STATUS and its
/// enable in CTRL are set; a line that nobody needs may stay unbound.
class accelerator : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<accelerator> registers;
    tlm_utils::simple_initiator_socket<accelerator> read_port;
    tlm_utils::simple_initiator_socket<accelerator> write_port;
    sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<accelerator>> cluster_ports;
    using interrupt_line =
        sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    interrupt_line done_irq, error_irq, counter_irq;

    accelerator(sc_core::sc_module_name name, const arch::machine& machine, timing mode = timing::timed,
                const dma_options& memory = {});
    ~accelerator() override;

    /// Called at the end of every layer, failed ones included.
    using layer_observer = std::function<void(const layer_report&)>;
    void observe_layers(layer_observer observer);
    /// Called for everything that a port of the networks sends in a timed run, pass by pass and in no order
    /// within: cycles count from the begin of the simulation.
    using noc_observer = std::function<void(const noc::transfer&)>;
    void observe_noc(noc_observer observer);
    /// Tells a recorder, which outlives this, of layers, passes and transfers from now on; timed runs only.
    void observe(observe::recorder& recorder);
    /// Called when the driver writes the LAYER register: layer index (0xffffffff: none) and simulated
    /// seconds.
    using marker_observer = std::function<void(std::uint32_t, double)>;
    void observe_markers(marker_observer observer);

    /// Carries out a fault of the accelerator (GLB, SPad, port, DMA, clock, interrupt line) now, or with its
    /// access trigger; faults::check must have passed it.
    void inject(const faults::fault& f);
    /// Called with the bus address of each descriptor before it is fetched.
    void before_descriptor(std::function<void(std::uint32_t address)> hook);
    /// To be told by a memory with check bits of a word that was not good: counts what was corrected and
    /// keeps its bus address.
    void note_memory_error(std::uint32_t address, bool corrected);
    /// Who waits for whom, a line each, while a layer hangs; else empty.
    [[nodiscard]] std::vector<std::string> who_waits() const;
    /// Called when an access to the registers is refused: unknown, misaligned, wrongly sized, read-only.
    void observe_refusals(register_file::refusal_callback observer);
    /// Why the last layer was refused, one line; empty after success. For people; software reads ERROR_CODE.
    [[nodiscard]] const std::string& last_error() const;

private:
    void transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned transport_debug(tlm::tlm_generic_payload& transaction);
    void control(std::uint32_t written);
    dma make_dma(const dma_options& options);
    tlm::tlm_sync_enum memory_answer(int port, tlm::tlm_generic_payload& transaction, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
    tlm::tlm_sync_enum read_answer(tlm::tlm_generic_payload& t, tlm::tlm_phase& p, sc_core::sc_time& d) {
        return memory_answer(0, t, p, d);
    }
    tlm::tlm_sync_enum write_answer(tlm::tlm_generic_payload& t, tlm::tlm_phase& p, sc_core::sc_time& d) {
        return memory_answer(1, t, p, d);
    }
    void follow_counters();
    void run_layers();
    void finish(const layer_report& report);
    void note_corrected(eyeriss_register counter, std::uint64_t words, std::uint32_t where);
    void inject_line_fault(const faults::fault& f);
    void drive_irqs();

    struct state;
    std::unique_ptr<state> state_;
    std::vector<std::unique_ptr<dma_port>> dma_ports_;
    std::unique_ptr<engine> engine_;
    sc_core::sc_event start_;
    sc_core::sc_event status_changed_;
    std::vector<marker_observer> marker_observers_;
    std::array<line_faults, 3> line_faults_;  ///< by faults::irq_line
    std::vector<layer_observer> layer_observers_;
};

}  // namespace eyeriss::accelerator
