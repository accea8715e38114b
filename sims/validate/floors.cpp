#include "sims/validate/floors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <variant>

#include "firmware/compiler/import_onnx.h"
#include "sims/inputs/network_source.h"
#include "sims/inputs/prepare.h"

namespace eyeriss::sims::validate {
namespace {

constexpr std::uint64_t pair_bits = 12;  // JETCAS 9(2), 2019: a 4-bit count and an 8-bit value
constexpr std::uint64_t raw_bits = 8;

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) {
    return (a + b - 1) / b;
}

/// Counts of non-zero and of all iacts that a window of the layer touches, and of the products they make.
class tap_counter {
public:
    tap_counter(const compiler::conv_op& op, std::span<const std::uint8_t> iacts)
        : shape_(op.shape), op_(op), iacts_(iacts) {
        if (iacts.size() != std::size_t{shape_.batch} * shape_.channels_in() * shape_.h * shape_.w) {
            throw std::invalid_argument("work of a layer: expects iacts of the layer's shape");
        }
    }

    void add_to(layer_work& work) const {
        for (unsigned n = 0; n < shape_.batch; ++n) {
            for (unsigned channel = 0; channel < shape_.channels_in(); ++channel) {
                add_channel(n, channel, work);
            }
        }
    }

private:
    /// Filter taps of an input channel whose weights are non-zero, by r and s, over all output channels.
    [[nodiscard]] std::vector<std::uint64_t> weights_by_tap(unsigned channel) const {
        std::vector<std::uint64_t> out(std::size_t{shape_.r} * shape_.s);
        const unsigned group = channel / shape_.c;
        for (unsigned m = 0; m < shape_.m; ++m) {
            const std::size_t row = (std::size_t{group} * shape_.m + m) * shape_.c + channel % shape_.c;
            for (std::size_t tap = 0; tap < out.size(); ++tap) {
                out[tap] += op_.weights[row * out.size() + tap] != 0 ? 1 : 0;
            }
        }
        return out;
    }

    /// Taps k of a dimension with which input position `at` meets a window.
    static std::vector<unsigned> taps(unsigned at, unsigned pad, unsigned stride, unsigned kernel,
                                      unsigned outputs) {
        std::vector<unsigned> out;
        for (unsigned k = 0; k < kernel; ++k) {
            if (at + pad >= k && (at + pad - k) % stride == 0 && (at + pad - k) / stride < outputs) {
                out.push_back(k);
            }
        }
        return out;
    }

    void add_channel(unsigned n, unsigned channel, layer_work& work) const {
        const auto weights = weights_by_tap(channel);
        const std::size_t base = (std::size_t{n} * shape_.channels_in() + channel) * shape_.h * shape_.w;
        for (unsigned y = 0; y < shape_.h; ++y) {
            const auto rows = taps(y, shape_.pad_top, shape_.stride_h, shape_.r, shape_.e());
            for (unsigned x = 0; x < shape_.w && !rows.empty(); ++x) {
                const auto columns = taps(x, shape_.pad_left, shape_.stride_w, shape_.s, shape_.f());
                const std::uint64_t met = rows.size() * columns.size();
                const bool nonzero = iacts_[base + std::size_t{y} * shape_.w + x] != 0;
                work.iacts += met != 0 ? 1 : 0;
                work.nonzero_iacts += met != 0 && nonzero ? 1 : 0;
                work.in_image += met * shape_.m;
                if (nonzero) {
                    for (const unsigned r : rows) {
                        for (const unsigned s : columns) {
                            work.effectual += weights[std::size_t{r} * shape_.s + s];
                        }
                    }
                }
            }
        }
    }

