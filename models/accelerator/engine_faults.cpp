#include <fmt/format.h>

#include "models/accelerator/engine.h"

namespace eyeriss::accelerator {

using arch::timing::unit;

namespace {

sc_core::sc_time from_ps(std::uint64_t ps) {
    return {static_cast<double>(ps), sc_core::SC_PS};
}

}  // namespace

void engine::end_layer_by(const layer_fault& cause) {
    if (!layer_runs_ || abort_) return;
    abort_ = cause;
    aborted_.notify(sc_core::SC_ZERO_TIME);
}

void engine::abandon() {
    end_layer_by(layer_fault(EYERISS_OK, 0, "abandoned by reset"));
}

void engine::check_abort() const {
    if (abort_) throw layer_fault(*abort_);
}

/// The DMA's gate: holds each list back while the DMA is stalled.
void engine::wait_while_stalled() {
    if (transfers_until_stall_ > 0 && --transfers_until_stall_ == 0) {
        dma_stalled_ = true;
        release_after(stall_duration_, [this] { dma_stalled_ = false; });
    }
    if (!dma_stalled_) return;
    ++stalled_processes_;
    while (dma_stalled_ && !abort_) wait(aborted_ | released_);
    --stalled_processes_;
    check_abort();
    progressed(now());
}

/// Undoes a fault after its time; one of time zero stays.
void engine::release_after(const sc_core::sc_time& duration, std::function<void()> release) {
    if (duration == sc_core::SC_ZERO_TIME) return;
    sc_core::sc_spawn([this, duration, release = std::move(release)] {
        wait(duration);
        release();
        released_.notify(sc_core::SC_ZERO_TIME);
    });
}

void engine::stand_still(const unit& u, const sc_core::sc_time& duration) {
    still_.insert(u);
    release_after(duration, [this, u] { still_.erase(u); });
}

void engine::inject(const faults::fault& f) {
    const sc_core::sc_time duration = from_ps(f.duration_ps);
    switch (f.what) {
        case faults::kind::glb_flip:
            array_.glb(f.cluster).upset(f.memory, f.bank, f.word, f.bit);
            break;
        case faults::kind::spad_flip:
            array_.pe_numbered(f.pe).upset(f.pad, f.word, f.bit, {m_.noc.iact_port_bits, m_.pe.operand_bits});
            break;
        case faults::kind::stuck_port:
            if (f.port == faults::network_port::iact) {
                stand_still({unit::kind::iact_port, m_.noc.iact_port(f.cluster, f.bank)}, duration);
            } else if (f.port == faults::network_port::weight) {
                stand_still({unit::kind::weight_port, m_.noc.weight_port(f.cluster, f.bank)}, duration);
            } else {
                const bool in = f.port == faults::network_port::psum_in;
                stand_still({in ? unit::kind::psum_in_port : unit::kind::psum_out_port,
                             m_.noc.psum_port(f.cluster, f.bank)},
                            duration);
            }
            break;
        case faults::kind::clock_gate:
            for (unsigned i = 0; i < m_.noc.pes_per_cluster(); ++i) {
                stand_still({unit::kind::pe, f.cluster * m_.noc.pes_per_cluster() + i}, duration);
            }
            break;
        case faults::kind::dma_stall:
            if (!dma_stalled_) dma_.set_gate([this] { wait_while_stalled(); });
            if (f.when.when == faults::trigger::moment::access) {
                transfers_until_stall_ = f.when.value;
                stall_duration_ = duration;
            } else {
                dma_stalled_ = true;
                release_after(duration, [this] { dma_stalled_ = false; });
            }
            break;
        default:
            break;  // not the engine's
    }
}

/// Holds a pass back for as long as a start in it is never. Returns the cycle in which it could go on; 0 when
/// it did not have to wait.
cycle_t engine::wait_while_standing(const arch::timing::pass& p) {
    cycle_t until = 0;
    for (waiting_ = arch::timing::who_waits(p, still_, m_); !waiting_.empty();
         waiting_ = arch::timing::who_waits(p, still_, m_)) {
        wait(aborted_ | released_);
        check_abort();
        until = now();
    }
    if (until != 0) progressed(until);
    return until;
}

std::vector<std::string> engine::who_waits() const {
    if (!layer_runs_) return {};
    std::vector<std::string> lines;
    const auto pass = tiles_ && running_ ? fmt::format("pass {} of {}", pass_ + 1, tiles_->passes())
                                         : std::string("its beginning or end");
    const auto layer = fmt::format("layer {} at {}", program_.descriptor.layer_index, pass);
    if (!waiting_.empty()) {
        const auto way = arch::timing::longest_wait(waiting_);
        lines.push_back(fmt::format("{} waits for {}; {} units wait", layer,
                                    arch::timing::to_string(way.front().who, m_), waiting_.size()));
        for (const auto& w : way) lines.push_back(arch::timing::to_string(w, m_));
    }
    if (stalled_processes_ != 0) {
        lines.push_back(fmt::format("{} waits for {} transfer{} of the DMA", layer, stalled_processes_,
                                    stalled_processes_ == 1 ? "" : "s"));
        lines.emplace_back("the DMA is stalled");
    }
    return lines;
}

void engine::supervise() {
    for (;;) {
        wait(supervised_);
        const std::uint64_t run = runs_;
        const cycle_t patience = watchdog_cycles_;
        while (layer_runs_ && runs_ == run && !abort_) {
            const cycle_t deadline = progress_ + patience;
            if (deadline > now()) {
                wait(sc_core::sc_time::from_value(deadline * cycle_.value()) - sc_core::sc_time_stamp(),
                     run_ended_);
                continue;
            }
            const auto lines = who_waits();
            const std::uint32_t waiter =
                waiting_.empty() ? 0xffffffffU : arch::timing::longest_wait(waiting_).front().who.index;
            end_layer_by(layer_fault(EYERISS_ERR_WATCHDOG, waiter,
                                     fmt::format("no progress for {} cycles: {}", patience,
                                                 lines.empty() ? "nothing stands still"
                                                               : fmt::format("{}", fmt::join(lines, "; ")))));
        }
    }
}

std::uint64_t engine::glb_corrected(std::uint32_t& where) {
    std::uint64_t sum = 0;
    for (unsigned c = 0; c < m_.noc.clusters(); ++c) {
        const auto& glb = array_.glb(c);
        sum += glb.corrected();
        if (glb.corrected() != 0) where = c << 8 | glb.corrected_bank();
    }
    return sum;
}

}  // namespace eyeriss::accelerator
