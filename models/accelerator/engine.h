#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/accelerator/array.h"
#include "models/accelerator/dma.h"
#include "models/accelerator/loaders.h"
#include "models/accelerator/output_writer.h"
#include "models/accelerator/report.h"
#include "models/arch/timing/array_timing.h"
#include "models/arch/timing/bank_fill.h"
#include "models/arch/timing/output_queue.h"

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
    /// Ends the running layer at the next pass, without outputs.
    void abandon() { abandoned_ = true; }

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
    };

    void load_sets();
    void write_jobs();
    void execute(layer_report& report, std::uint32_t offset, bool check_crc);
    void run_pass(const arch::tiling& tiles, std::uint64_t pass);
    [[nodiscard]] const iact_set& need_iacts(const arch::tiling& tiles, const arch::pass_index& index);
    void load_set(const arch::tiling& tiles, const arch::pass_index& index);
    void deliver(cycle_t ready, std::vector<output_burst> bursts);
    void drain(const write_job& job);
    void wait_until(cycle_t cycle);
    void wait_for(const sc_core::sc_time& delay);
    void stop_helpers();
    [[nodiscard]] cycle_t now() const;
    [[nodiscard]] cycle_t arrived(const sc_core::sc_time& asked, const sc_core::sc_time& transfer);
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

    // State of the running layer, shared by the three processes.
    layer_program program_;
    std::unique_ptr<const arch::tiling> tiles_;
    bool running_ = false;
    bool abandoned_ = false;
    std::exception_ptr helper_fault_;
    std::deque<iact_set> sets_;  ///< loaded, not all used up; the front is in use
    unsigned halves_ = 2;        ///< sets that the banks hold
    unsigned halves_in_use_ = 0;
    std::uint64_t sets_started_ = 0;
    std::deque<write_job> jobs_;
    unsigned jobs_open_ = 0;  ///< waiting or being written
    std::uint64_t finishing_passes_ = 0;
    std::optional<std::uint32_t> weights_held_;
    cycle_t last_end_ = 0;
    sc_core::sc_event layer_started_, set_loaded_, half_freed_, job_added_, job_done_;
    bool loader_busy_ = false;
};

}  // namespace eyeriss::accelerator
