#include "sims/session/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "firmware/compiler/emit_image.h"
#include "platform/soc.h"
#include "sims/dram/dram_choice.h"
#include "sims/inputs/places.h"
#include "sims/noc/layer_traffic.h"
#include "sims/results/memory_results.h"
#include "sims/session/access_log.h"
#include "sims/session/host_uart.h"
#include "sims/session/interrupt.h"
#include "sims/session/layer_log.h"
#include "sims/session/progress_line.h"
#include "sims/support/error.h"
#include "sims/support/sha256.h"
#include "sims/support/stopwatch.h"

namespace eyeriss::sims {
namespace {

constexpr std::uint32_t no_layer = 0xffffffffU;  // register LAYER's reset value, as the driver leaves it

void check_room(const eyeriss_image_header& header, const arch::machine& machine) {
    const std::uint64_t end = std::uint64_t{EYERISS_IMAGE_ADDRESS} - 0x80000000U + header.memory_bytes;
    if (end > machine.dram.capacity_mib << 20U) {
        throw user_error(fmt::format("dram.capacity_mib is {}: the network's image expects at least {}",
                                     machine.dram.capacity_mib, (end + (1U << 20U) - 1) >> 20U));
    }
}

/// Empty, or a line that says how this run's inputs differ from those that mappings were timed on.
std::string density_note(std::span<const layer_result> layers) {
    constexpr double noticed = 0.0005;  // what three digits show
    const layer_result* most = nullptr;
    double largest = noticed;
    unsigned differing = 0;
    for (const auto& l : layers) {
        if (!l.iact_density || !l.calibration_iact_density) {
            continue;
        }
        const double difference = std::abs(*l.iact_density - *l.calibration_iact_density);
        differing += difference >= noticed ? 1 : 0;
        if (difference >= largest) {
            largest = difference;
            most = &l;
        }
    }
    if (most == nullptr) {
        return {};
    }
    return fmt::format(
        "input density differs from the calibration input's in {} layer{}, most in {}: {:.3f}, not {:.3f}",
        differing, differing == 1 ? "" : "s", most->name, *most->iact_density,
        *most->calibration_iact_density);
}

std::optional<memory_peak> peak_of_dram(const simulation_request& request) {
    const auto dram = request.dram ? request.dram : chosen_dram(request.machine);
    if (!dram) return std::nullopt;
    return peak_of(dram->part, dram->controller);
}

/// One SoC with a network in its memory, from load to comparison.
class network_simulation {
public:
    network_simulation(const simulation_request& request, const prepared_image& image)
        : request_(request),
          image_(image),
          log_(image.bytes, request.machine, request.timed, peak_of_dram(request)),
          watchers_(request.watchers),
          terminal_(request.uart.empty() ? nullptr : open_host_uart(request.uart)),
          soc_("soc", request.machine, options()),
          harts_(soc_),
          accesses_(request.log, soc_) {
        if (request.progress) watchers_.push_back(std::make_shared<progress_line>(request.machine.clock_mhz));
        soc_.accelerator_block().observe_layers([this](const auto& report) { log_.report(report); });
        soc_.accelerator_block().observe_markers([this](std::uint32_t layer, double seconds) {
            log_.marker(layer, seconds);
            const auto now_ps = static_cast<std::uint64_t>(std::llround(seconds * 1e12));
            if (opened_ps_ == 0) opened_ps_ = now_ps;
            if (layer == no_layer) ended_ps_ = now_ps;
            if (request_.trace != nullptr) request_.trace->marker(layer, seconds);
            for (const auto& w : watchers_) w->layer_begins(layer, seconds, log_);
        });
    }

    void load(std::span<const std::uint8_t> input) {
        if (request_.world.records_or_replays()) {
            input_hash_ = part_of("input", input).sha256;
        }
        soc_.load_elf(firmware_file(request_.firmware()));
        soc_.write_memory(EYERISS_IMAGE_ADDRESS, image_.bytes);
        for (const auto& patch : compiler::encode_input(image_.bytes, input)) {
            soc_.write_memory(EYERISS_IMAGE_ADDRESS + patch.offset, patch.bytes);
        }
    }

