#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

/// Generated int8 ONNX networks: the published shapes with seeded weights, pruned and calibrated channel by
/// channel so that densities come out as sims/networks/profiles.h states them. Nothing is downloaded, and the
/// bytes depend on name and options alone: only integer arithmetic and correctly rounded floating point is
/// used, no distribution of the standard library. doc/networks.md describes each network.
namespace eyeriss::networks {

/// One network that can be generated.
struct network_info {
    std::string name;
    std::string description;      ///< one sentence with the source of the shape
    unsigned channels = 3;        ///< of the input image
    unsigned image = 224;         ///< side of the input image in pixels, as published
    unsigned smallest_image = 1;  ///< smallest side that every layer accepts
    std::uint64_t macs = 0;       ///< nominal multiplications at the published image size
};

struct options {
    std::uint64_t seed = 1;
    std::optional<unsigned> image =
        std::nullopt;  ///< side of the input image; the published one where absent
};

/// What the generator reached in one CONV, depthwise or FC layer on default_input(). A target is absent where
/// the profile leaves the figure free.
struct layer_density {
    std::string name;
    std::string type;             ///< "CONV", "DW" or "FC"
    std::uint64_t macs = 0;       ///< nominal, padding taps included
    std::uint64_t in_image = 0;   ///< nominal without padding taps
    std::uint64_t effectual = 0;  ///< both operands non-zero; padding taps never count
    double iact = 0;              ///< share of non-zero values in the layer's input
    double weight = 0;            ///< share of non-zero weights
    std::optional<double> iact_target, weight_target;
    std::optional<std::uint64_t> effectual_target;
    std::int64_t largest_part = 0;  ///< the larger of the sums of positive and of negative products
};

struct generated_network {
    onnx::ModelProto model;
    std::vector<layer_density> layers;  ///< in the order of execution
};

/// All networks, in the order in which help texts show them.
[[nodiscard]] const std::vector<network_info>& list();

/// The entry of that name; std::invalid_argument that names all networks where there is none.
[[nodiscard]] const network_info& find(std::string_view name);

/// The network as an ONNX model (IR version 8, opset 13, uint8 activations with zero point 0, per-channel
/// int8 weights). std::invalid_argument for an unknown name or an image smaller than smallest_image or larger
/// than 512.
[[nodiscard]] onnx::ModelProto make_network(std::string_view name, const options& = {});

/// make_network together with the densities that were reached. Every sum of positive and every sum of
/// negative products on default_input() fits 20 bits signed, so no psum overflows in any order of additions.
[[nodiscard]] generated_network generate(std::string_view name, const options& = {});

/// The layers as a Markdown table: MACs, effectual multiplications and densities, wanted and reached. The
/// tables of doc/networks.md are this function's.
[[nodiscard]] std::string density_table(const std::vector<layer_density>&);

/// The image on which the network was calibrated: smooth shapes with texture (a digit for lenet5), uint8,
/// NCHW. Only the image size of the options matters. Errors as make_network.
[[nodiscard]] std::vector<std::uint8_t> default_input(std::string_view name, const options& = {});

}  // namespace eyeriss::networks
