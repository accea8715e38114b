#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <systemc>
#include <vector>

#include "models/accelerator/array.h"
#include "models/accelerator/dma.h"
#include "models/accelerator/fault.h"
#include "models/accelerator/layer_publisher.h"
#include "models/accelerator/loaders.h"
#include "models/accelerator/output_writer.h"
#include "models/accelerator/report.h"
#include "models/arch/timing/array_timing.h"
#include "models/arch/timing/bank_fill.h"
#include "models/arch/timing/output_queue.h"
#include "models/arch/timing/standstill.h"
#include "models/faults/fault.h"

namespace eyeriss::accelerator {

/// Carries out layers: fetches the descriptor, configures the array, and walks the passes.
///
/// Three processes share the work, so that loading, computing and draining overlap as the buffers allow: the
/// loader fills the free half of the iact banks, the sequencer (the caller of run) fetches weights and
/// evaluates a pass once its bytes have arrived, the writer drains finished units. The array's times are
/// worked out in plain cycles (models/arch/timing) and lie ahead of the kernel; each process sleeps until the
/// credit that it needs and only then issues its DMA, so that the memory sees requests in the order of their
/// times. Untimed, the same functions are called one after the other and no time passes.
class engine : public sc_core::sc_module {
public:
    engine(sc_core::sc_module_name name, const arch::machine& m, bool timed, dma memory);

    /// Runs the layer whose descriptor lies at base + offset. Must be called from an SC_THREAD. A fault ends
    /// the layer and is reported; `message` then says it in words.
    layer_report run(std::uint32_t base, std::uint32_t offset, bool check_crc, std::string& message);
    /// Ends the running layer without outputs: at the next pass, or at once where it hangs.
    void abandon();

    /// Cycles without progress after which a layer ends with EYERISS_ERR_WATCHDOG, for layers that are run
    /// from now on; 0: never. A pass that ends and a transfer that ends are progress.
    void set_watchdog(cycle_t cycles) { watchdog_cycles_ = cycles; }
    /// Carries out a fault of GLB, SPad, network port, DMA or clock now, or with its access trigger.
    void inject(const faults::fault& f);
    /// Inverts a bit of the descriptor of that layer in memory when it is fetched next; `flip` is given its
    /// bus address.
    using descriptor_hook = std::function<void(std::uint32_t address)>;
    void before_descriptor(descriptor_hook hook) { before_descriptor_ = std::move(hook); }
    /// array_timing::observe_transfers, in cycles of the array's clock since the simulation began.
    void observe_noc(arch::timing::array_timing::transfer_observer observer) {
        timing_.observe_transfers(std::move(observer));
    }
    /// Tells a recorder, which outlives this, of layers, passes and transfers from now on; timed runs only.
    void observe(observe::recorder& recorder);
    /// Who waits for whom, a line each, while a layer hangs; else empty.
    [[nodiscard]] std::vector<std::string> who_waits() const;
    /// Words of the GLB that check bits corrected in the present or last layer, and where the last was:
    /// cluster << 8 | bank.
    [[nodiscard]] std::uint64_t glb_corrected(std::uint32_t& where);

    SC_HAS_PROCESS(engine);

private:
    /// A set of iacts in the GLB: loaded once, used by one or more passes in a row.
    struct iact_set {
        arch::pass_index index{};
        unsigned half = 0;
        std::vector<cycle_t> filled;  ///< by bank: last cycle of the fill
    };
    struct write_job {
        cycle_t ready = 0;
        std::vector<output_burst> bursts;
        transfer_origin origin{};
    };

    void load_sets();
    void write_jobs();
    void execute(layer_report& report, std::uint32_t offset, bool check_crc);
    void run_pass(const arch::tiling& tiles, std::uint64_t pass);
    [[nodiscard]] const iact_set& need_iacts(const arch::tiling& tiles, const arch::pass_index& index);
    void load_set(const arch::tiling& tiles, const arch::pass_index& index, std::uint64_t pass);
    void deliver(write_job job);
    void drain(const write_job& job);
    void wait_until(cycle_t cycle);
    void wait_for(const sc_core::sc_time& delay);
    void stop_helpers();
    [[nodiscard]] cycle_t now() const;
    void check_abort() const;
    void end_layer_by(const layer_fault& cause);
    void wait_while_stalled();
    void release_after(const sc_core::sc_time& duration, std::function<void()> release);
    void stand_still(const arch::timing::unit& u, const sc_core::sc_time& duration);
    cycle_t wait_while_standing(const arch::timing::pass& p);
    void supervise();
    void progressed(cycle_t up_to) { progress_ = std::max(progress_, up_to); }
    [[nodiscard]] cycle_t arrived(std::uint64_t asked, const sc_core::sc_time& transfer);
    [[nodiscard]] transfer_origin origin_of(std::string_view what, std::uint64_t pass) const;
    [[nodiscard]] arch::timing::pass describe_pass(const arch::pass_index& index) const;

    arch::machine m_;
    bool timed_;
    sc_core::sc_time cycle_;
    dma dma_;
    array array_;
    iact_loader iact_loader_;
    weight_loader weight_loader_;
    output_writer writer_;
    arch::timing::array_timing timing_;
    arch::timing::bank_fill banks_;
    arch::timing::output_queue outputs_;
    std::unique_ptr<layer_publisher> publisher_;  ///< null while nobody listens

    // State of the running layer, shared by the three processes.
    layer_program program_;
    std::unique_ptr<const arch::tiling> tiles_;
    bool running_ = false;
    std::exception_ptr helper_fault_;
    std::deque<iact_set> sets_;  ///< loaded, not all used up; the front is in use
    unsigned halves_ = 2;        ///< sets that the banks hold
    unsigned halves_in_use_ = 0;
    std::uint64_t sets_started_ = 0;
    std::vector<arch::timing::pe_job> pe_jobs_;  ///< of the last pass
    std::deque<write_job> jobs_;
    unsigned jobs_open_ = 0;  ///< waiting or being written
    std::uint64_t finishing_passes_ = 0;
    std::optional<std::uint32_t> weights_held_;
    cycle_t last_end_ = 0;
    sc_core::sc_event layer_started_, set_loaded_, half_freed_, job_added_, job_done_;
    bool loader_busy_ = false;

    // Faults and the watchdog; engine_faults.cpp.
    std::optional<layer_fault> abort_;  ///< why the layer is to end
    sc_core::sc_event aborted_, released_, supervised_, run_ended_;
    std::set<arch::timing::unit> still_;  ///< parts of the array that stand still
    std::vector<arch::timing::waiting> waiting_;
    bool dma_stalled_ = false;
    unsigned stalled_processes_ = 0;
    std::uint64_t transfers_until_stall_ = 0;
    sc_core::sc_time stall_duration_;
    cycle_t watchdog_cycles_ = 0, progress_ = 0;
    std::uint64_t runs_ = 0, pass_ = 0;
    bool layer_runs_ = false;
    descriptor_hook before_descriptor_;
};

}  // namespace eyeriss::accelerator
