#include "models/accelerator/performance_counters.h"

#include <algorithm>

#include "models/abi/registers.h"

namespace eyeriss::accelerator {

namespace {

constexpr std::uint32_t number_of(cause c) {
    return static_cast<std::uint32_t>(c);
}

// The ledger's causes come first, in the order of their enumeration.
static_assert(EYERISS_COUNTER_BOTH_LANES == number_of(cause::both_lanes));
static_assert(EYERISS_COUNTER_LOADING_WEIGHTS == number_of(cause::loading_weights));
static_assert(EYERISS_COUNTER_WAIT_IACT == number_of(cause::wait_iact));
static_assert(EYERISS_COUNTER_WAIT_DRAM == number_of(cause::wait_dram));
static_assert(EYERISS_COUNTER_NOT_MAPPED == number_of(cause::not_mapped));
static_assert(EYERISS_COUNTER_CYCLES == cause_count);

}  // namespace

performance_counters::values performance_counters::of(const layer_report& report) {
    values out{};
    std::ranges::copy(report.pe_cycles, out.begin());
    out[EYERISS_COUNTER_CYCLES] = report.cycles;
    out[EYERISS_COUNTER_LAYERS] = 1;
    out[EYERISS_COUNTER_FAILED_LAYERS] = report.error == EYERISS_OK ? 0 : 1;
    out[EYERISS_COUNTER_PASSES] = report.passes;
    out[EYERISS_COUNTER_MACS_NOMINAL] = report.macs_nominal;
    out[EYERISS_COUNTER_MACS_EFFECTUAL] = report.macs_effectual;
    out[EYERISS_COUNTER_PSUM_OVERFLOWS] = report.psum_overflows;
    out[EYERISS_COUNTER_DRAM_READ_BYTES] = report.dram_read_bytes;
    out[EYERISS_COUNTER_DRAM_WRITE_BYTES] = report.dram_write_bytes;
    out[EYERISS_COUNTER_GLB_READ_BYTES] = report.glb_read_bytes;
    out[EYERISS_COUNTER_GLB_WRITE_BYTES] = report.glb_write_bytes;
    out[EYERISS_COUNTER_SPAD_READ_BYTES] = report.spad_read_bytes;
    out[EYERISS_COUNTER_SPAD_WRITE_BYTES] = report.spad_write_bytes;
    out[EYERISS_COUNTER_IACT_MESH_WORDS] = report.iact.mesh;
    out[EYERISS_COUNTER_IACT_LOCAL_WORDS] = report.iact.local;
    out[EYERISS_COUNTER_WEIGHT_MESH_WORDS] = report.weight.mesh;
    out[EYERISS_COUNTER_WEIGHT_LOCAL_WORDS] = report.weight.local;
    out[EYERISS_COUNTER_PSUM_MESH_WORDS] = report.psum.mesh;
    out[EYERISS_COUNTER_PSUM_LOCAL_WORDS] = report.psum.local;
    out[EYERISS_COUNTER_CONFIG_BITS] = report.config_bits;
    return out;
}

std::optional<eyeriss_counter> performance_counters::add(const layer_report& report) {
    std::optional<eyeriss_counter> reached;
    const values grown = of(report);
    for (std::uint32_t i = 0; i < values_.size(); ++i) {
        const std::uint64_t before = values_[i];
        values_[i] += grown[i];
        if (!reached && before < thresholds_[i] && values_[i] >= thresholds_[i])
            reached = static_cast<eyeriss_counter>(i);
    }
    return reached;
}

}  // namespace eyeriss::accelerator
