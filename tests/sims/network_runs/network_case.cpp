#include "tests/sims/network_runs/network_case.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "firmware/compiler/import_onnx.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/places.h"
#include "sims/inputs/prepare.h"
#include "sims/networks/networks.h"
#include "sims/support/cache.h"
#include "sims/support/sha256.h"
#include "sims/support/version.h"

namespace eyeriss::test {

namespace {

namespace fs = std::filesystem;

void write(const onnx::ModelProto& model, const fs::path& file) {
    std::ofstream out(file, std::ios::binary);
    if (!model.SerializeToOstream(&out) || !out.flush()) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

sims::network_source source_of(const std::string& name, unsigned side, bool halved,
                               const sims::content_cache& cache) {
    if (side == networks::find(name).image && !halved) {
        return sims::find_network(name, 1, cache);
    }
    const auto key = fmt::format("networks/test-{}-{}{}-{}.onnx", name, side, halved ? "-halved" : "",
                                 sims::content_hash().substr(0, 16));
    const auto file = cache.get(key, [&](const fs::path& partial) {
        auto model = networks::make_network(name, {.seed = 1, .image = side});
        if (halved) {
            halve_weights(model);
        }
        write(model, partial);
    });
    return {name, file, sims::hash_file(file), true, 1};
}

}  // namespace

void halve_weights(onnx::ModelProto& model) {
    for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
        if (tensor.data_type() != onnx::TensorProto::INT8 || tensor.dims_size() < 2) {
            continue;
        }
        for (char& byte : *tensor.mutable_raw_data()) {
            byte = static_cast<char>(static_cast<signed char>(byte) / 2);
        }
    }
}

network_case make_case(const std::string& name, unsigned side, unsigned weight_limit) {
    const sims::content_cache cache(sims::default_cache_folder());
    const auto source = source_of(name, side, weight_limit < 128, cache);
    network_case out;
    std::ifstream file(source.file, std::ios::binary);
    if (!out.model.ParseFromIstream(&file)) {
        throw std::runtime_error("cannot read " + source.file.string());
    }
    out.graph = compiler::import_onnx(out.model);
    out.image = sims::compile_network(source, arch::machine{}, cache).bytes;
    out.input = networks::default_input(name, {.seed = 1, .image = side});
    return out;
}

}  // namespace eyeriss::test