    void run(run_result& out) {
        const interrupt_watch watch;
        cpu_watch cpu(request_.watch, soc_, harts_, firmware_file(request_.firmware()));
        if (!request_.record_dram.empty()) {
            recording_.emplace(request_.record_dram, soc_);
        }
        if (!request_.record_noc.empty()) {
            noc_recording_.emplace(request_.record_noc, request_.machine, image_.bytes,
                                   soc_.accelerator_block());
        }
        outer_world world(request_.world, soc_, parts());
        arm(request_.faults, soc_);
        attach_trace();
        const auto limits = watched(to_platform(request_.limits));
        const auto outcome = world.run(terminal_ ? with_input(limits, *terminal_, soc_) : limits);
        if (recording_) {
            recording_->close();
        }
        if (noc_recording_) {
            noc_recording_->close();
        }
        out.memory = std::make_shared<const nlohmann::ordered_json>(memory_json(soc_, request_.timed));
        if (request_.trace != nullptr) request_.trace->detach();
        cpu.finish();
        accesses_.finish();
        out.refused = accesses_.refused();
        accesses_.print_refused();
        for (const auto& w : watchers_) w->ended();
        out.stopped_by = to_string(outcome.reason);
        out.complete = outcome.exit_code == 0;
        out.guest_exit_code = static_cast<std::uint32_t>(outcome.exit_code.value_or(0));
        out.instructions = soc_.instructions();
        out.simulated_seconds = sc_core::sc_time_stamp().to_seconds();
        out.layers = log_.layers();
        const int code = outcome.exit_code.value_or(0);
        out.error = code == 0 ? log_.missing_macs() : guest_error(code);
        if (outcome.reason == platform::stop_reason::idle) {
            out.error = idle_report(soc_);
        }
        out.complete = out.complete && out.error.empty();
    }

    /// Compares the outputs of all finished layers, and takes the network's.
    void compare(network_run& out, const compiler::reference_result& reference) {
        const auto read = [this](std::uint32_t offset, std::span<std::uint8_t> bytes) {
            soc_.read_memory(EYERISS_IMAGE_ADDRESS + offset, bytes);
        };
        const auto header = compiler::image_header(image_.bytes);
        for (unsigned i = 0; i < header.layer_count; ++i) {
            auto& layer = out.result.layers[i];
            if (!layer.done) {
                continue;
            }
            const auto described = compiler::image_layer(image_.bytes, i);
            const auto output = described.output;
            if (layer.on_accelerator) {
                layer.iact_density = density(reference.tensors.at(described.inputs[0]));
                const auto* notes = image_.notes.layer(layer.name);
                if (notes != nullptr) layer.calibration_iact_density = notes->iact_density;
            }
            const bool fits = i >= reference.sums.size() ||
                              compiler::fits_psum_bits(reference.sums[i], request_.machine.pe.psum_bits);
            layer.bit_exact = fits && tensor(read, output) == reference.tensors.at(output);
        }
        if (const auto note = density_note(out.result.layers); !note.empty()) {
            out.result.notes.push_back(note);
        }
        out.output_exact = tensor(read, header.output_tensor) == reference.tensors.at(header.output_tensor);
        out.corrected_words = accelerator_register(EYERISS_REG_ECC_DRAM_CORRECTED) +
                              std::uint64_t{accelerator_register(EYERISS_REG_ECC_GLB_CORRECTED)};
        out.faults_struck = soc_.faults().struck().size();
        out.opened_ps = opened_ps_;
        out.ended_ps = ended_ps_;
        if (out.result.complete) {
            const auto t = compiler::image_tensor(image_.bytes, header.output_tensor);
            out.output = tensor(read, header.output_tensor);
            out.output_type = static_cast<compiler::dtype>(t.dtype);
            out.output_shape = {t.batch, t.channels, t.height, t.width};
        }
    }

    [[nodiscard]] const std::string& uart() const { return uart_; }

private:
    [[nodiscard]] std::vector<recorded_part> parts() const {
        if (!request_.world.records_or_replays()) {
            return {};
        }
        return {{"firmware", hash_file(firmware_file(request_.firmware()))},
                part_of("image", image_.bytes),
                {"input", input_hash_},
                part_of(request_.machine),
                part_of("options", request_.timed ? "timed" : "functional")};
    }

    platform::soc_options options() {
        platform::soc_options out;
        out.uart_output = [this](char c) {
            uart_ += c;
            if (terminal_) {
                terminal_->put(c);
            }
        };
        out.semihosting = semihosting_of(request_.world, out.uart_output);
        out.dram = request_.dram ? request_.dram : chosen_dram(request_.machine);
        out.timing = request_.timed ? accelerator::timing::timed : accelerator::timing::functional;
        return out;
    }

