#include "sims/noc/layer_traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "firmware/compiler/emit_image.h"
#include "firmware/compiler/predict.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

std::string_view network_name(noc::port_kind network) {
    switch (network) {
        case noc::port_kind::iact:
            return "iact";
        case noc::port_kind::weight:
            return "weight";
        default:
            return "psum";
    }
}

}  // namespace

std::string trace_header(const noc::noc_parameters& p) {
    return fmt::format("# eyeriss-noc-trace 1 {}x{}", p.cluster_rows, p.cluster_cols);
}

std::string trace_line(const noc::transfer& t) {
    std::string line =
        fmt::format("{},{},{},{},{},", t.cycle, network_name(t.network), t.cluster, t.port, t.words);
    for (const auto& d : t.destinations)
        line += fmt::format("{}{}:{:#x}", line.back() == ',' ? "" : " ", d.cluster, d.pes);
    return line;
}

void sort_transfers(std::vector<noc::transfer>& transfers) {
    std::sort(transfers.begin(), transfers.end(), [](const auto& a, const auto& b) {
        return std::tie(a.cycle, a.network, a.cluster, a.port) <
               std::tie(b.cycle, b.network, b.cluster, b.port);
    });
}

std::vector<noc::transfer> layer_traffic(const compiler::conv_op& op, const arch::mapping& map,
                                         const arch::machine& m, const compiler::calibration& data) {
    std::vector<noc::transfer> all;
    compiler::predict_traffic(op, map, m, data, [&](const noc::transfer& t) { all.push_back(t); });
    sort_transfers(all);
    return all;
}

noc_recording::noc_recording(const std::string& file, const arch::machine& m,
                             std::span<const std::uint8_t> image, accelerator::accelerator& from)
    : file_(file), image_(image), out_(file + ".partial") {
    if (!out_) {
        throw user_error(fmt::format("--record-noc: {} cannot be written", file));
    }
    out_ << trace_header(m.noc) << '\n';
    from.observe_noc([this](const noc::transfer& t) { layer_.push_back(t); });
    from.observe_layers([this](const auto& report) { end_layer(report.layer_index); });
}

void noc_recording::end_layer(std::uint32_t index) {
    sort_transfers(layer_);
    const auto layer = compiler::image_layer(image_, index);
    out_ << "# layer " << compiler::image_name(image_, layer.name_offset) << '\n';
    for (const auto& t : layer_) {
        out_ << trace_line(t) << '\n';
    }
    layer_.clear();
}

void noc_recording::close() {
    out_.close();
    std::error_code error;
    if (out_) {
        std::filesystem::rename(file_ + ".partial", file_, error);
    }
    if (!out_ || error) {
        throw user_error(fmt::format("--record-noc: {} could not be written whole", file_));
    }
}

}  // namespace eyeriss::sims
