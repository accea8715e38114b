#pragma once

#include <cstdint>
#include <tlm>

namespace eyeriss::dram {

/// Ignorable extension by which an initiator tells the memory which transaction (observe::transaction_id) a
/// request is, so that commands can name it. Belongs to whoever set it, not to the payload, and must outlive
/// that.
struct burst_origin : tlm::tlm_extension<burst_origin> {
    std::uint64_t transaction = 0;

    [[nodiscard]] tlm::tlm_extension_base* clone() const override { return nullptr; }
    void copy_from(const tlm::tlm_extension_base& other) override {
        transaction = static_cast<const burst_origin&>(other).transaction;
    }
    void free() override {}
};

}  // namespace eyeriss::dram