    /// A tensor's bytes; empty when what lies in memory does not decode, which equals no reference.
    [[nodiscard]] std::vector<std::uint8_t> tensor(const compiler::memory_reader& read,
                                                   unsigned index) const {
        try {
            return compiler::decode_tensor(read, compiler::image_tensor(image_.bytes, index));
        } catch (const compiler::compile_error&) {
            return {};
        }
    }

    [[nodiscard]] std::uint32_t accelerator_register(std::uint32_t offset) {
        std::array<std::uint8_t, 4> bytes{};
        soc_.read_memory(EYERISS_REG_BASE + offset, bytes);
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }

    /// The firmware's own message, with what the accelerator knows beyond its code.
    [[nodiscard]] std::string guest_error(int code) {
        const auto at = uart_.rfind("error: ");
        auto message = at == std::string::npos ? std::string("firmware gave no reason")
                                               : uart_.substr(at + 7, uart_.find('\n', at) - at - 7);
        if (const auto& detail = soc_.accelerator_block().last_error(); !detail.empty()) {
            message += fmt::format(" ({})", detail);
        }
        return fmt::format("firmware ended with exit code {}: {}", code, message);
    }

    void attach_trace() {
        if (request_.trace == nullptr) return;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < log_.size(); ++i) names.push_back(log_.name(i));
        request_.trace->attach(soc_, harts_, firmware_file(request_.firmware()), names);
    }

    [[nodiscard]] platform::run_limits watched(platform::run_limits limits) const {
        if (watchers_.empty()) return limits;
        limits.interrupted = [this, asked = limits.interrupted] {
            for (const auto& w : watchers_) w->passed(sc_core::sc_time_stamp().to_seconds());
            return asked && asked();
        };
        return limits;
    }

    const simulation_request& request_;
    const prepared_image& image_;
    std::string uart_, input_hash_;
    std::uint64_t opened_ps_ = 0, ended_ps_ = 0;
    layer_log log_;
    std::vector<std::shared_ptr<run_watcher>> watchers_;
    std::unique_ptr<host_uart> terminal_;
    platform::soc soc_;
    hart_observers harts_;
    access_log accesses_;
    std::optional<dram_recording> recording_;
    std::optional<noc_recording> noc_recording_;
};

}  // namespace

platform::run_limits to_platform(const run_limits& limits) {
    platform::run_limits out;
    if (limits.time_ps) {
        out.until = sc_core::sc_time(static_cast<double>(*limits.time_ps), sc_core::SC_PS);
    }
    out.instructions = limits.instructions.value_or(out.instructions);
    out.interrupted = [] { return interrupt_watch::requested(); };
    return out;
}

std::string to_string(platform::stop_reason reason) {
    switch (reason) {
        case platform::stop_reason::finished:
            return "firmware";
        case platform::stop_reason::time_limit:
            return "max-time";
        case platform::stop_reason::instruction_limit:
            return "max-instructions";
        case platform::stop_reason::interrupted:
            return "interrupt";
        case platform::stop_reason::idle:
            return "idle";
        case platform::stop_reason::stopped:
            break;
    }
    return "error";
}

network_run simulate_network(const simulation_request& request, const prepared_image& image,
                             std::span<const std::uint8_t> input,
                             const compiler::reference_result& reference) {
    const stopwatch preparing;
    if (const auto wrong = compiler::verify_image(image.bytes); !wrong.empty()) {
        throw user_error(fmt::format("image: {}; remove the cache folder to make it anew", wrong));
    }
    const auto header = compiler::image_header(image.bytes);
    check_room(header, request.machine);
    network_simulation simulation(request, image);
    simulation.load(input);
    network_run out;
    out.result.network = compiler::image_name(image.bytes, header.name_offset);
    out.result.timing = request.timed ? "timed" : "functional";
    out.result.notes = image.notes.notes;
    out.result.mapping_cost = image.notes.cost;
    out.mappings = mappings_text(image.bytes, image.notes.cost);
    out.result.host.prepare_seconds = preparing.wall_seconds();

    const stopwatch running;
    simulation.run(out.result);
    out.result.host.wall_seconds = running.wall_seconds();
    out.result.host.cpu_seconds = running.cpu_seconds();

    const stopwatch checking;
    simulation.compare(out, reference);
    out.uart = simulation.uart();
    out.result.host.check_seconds = checking.wall_seconds();
    return out;
}

}  // namespace eyeriss::sims
