#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/accelerator/report.h"
#include "models/arch/machine.h"
#include "sims/results/results.h"

namespace eyeriss::sims {

/// Collects what the accelerator and the driver's markers tell while a network runs, layer by layer.
class layer_log {
public:
    /// Layers of an image that compiler::verify_image accepted.
    /// `peak` is of the machine's DRAM part, if it has one.
    layer_log(std::span<const std::uint8_t> image, const arch::machine& machine, bool timed,
              const std::optional<memory_peak>& peak = std::nullopt);

    /// The accelerator finished a layer.
    void report(const accelerator::layer_report& report);
    /// The driver begins a layer, or has none any more (0xffffffff), at a simulated time.
    void marker(std::uint32_t layer, double seconds);

    [[nodiscard]] const std::string& name(std::size_t layer) const { return layers_.at(layer).name; }
    /// MACs of a layer as the network has them; 0 for one of the core.
    [[nodiscard]] std::uint64_t macs(std::size_t layer) const { return macs_.at(layer); }
    [[nodiscard]] std::size_t size() const { return layers_.size(); }
    [[nodiscard]] const std::vector<layer_result>& layers() const { return layers_; }
    /// Empty, or the first layer whose simulated MACs are not the network's.
    [[nodiscard]] std::string missing_macs() const;

private:
    void end_host_layer(double seconds);

    const arch::machine& machine_;
    bool timed_;
    std::optional<memory_peak> peak_;
    std::vector<layer_result> layers_;
    std::vector<std::uint64_t> macs_;  ///< of the network, by layer
    std::uint32_t running_ = 0xffffffff;
    double started_seconds_ = 0;
};

}  // namespace eyeriss::sims
