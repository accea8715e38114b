#include "sims/session/layer_log.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/noc_routes.h"

namespace eyeriss::sims {
namespace {

constexpr std::array operation_names{"accelerator", "max_pool", "average_pool", "add",
                                     "concat",      "softmax",  "requant",      "reshape"};

std::string output_shape(const eyeriss_image_tensor& t) {
    return fmt::format("N{} C{} H{} W{}", t.batch, t.channels, t.height, t.width);
}

}  // namespace

layer_log::layer_log(std::span<const std::uint8_t> image, const arch::machine& machine, bool timed,
                     const std::optional<memory_peak>& peak)
    : machine_(machine), timed_(timed), peak_(peak) {
    const auto header = compiler::image_header(image);
    for (unsigned i = 0; i < header.layer_count; ++i) {
        const auto layer = compiler::image_layer(image, i);
        auto& out = layers_.emplace_back();
        out.name = compiler::image_name(image, layer.name_offset);
        out.type = operation_names.at(layer.op);
        out.shape = output_shape(compiler::image_tensor(image, layer.output));
        out.on_accelerator = layer.op == EYERISS_OP_ACCELERATOR;
        macs_.push_back(std::uint64_t{layer.macs_hi} << 32U | layer.macs_lo);
        if (out.on_accelerator) {
            const auto descriptor = compiler::image_descriptor(image, layer.descriptor_offset);
            out.type = compiler::descriptor_shape(descriptor).type();
        }
    }
}

void layer_log::report(const accelerator::layer_report& report) {
    if (report.layer_index >= layers_.size()) {
        return;
    }
    auto& out = layers_[report.layer_index];
    fill(out, report, machine_, peak_);
    if (report.error == 0) {
        const auto routes = compiler::make_noc_routes(report.shape, report.map, machine_);
        out.modes = {routes.iact_mode, routes.weight_mode, routes.psum_mode};
    }
}

void layer_log::marker(std::uint32_t layer, double seconds) {
    end_host_layer(seconds);
    running_ = layer;
    started_seconds_ = seconds;
}

void layer_log::end_host_layer(double seconds) {
    if (running_ >= layers_.size() || layers_[running_].on_accelerator) {
        return;
    }
    auto& out = layers_[running_];
    out.done = true;
    if (timed_) {
        const double cycles = (seconds - started_seconds_) * machine_.clock_mhz * 1e6;
        out.times =
            layer_times{static_cast<arch::cycle_t>(std::llround(cycles)), started_seconds_, seconds, {}};
    }
}

std::string layer_log::missing_macs() const {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        if (layers_[i].done && layers_[i].on_accelerator && layers_[i].macs_nominal != macs_[i]) {
            return fmt::format("layer {}: {} MACs were simulated, the network has {}", layers_[i].name,
                               layers_[i].macs_nominal, macs_[i]);
        }
    }
    return {};
}

}  // namespace eyeriss::sims
