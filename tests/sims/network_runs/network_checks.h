#pragma once

#include <onnx/onnx_pb.h>

#include "tests/sims/network_runs/network_case.h"
#include "tests/sims/network_runs/soc_run.h"

/// What every network on the whole SoC must show; each function is a set of Boost.Test checks.
namespace eyeriss::test {

/// The firmware ended well and every layer ran; the accelerator's MACs are the graph's; each ledger adds up
/// to PEs x cycles; no psum overflowed.
void check_books(const compiler::graph&, const soc_outcome&);

/// Every tensor of an uninterrupted run equals ONNX Runtime's of the same name. An addition, an average or a
/// softmax, which are computed in floating point there, may be off by one step; what is computed from a
/// tensor that was off is left to check_plain. For quantised operators; QDQ's Conv and FC are floating point
/// as well.
void check_onnxruntime(const onnx::ModelProto&, const compiler::graph&, const soc_outcome&);

/// Every conv and pool layer equals the plain loops on the bytes that the SoC gave it, and the accelerator's
/// effectual MACs equal the plain count. Every final sum fits a psum.
void check_plain(const compiler::graph&, const soc_outcome&, unsigned psum_bits = 20);

/// Two CONV layers (neither depthwise nor FC) differ in their mappings and in their NoC modes.
void check_variety(const soc_outcome&);

/// Makes a network at an image of `side` pixels, runs it on the SoC and checks all of the above but variety.
soc_outcome check_network(const std::string& name, unsigned side);

}  // namespace eyeriss::test
