#include "sims/validate/masks.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <variant>

#include "firmware/compiler/import_onnx.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/npy.h"
#include "sims/inputs/prepare.h"
#include "sims/support/cache.h"
#include "sims/support/child.h"
#include "sims/support/error.h"
#include "sims/support/parallel.h"
#include "sims/validate/published.h"

namespace eyeriss::sims::validate {
namespace fs = std::filesystem;
namespace {

/// A layer's arrays, as `layer` takes them.
struct layer_arrays {
    std::string name;
    arch::layer_shape shape;
    npy_array iact, dense, filled;
};

/// Zeros become 1 and -1 in turn, so that sums stay as small as they were.
std::vector<std::int8_t> fill(std::vector<std::int8_t> weights) {
    std::int8_t next = 1;
    for (auto& w : weights) {
        if (w == 0) {
            w = next;
            next = static_cast<std::int8_t>(-next);
        }
    }
    return weights;
}

npy_array weight_array(const arch::layer_shape& s, const std::vector<std::int8_t>& weights) {
    npy_array out{npy_type::i8, {s.channels_out(), s.c, s.r, s.s}, {}};
    std::transform(weights.begin(), weights.end(), std::back_inserter(out.bytes),
                   [](std::int8_t w) { return static_cast<std::uint8_t>(w); });
    return out;
}

std::vector<layer_arrays> gather(const content_cache& cache) {
    const auto dense_source = find_network("mobilenet", 1, cache);
    const auto dense = compiler::import_onnx(dense_source.file);
    const auto sparse = compiler::import_onnx(find_network("sparse-mobilenet", 1, cache).file);
    const auto input = default_input(dense_source.name, shape_of(dense.tensors[dense.input]), 1);
    const auto reference = reference_for(dense_source, input, cache);
    std::vector<layer_arrays> out;
    for (std::size_t i = 0; i < dense.layers.size(); ++i) {
        const auto* full = std::get_if<compiler::conv_op>(&dense.layers[i].op);
        const auto* pruned = std::get_if<compiler::conv_op>(&sparse.layers.at(i).op);
        if (full == nullptr || pruned == nullptr) {
            continue;
        }
        const auto& s = full->shape;
        out.push_back({dense.layers[i].name,
                       s,
                       {npy_type::u8,
                        {s.batch, s.channels_in(), s.h, s.w},
                        reference.tensors[dense.layers[i].inputs.front()]},
                       weight_array(s, full->weights),
                       weight_array(s, fill(pruned->weights))});
    }
    return out;
}

std::uint64_t cycles_of(const layer_arrays& layer, const npy_array& weight, const std::string& kind,
                        const fs::path& folder) {
    const auto file = [&](const std::string& what) {
        return folder / fmt::format("{}_{}", layer.name, what);
    };
    const auto weights = file(kind + ".npy");
    write_npy(weights, weight);
    const auto& s = layer.shape;
    const auto child =
        run_self({"layer", "--quiet", "--iact", file("iact.npy").string(), "--weight", weights.string(),
                  "--stride", fmt::format("{}", s.stride_h), "--groups", fmt::format("{}", s.groups), "--pad",
                  fmt::format("{},{},{},{}", s.pad_top, s.pad_left, s.pad_bottom, s.pad_right), "--out",
                  file(kind).string()});
    if (child.exit_code == exit_user) {
        throw std::runtime_error(
            fmt::format("masks, layer {}: the run ended with exit code {}", layer.name, child.exit_code));
    }
    const auto text = read_bytes(file(kind) / "summary.json");
    return nlohmann::json::parse(text.begin(), text.end()).at("cycles_accelerator");
}

}  // namespace

figure masks_filled(run_set& runs) {
    auto f = published("v2.masks_filled");
    const auto layers = gather(content_cache(runs.cache_folder()));
    std::vector<std::string> different(layers.size());
    in_parallel(layers.size(), runs.workers(), [&](std::size_t i) {
        const auto& layer = layers[i];
        write_npy(runs.scratch() / fmt::format("{}_iact.npy", layer.name), layer.iact);
        const auto dense = cycles_of(layer, layer.dense, "dense", runs.scratch());
        const auto filled = cycles_of(layer, layer.filled, "filled", runs.scratch());
        if (dense != filled) {
            different[i] = fmt::format("{} {} and {}", layer.name, dense, filled);
        }
    });
    for (const auto& text : different) {
        f.model += text.empty() ? 0 : 1;
        f.explanation += text.empty() ? "" : (f.explanation.empty() ? "cycles differ in " : ", ") + text;
    }
    return f;
}

}  // namespace eyeriss::sims::validate
