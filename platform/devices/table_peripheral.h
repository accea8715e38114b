#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "models/abi/peripheral_table.h"
#include "platform/devices/peripheral.h"

namespace eyeriss::platform {

/// A peripheral whose registers stand in a table of models/abi: each keeps its bits and obeys its fields'
/// access modes; the device adds what a write or a read does beyond that.
class table_peripheral : public peripheral {
public:
    /// All registers take their reset value.
    void reset() override;

protected:
    table_peripheral(sc_core::sc_module_name name, const register_map::peripheral_info& map);

    [[nodiscard]] std::uint32_t value(std::uint32_t offset) const { return values_.at(offset); }
    /// Sets or clears a register's bits from the hardware's side.
    void change(std::uint32_t offset, std::uint32_t clear, std::uint32_t set);
    /// Called after software wrote a register, with what was written.
    void on_write(std::uint32_t offset, std::function<void(std::uint32_t)> effect) {
        on_write_[offset] = std::move(effect);
    }
    /// Says what a register reads instead of the bits that it keeps.
    void on_read(std::uint32_t offset, read_function value) { on_read_[offset] = std::move(value); }

private:
    void add(const register_map::register_info& r);
    void write(const register_map::register_info& r, std::uint32_t written);
    std::uint32_t read(const register_map::register_info& r);

    const register_map::peripheral_info& map_;
    std::map<std::uint32_t, std::uint32_t> values_;
    std::map<std::uint32_t, std::function<void(std::uint32_t)>> on_write_;
    std::map<std::uint32_t, read_function> on_read_;
};

}  // namespace eyeriss::platform
