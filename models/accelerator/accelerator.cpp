#include "models/accelerator/accelerator.h"

#include <algorithm>

#include "models/accelerator/engine.h"
#include "models/accelerator/performance_counters.h"

namespace eyeriss::accelerator {

struct accelerator::state {
    register_file file;
    std::string last_error;

    performance_counters counters;

    [[nodiscard]] bool interrupt(eyeriss_register_field enable, eyeriss_register_field status) const {
        return (file.value(EYERISS_REG_CTRL) & enable) != 0 && (file.value(EYERISS_REG_STATUS) & status) != 0;
    }
};

accelerator::accelerator(sc_core::sc_module_name name, const arch::machine& machine, timing mode,
                         const dma_options& memory)
    : sc_module(name),
      registers("registers"),
      read_port("read_port"),
      write_port("write_port"),
      cluster_ports("cluster_ports", memory.port_per_cluster ? machine.noc.clusters() : 0),
      done_irq("done_irq"),
      error_irq("error_irq"),
      counter_irq("counter_irq"),
      state_(std::make_unique<state>()) {
    dma_options options = memory;
    options.four_phases = memory.four_phases && mode == timing::timed;
    engine_ = std::make_unique<engine>("engine", machine, mode == timing::timed, make_dma(options));
    auto& file = state_->file;
    file.set(EYERISS_REG_GEOMETRY, machine.geometry());
    file.on_write(EYERISS_REG_CTRL, [this](std::uint32_t written) { control(written); });
    file.on_write(EYERISS_REG_STATUS,
                  [this](std::uint32_t) { status_changed_.notify(sc_core::SC_ZERO_TIME); });
    file.on_write(EYERISS_REG_LAYER, [this](std::uint32_t layer) {
        for (const auto& observer : marker_observers_) observer(layer, sc_core::sc_time_stamp().to_seconds());
    });
    follow_counters();
    registers.register_b_transport(this, &accelerator::transport);
    registers.register_transport_dbg(this, &accelerator::transport_debug);
    SC_HAS_PROCESS(accelerator);
    SC_THREAD(run_layers);
    SC_METHOD(drive_irqs);
    sensitive << status_changed_;
}

accelerator::~accelerator() = default;

dma accelerator::make_dma(const dma_options& options) {
    const auto add = [&](auto& socket) {
        dma_port::calls calls;
        calls.b_transport = [&](auto& t, auto& delay) { socket->b_transport(t, delay); };
        calls.nb_transport_fw = [&](auto& t, auto& phase, auto& delay) {
            return socket->nb_transport_fw(t, phase, delay);
        };
        calls.transport_dbg = [&](auto& t) { return socket->transport_dbg(t); };
        dma_ports_.push_back(std::make_unique<dma_port>(std::move(calls), options));
    };
    add(read_port);
    add(write_port);
    read_port.register_nb_transport_bw(this, &accelerator::read_answer);
    write_port.register_nb_transport_bw(this, &accelerator::write_answer);
    for (auto& socket : cluster_ports) {
        socket.register_nb_transport_bw(this, &accelerator::memory_answer,
                                        static_cast<int>(dma_ports_.size()));
        add(socket);
    }
    std::vector<dma_port*> used;
    for (std::size_t i = options.port_per_cluster ? 2 : 0; i < dma_ports_.size(); ++i)
        used.push_back(dma_ports_[i].get());
    return {std::move(used), options};
}

tlm::tlm_sync_enum accelerator::memory_answer(int port, tlm::tlm_generic_payload& transaction,
                                              tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    return dma_ports_[static_cast<std::size_t>(port)]->nb_transport_bw(transaction, phase, delay);
}

void accelerator::observe_layers(layer_observer observer) {
    layer_observers_.push_back(std::move(observer));
}
void accelerator::observe(observe::recorder& recorder) {
    engine_->observe(recorder);
}
void accelerator::observe_noc(noc_observer observer) {
    engine_->observe_noc(std::move(observer));
}
void accelerator::observe_markers(marker_observer observer) {
    marker_observers_.push_back(std::move(observer));
}
const std::string& accelerator::last_error() const {
    return state_->last_error;
}

void accelerator::observe_refusals(register_file::refusal_callback observer) {
    state_->file.on_refusal(std::move(observer));
}

void accelerator::transport(tlm::tlm_generic_payload& t, sc_core::sc_time& /*delay*/) {
    state_->file.transport(t);
}

unsigned accelerator::transport_debug(tlm::tlm_generic_payload& t) {
    return state_->file.transport_debug(t);
}

/// The window of registers through which software sees one counter at a time.
void accelerator::follow_counters() {
    auto& file = state_->file;
    file.on_write(EYERISS_REG_PERF_SELECT, [this](std::uint32_t number) {
        const auto& counters = state_->counters;
        state_->file.set_pair(EYERISS_REG_PERF_LO, EYERISS_REG_PERF_HI, counters.value(number));
        state_->file.set_pair(EYERISS_REG_PERF_THRESHOLD_LO, EYERISS_REG_PERF_THRESHOLD_HI,
                              counters.threshold(number));
    });
    const auto keep_threshold = [this](std::uint32_t) {
        const auto& seen = state_->file;
        state_->counters.set_threshold(seen.value(EYERISS_REG_PERF_SELECT),
                                       std::uint64_t{seen.value(EYERISS_REG_PERF_THRESHOLD_HI)} << 32 |
                                           seen.value(EYERISS_REG_PERF_THRESHOLD_LO));
    };
    file.on_write(EYERISS_REG_PERF_THRESHOLD_LO, keep_threshold);
    file.on_write(EYERISS_REG_PERF_THRESHOLD_HI, keep_threshold);
}

void accelerator::control(std::uint32_t written) {
    auto& file = state_->file;
    if ((written & EYERISS_CTRL_CLEAR_COUNTERS) != 0) state_->counters.clear();
    if ((written & EYERISS_CTRL_RESET) != 0) {
        engine_->abandon();
        file.change(
            EYERISS_REG_STATUS,
            EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR | EYERISS_STATUS_COUNTER | EYERISS_STATUS_CORRECTED,
            0);
        for (const auto counter :
             {EYERISS_REG_ERROR_CODE, EYERISS_REG_ERROR_INFO, EYERISS_REG_CYCLES_LO, EYERISS_REG_CYCLES_HI,
              EYERISS_REG_MACS_LO, EYERISS_REG_MACS_HI, EYERISS_REG_OVERFLOWS, EYERISS_REG_ECC_DRAM_CORRECTED,
              EYERISS_REG_ECC_GLB_CORRECTED, EYERISS_REG_ECC_ADDRESS, EYERISS_REG_PERF_REACHED}) {
            file.set(counter, 0);
        }
    } else if ((written & EYERISS_CTRL_START) != 0 &&
               (file.value(EYERISS_REG_STATUS) & EYERISS_STATUS_BUSY) == 0) {
        file.change(EYERISS_REG_STATUS, EYERISS_STATUS_DONE | EYERISS_STATUS_ERROR, EYERISS_STATUS_BUSY);
        start_.notify(sc_core::SC_ZERO_TIME);
    }
    status_changed_.notify(sc_core::SC_ZERO_TIME);
}

void accelerator::run_layers() {
    auto& file = state_->file;
    for (;;) {
        wait(start_);
        const bool check_crc = (file.value(EYERISS_REG_CTRL) & EYERISS_CTRL_CRC_CHECK) != 0;
        engine_->set_watchdog(file.value(EYERISS_REG_WATCHDOG));
        const layer_report report =
            engine_->run(file.value(EYERISS_REG_IMAGE_BASE), file.value(EYERISS_REG_DESC_OFFSET), check_crc,
                         state_->last_error);
        finish(report);
        status_changed_.notify(sc_core::SC_ZERO_TIME);
    }
}

/// Puts a layer's end into the registers; a layer that reset has abandoned leaves no trace.
void accelerator::finish(const layer_report& report) {
    auto& file = state_->file;
    std::uint32_t where = 0;
    if (const auto words = engine_->glb_corrected(where); words != 0)
        note_corrected(EYERISS_REG_ECC_GLB_CORRECTED, words, where);
    if (report.error == EYERISS_ERR_ECC) file.set(EYERISS_REG_ECC_ADDRESS, report.error_info);
    const bool abandoned = report.error == EYERISS_OK && !state_->last_error.empty();
    if (abandoned) {
        file.change(EYERISS_REG_STATUS, EYERISS_STATUS_BUSY, 0);
        return;
    }
    file.change(EYERISS_REG_STATUS, EYERISS_STATUS_BUSY,
                report.error != EYERISS_OK ? EYERISS_STATUS_ERROR : EYERISS_STATUS_DONE);
    file.set(EYERISS_REG_ERROR_CODE, report.error);
    file.set(EYERISS_REG_ERROR_INFO, report.error_info);
    file.set_pair(EYERISS_REG_CYCLES_LO, EYERISS_REG_CYCLES_HI, report.cycles);
    file.set_pair(EYERISS_REG_MACS_LO, EYERISS_REG_MACS_HI, report.macs_effectual);
    file.set(EYERISS_REG_OVERFLOWS,
             static_cast<std::uint32_t>(std::min<std::uint64_t>(report.psum_overflows, 0xffffffffU)));
    if (const auto reached = state_->counters.add(report)) {
        file.set(EYERISS_REG_PERF_REACHED, *reached);
        file.change(EYERISS_REG_STATUS, 0, EYERISS_STATUS_COUNTER);
    }
    for (const auto& observer : layer_observers_) observer(report);
}

void accelerator::drive_irqs() {
    const auto drive = [this](interrupt_line& line, faults::irq_line which, bool cause) {
        if (line.size() == 0) return;
        auto& faults = line_faults_[static_cast<std::size_t>(which)];
        sc_core::sc_time delay;
        line->write(faults.drive(cause, delay));
        if (delay == sc_core::SC_ZERO_TIME) return;
        sc_core::sc_spawn([this, &faults, delay] {
            wait(delay);
            faults.end_delay();
            status_changed_.notify(sc_core::SC_ZERO_TIME);
        });
    };
    drive(done_irq, faults::irq_line::done,
          state_->interrupt(EYERISS_CTRL_IRQ_ENABLE_DONE, EYERISS_STATUS_DONE));
    drive(error_irq, faults::irq_line::error,
          state_->interrupt(EYERISS_CTRL_IRQ_ENABLE_ERROR, EYERISS_STATUS_ERROR) ||
              state_->interrupt(EYERISS_CTRL_IRQ_ENABLE_CORRECTED, EYERISS_STATUS_CORRECTED));
    drive(counter_irq, faults::irq_line::counter,
          state_->interrupt(EYERISS_CTRL_IRQ_ENABLE_COUNTER, EYERISS_STATUS_COUNTER));
}

/// Adds to a counter of corrected words, which saturates, and raises STATUS.CORRECTED.
void accelerator::note_corrected(eyeriss_register counter, std::uint64_t words, std::uint32_t where) {
    auto& file = state_->file;
    file.set(counter,
             static_cast<std::uint32_t>(std::min<std::uint64_t>(file.value(counter) + words, 0xffffffffU)));
    file.set(EYERISS_REG_ECC_ADDRESS, where);
    file.change(EYERISS_REG_STATUS, 0, EYERISS_STATUS_CORRECTED);
    status_changed_.notify(sc_core::SC_ZERO_TIME);
}

void accelerator::note_memory_error(std::uint32_t address, bool corrected) {
    if (corrected) {
        note_corrected(EYERISS_REG_ECC_DRAM_CORRECTED, 1, address);
    } else {
        state_->file.set(EYERISS_REG_ECC_ADDRESS, address);
    }
}

}  // namespace eyeriss::accelerator
