#include "models/accelerator/engine.h"

#include <algorithm>

#include "models/accelerator/fault.h"
#include "models/accelerator/report_actions.h"

namespace eyeriss::accelerator {

namespace {

constexpr std::size_t at(arch::loop l) {
    return static_cast<std::size_t>(l);
}

/// Two passes use the same iacts when they differ in m alone.
bool same_iacts(arch::pass_index a, arch::pass_index b) {
    a[at(arch::loop::m)] = b[at(arch::loop::m)] = 0;
    return a == b;
}

}  // namespace

engine::engine(sc_core::sc_module_name name, const arch::machine& m, bool timed, dma memory)
    : sc_module(name),
      m_(m),
      timed_(timed),
      cycle_(sc_core::sc_time(1.0 / m.clock_mhz, sc_core::SC_US)),
      dma_(std::move(memory)),
      array_("array", m),
      iact_loader_(dma_, m),
      weight_loader_(dma_, m),
      timing_(m),
      banks_(std::size_t{m.noc.clusters()} * m.noc.iact_routers(), m.ideal.glb),
      outputs_(m.control.output_tiles) {
    if (timed_) {
        SC_THREAD(load_sets);
        SC_THREAD(write_jobs);
    }
    SC_THREAD(supervise);
}

/// The one place where times become cycles: a byte that arrives within a cycle can be used at the next edge.
cycle_t engine::now() const {
    const auto time = sc_core::sc_time_stamp().value();
    return (time + cycle_.value() - 1) / cycle_.value();
}

void engine::wait_until(cycle_t cycle) {
    if (!timed_) return;
    const sc_core::sc_time target = sc_core::sc_time::from_value(cycle * cycle_.value());
    if (target > sc_core::sc_time_stamp()) wait(target - sc_core::sc_time_stamp());
}

void engine::wait_for(const sc_core::sc_time& delay) {
    if (!timed_ || delay == sc_core::SC_ZERO_TIME) return;
    progressed((sc_core::sc_time_stamp() + delay).value() / cycle_.value() + 1);
    wait(delay);
}

void engine::observe(observe::recorder& recorder) {
    if (!timed_) return;
    publisher_ = std::make_unique<layer_publisher>(recorder, m_, cycle_);
    dma_.observe(recorder);
}

transfer_origin engine::origin_of(std::string_view what, std::uint64_t pass) const {
    return publisher_ ? transfer_origin{what, publisher_->pass(pass)} : transfer_origin{};
}

layer_report engine::run(std::uint32_t base, std::uint32_t offset, bool check_crc, std::string& message) {
    layer_report report;
    report.timed = timed_;
    report.start_seconds = sc_core::sc_time_stamp().to_seconds();
    dma_.set_base(base);
    dma_.clear_counts();
    abort_.reset();
    waiting_.clear();
    pass_ = 0;
    ++runs_;
    layer_runs_ = true;
    message.clear();
    if (publisher_) {
        publisher_->begin_run();
        dma_.set_origin({"tables", publisher_->layer()});
    }
    const cycle_t start = now();
    progress_ = start;
    if (watchdog_cycles_ != 0) supervised_.notify(sc_core::SC_ZERO_TIME);
    wait_until(start);
    try {
        if (before_descriptor_) before_descriptor_(base + offset);
        execute(report, offset, check_crc);
    } catch (const layer_fault& fault) {
        report.error = static_cast<std::uint32_t>(fault.code());
        report.error_info = fault.info();
        message = fault.what();
        stop_helpers();
    }
    layer_runs_ = false;
    run_ended_.notify(sc_core::SC_ZERO_TIME);
    report.end_seconds = sc_core::sc_time_stamp().to_seconds();
    report.dram_read_bytes = dma_.read_bytes();
    report.dram_write_bytes = dma_.written_bytes();
    report.dram_port_bytes = dma_.port_bytes();
    array_.count(report);
    report.actions[energy::action::requantise] = writer_.requantised();
    if (timed_) {
        wait_until(now());
        report.cycles = now() - start;
        if (report.error == EYERISS_OK) {
            report.ledgers = timing_.end_layer(now());
            report.pe_cycles = report.ledgers.sum();
            report.iact_fill = banks_.end_layer(now());
            array_.summarise_links(report);
        }
    }
    finish_actions(report);
    if (publisher_) publisher_->end_layer(report, start, now());
    return report;
}

void engine::stop_helpers() {
    running_ = false;
    if (!timed_) return;
    half_freed_.notify(sc_core::SC_ZERO_TIME);
    while (loader_busy_ || jobs_open_ != 0) wait(set_loaded_ | job_done_);
    sets_.clear();
}

void engine::execute(layer_report& report, std::uint32_t offset, bool check_crc) {
    const cycle_t start = now();
    sc_core::sc_time elapsed;
    program_ = fetch_program(dma_, offset, m_, array_.network().config_words_per_cluster(), elapsed);
    report.layer_index = program_.descriptor.layer_index;
    report.shape = program_.shape;
    report.map = program_.map;
    tiles_ = std::make_unique<const arch::tiling>(program_.shape, program_.map, m_);
    report.passes = tiles_->passes();
    array_.begin_layer(program_, *tiles_, timed_ || !still_.empty());
    pe_jobs_.clear();
    weight_loader_.begin_layer(program_, check_crc);
    elapsed += iact_loader_.begin_layer(program_);
    elapsed += writer_.begin_layer(dma_, program_, check_crc);
    wait_for(elapsed);
    const std::uint64_t bits = std::uint64_t{array_.network().config_bits_per_cluster()} * m_.noc.clusters() +
                               sizeof(eyeriss_descriptor) * 8;
    if (timed_)
        wait_until(now() + (bits + m_.control.config_bits_per_cycle - 1) / m_.control.config_bits_per_cycle);

    halves_ = program_.map.iact_single_buffer ? 1 : 2;
    timing_.begin_layer(start, now(), program_.map.m0);
    banks_.begin_layer(start, now(), halves_);
    outputs_.begin_layer();
    if (publisher_) publisher_->begin_layer(start, now(), tiles_->passes());
    finishing_passes_ = 0;
    halves_in_use_ = 0;
    sets_started_ = 0;
    sets_.clear();
    last_end_ = now();
    weights_held_.reset();
    helper_fault_ = nullptr;
    running_ = true;
    layer_started_.notify(sc_core::SC_ZERO_TIME);

    progressed(now());
    for (std::uint64_t pass = 0; pass < tiles_->passes(); ++pass) {
        check_abort();
        pass_ = pass;
        run_pass(*tiles_, pass);
    }
    wait_until(last_end_);
    while (jobs_open_ != 0) wait(job_done_);
    check_abort();
    for (const auto& burst : writer_.last_outputs()) wait_for(dma_.write(burst.offset, burst.bytes));
    stop_helpers();
    if (helper_fault_) std::rethrow_exception(helper_fault_);
}

/// Waits for a transfer that began at `asked`. Returns the cycle in which its last byte has arrived; 0 when
/// the memory answered at once and so limits nothing, wherever the array's times are.
cycle_t engine::arrived(std::uint64_t asked, const sc_core::sc_time& transfer) {
    wait_for(transfer);
    progressed(now());
    return sc_core::sc_time_stamp().value() == asked ? 0 : now();
}

arch::timing::pass engine::describe_pass(const arch::pass_index& index) const {
    arch::timing::pass timed;
    const unsigned s_count =
        std::min(program_.map.s0, program_.shape.s - index[at(arch::loop::s)] * program_.map.s0);
    timed.windows = program_.shape.f();
    timed.window_segments = (s_count + program_.shape.stride_w - 1) / program_.shape.stride_w;
    timed.outputs_blocked = timed_ ? outputs_.blocked(finishing_passes_) : 0;
    return timed;
}

void engine::run_pass(const arch::tiling& tiles, std::uint64_t pass) {
    const arch::pass_index index = tiles.index(pass);
    arch::timing::pass timed = describe_pass(index);
    array_.begin_pass(tiles, index, timed_ || !still_.empty());
    const std::uint32_t segment = tiles.weight_segment(index);
    if (weights_held_ != segment) {
        if (timed_) wait_until(timing_.earliest_weights(array_.working_pes()));
        const std::uint64_t asked = sc_core::sc_time_stamp().value();
        sc_core::sc_time transfer;
        std::vector<std::vector<unsigned>> clusters;
        if (dma_.port_per_cluster() || !m_.control.shared_weight_reads)
            clusters = array_.weight_clusters(tiles, index);
        weight_loader_.set_origin(origin_of("weights", pass));
        const auto& contents = weight_loader_.load(tiles, segment, std::move(clusters), transfer);
        if (!m_.control.shared_weight_reads) transfer = weight_loader_.read_again(transfer);
        timed.weights_arrival = arrived(asked, transfer);
        timed.loads = array_.send_weights(tiles, index, contents);
        weights_held_ = segment;
    }
    const iact_set& set = need_iacts(tiles, index);
    timed.streams = array_.send_iacts(set.half);
    std::vector<finished_row> finished;
    timed.chains = array_.run_chains(tiles, index, finished);
    arch::timing::pass_times times;
    std::vector<cycle_t> held;
    if (timed_ || !still_.empty()) {
        timed.jobs = std::move(pe_jobs_);
        array_.describe_jobs(timed.jobs);
    }
    if (!still_.empty()) {
        if (const cycle_t until = wait_while_standing(timed); until != 0)
            held.assign(set.filled.size(), until);
    }
    if (timed_) {
        timed.iacts_filled = held.empty() ? std::span<const cycle_t>(set.filled) : held;
        times = timing_.run(timed);
        last_end_ = std::max(last_end_, times.last_end);
        progressed(last_end_);
        if (publisher_) publisher_->passed(pass, times, timing_, array_.network(), array_.working_pes());
    }
    pe_jobs_ = std::move(timed.jobs);
    const bool last_use = pass + 1 == tiles.passes() || !same_iacts(index, tiles.index(pass + 1));
    if (last_use) {
        banks_.release(timing_.banks_read());
        --halves_in_use_;
        sets_.pop_front();
        half_freed_.notify(sc_core::SC_ZERO_TIME);
    }
    if (!finished.empty()) {
        ++finishing_passes_;
        auto bursts = writer_.pass_outputs(finished);
        array_.give_back(std::move(finished));
        deliver({times.outputs_ready, std::move(bursts), origin_of("outputs", pass)});
    }
}

const engine::iact_set& engine::need_iacts(const arch::tiling& tiles, const arch::pass_index& index) {
    if (!timed_) {
        if (sets_.empty()) load_set(tiles, index, 0);
        return sets_.front();
    }
    // The loader may have failed before anyone waited for it here.
    while (sets_.empty()) {
        if (helper_fault_) std::rethrow_exception(helper_fault_);
        wait(set_loaded_ | aborted_);
        check_abort();
    }
    return sets_.front();
}

void engine::load_set(const arch::tiling& tiles, const arch::pass_index& index, std::uint64_t pass) {
    iact_set set;
    set.index = index;
    set.half = static_cast<unsigned>(sets_started_ % halves_);
    ++sets_started_;
    ++halves_in_use_;
    const auto streams = tiles.placed_streams(index, array_.iact_sources());
    std::vector<unsigned> banks;
    banks.reserve(streams.size());
    for (const auto& s : streams) banks.push_back(s.cluster * m_.noc.iact_routers() + s.bank);
    wait_until(banks_.room(banks));
    const std::uint64_t asked = sc_core::sc_time_stamp().value();
    iact_loader_.set_origin(origin_of("iacts", pass));
    const auto loaded = iact_loader_.load(tiles, streams, set.half, array_);
    set.filled = banks_.fill(loaded.bank_words, arrived(asked, loaded.transfer));
    if (publisher_) publisher_->loaded(pass, loaded.bank_words, set.filled);
    sets_.push_back(std::move(set));
}

void engine::load_sets() {
    for (;;) {
        wait(layer_started_);
        loader_busy_ = true;
        try {
            const arch::tiling tiles = *tiles_;
            for (std::uint64_t pass = 0; pass < tiles.passes() && running_; ++pass) {
                const arch::pass_index index = tiles.index(pass);
                if (pass > 0 && same_iacts(index, tiles.index(pass - 1))) continue;
                while (running_ && halves_in_use_ == halves_) wait(half_freed_);
                if (!running_) break;
                check_abort();
                load_set(tiles, index, pass);
                set_loaded_.notify(sc_core::SC_ZERO_TIME);
            }
        } catch (const layer_fault&) {
            helper_fault_ = std::current_exception();
        }
        loader_busy_ = false;
        set_loaded_.notify(sc_core::SC_ZERO_TIME);
    }
}

void engine::deliver(write_job job) {
    if (!timed_) {
        drain(job);
        return;
    }
    jobs_.push_back(std::move(job));
    ++jobs_open_;
    job_added_.notify(sc_core::SC_ZERO_TIME);
    while (jobs_open_ > m_.control.output_tiles) wait(job_done_);
}

void engine::drain(const write_job& job) {
    wait_until(job.ready);
    std::vector<dma_write> list;
    list.reserve(job.bursts.size());
    for (const auto& burst : job.bursts) list.push_back({burst.offset, burst.bytes, burst.cluster});
    wait_for(dma_.write(list, job.origin));
}

void engine::write_jobs() {
    for (;;) {
        while (jobs_.empty()) wait(job_added_);
        const write_job job = std::move(jobs_.front());
        jobs_.pop_front();
        try {
            check_abort();
            drain(job);
        } catch (const layer_fault&) {
            helper_fault_ = std::current_exception();
        }
        outputs_.leave(now());
        --jobs_open_;
        job_done_.notify(sc_core::SC_ZERO_TIME);
    }
}

}  // namespace eyeriss::accelerator