    const arch::layer_shape& shape_;
    const compiler::conv_op& op_;
    std::span<const std::uint8_t> iacts_;
};

layer_floor floor_with_lanes(const layer_work& work, const arch::machine& machine, double lanes) {
    const auto& noc = machine.noc;
    const bool sparse = machine.pe.sparse;
    const auto least_bits = [&](std::uint64_t all, std::uint64_t nonzero) {
        return sparse ? std::min(all * raw_bits, nonzero * pair_bits) : all * raw_bits;
    };
    // A bus is one port for the whole array.
    const bool bus = noc.kind == noc::topology::bus;
    const std::uint64_t ports = bus ? 1 : std::uint64_t{noc.clusters()} * noc.pe_rows;
    const std::uint64_t psum_ports = bus ? 1 : std::uint64_t{noc.clusters()} * noc.pe_cols;
    const std::uint64_t psums_a_cycle = psum_ports * (noc.psum_port_bits / machine.pe.psum_bits);
    layer_floor out;
    const auto products = static_cast<double>(sparse ? work.effectual : work.in_image);
    // A share of PE-cycles comes with the dust of its division; the floor must not round it up.
    out.lanes = static_cast<std::uint64_t>(std::ceil(products / lanes - 1e-6));
    out.weight_port = divide_up(least_bits(work.weights, work.nonzero_weights), ports * noc.weight_port_bits);
    out.iact_port = divide_up(least_bits(work.iacts, work.nonzero_iacts), ports * noc.iact_port_bits);
    out.psum_port = divide_up(work.outputs, psums_a_cycle);
    return out;
}

}  // namespace

layer_work count_work(const std::string& name, const compiler::conv_op& op,
                      std::span<const std::uint8_t> iacts) {
    layer_work work;
    work.name = name;
    work.shape = op.shape;
    work.weights = op.weights.size();
    work.nonzero_weights = work.weights - static_cast<std::uint64_t>(std::count(
                                              op.weights.begin(), op.weights.end(), std::int8_t{0}));
    work.outputs = std::uint64_t{op.shape.batch} * op.shape.channels_out() * op.shape.e() * op.shape.f();
    tap_counter(op, iacts).add_to(work);
    return work;
}

std::uint64_t layer_floor::cycles() const {
    return std::max({lanes, weight_port, iact_port, psum_port});
}

std::string layer_floor::limit() const {
    const std::array limits{lanes, weight_port, iact_port, psum_port};
    constexpr std::array names{"lanes", "weight ports", "iact ports", "psum ports"};
    const auto largest = std::max_element(limits.begin(), limits.end());
    return names.at(static_cast<std::size_t>(largest - limits.begin()));
}

layer_floor floor_of(const layer_work& work, const arch::machine& machine) {
    const unsigned lanes = work.shape.m == 1 ? 1 : machine.pe.macs;
    return floor_with_lanes(work, machine, static_cast<double>(machine.noc.pes()) * lanes);
}

layer_floor floor_of_mapping(const layer_work& work, const arch::machine& machine, const layer_facts& layer) {
    const unsigned lanes_a_pe = layer.m0 == 1 ? 1 : machine.pe.macs;
    const double lanes = layer.active_pes * machine.noc.pes() * lanes_a_pe;
    return floor_with_lanes(work, machine, lanes);
}

std::uint64_t least_read_bytes(const layer_work& work) {
    const auto least_bits = [](std::uint64_t all, std::uint64_t nonzero) {
        return std::min(all * raw_bits, nonzero * pair_bits);
    };
    return divide_up(least_bits(work.weights, work.nonzero_weights), 8) +
           divide_up(least_bits(work.iacts, work.nonzero_iacts), 8);
}

std::map<std::string, layer_work> work_of(const std::string& network, const std::string& cache_folder) {
    const content_cache cache(cache_folder);
    const auto source = find_network(network, 1, cache);
    const auto graph = compiler::import_onnx(source.file);
    const auto input = default_input(source.name, shape_of(graph.tensors[graph.input]), 1);
    const auto reference = reference_for(source, input, cache);
    std::map<std::string, layer_work> out;
    for (const auto& layer : graph.layers) {
        if (const auto* op = std::get_if<compiler::conv_op>(&layer.op)) {
            out.emplace(layer.name, count_work(layer.name, *op, reference.tensors[layer.inputs.front()]));
        }
    }
    return out;
}

network_floor floor_of(const run_facts& run, const std::map<std::string, layer_work>& works,
                       const arch::machine& machine) {
    network_floor out;
    for (const auto& layer : run.layers) {
        const auto& work = works.at(layer.name);
        out.any_mapping += floor_of(work, machine).cycles();
        out.these_mappings += floor_of_mapping(work, machine, layer).cycles();
    }
    return out;
}

}  // namespace eyeriss::sims::validate
