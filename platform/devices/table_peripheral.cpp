#include "platform/devices/table_peripheral.h"

#include <string>

namespace eyeriss::platform {

using register_map::access;
using register_map::register_info;

table_peripheral::table_peripheral(sc_core::sc_module_name name, const register_map::peripheral_info& map)
    : peripheral(name), map_(map) {
    for (const auto& r : map_.registers) {
        values_[r.offset] = r.reset;
        add(r);
    }
}

void table_peripheral::reset() {
    for (const auto& r : map_.registers) {
        values_[r.offset] = r.reset;
    }
}

void table_peripheral::add(const register_info& r) {
    register_description described;
    described.name = std::string(r.name);
    described.offset = r.offset;
    described.read = [this, &r] { return read(r); };
    if (r.mode != access::ro) {
        described.write = accept([this, &r](std::uint32_t written) { write(r, written); });
    }
    described.read_has_effect = bits_with(r, access::rc, map_.fields) != 0;
    add_register(std::move(described));
}

void table_peripheral::change(std::uint32_t offset, std::uint32_t clear, std::uint32_t set) {
    auto& kept = values_.at(offset);
    kept = (kept & ~clear) | set;
}

void table_peripheral::write(const register_info& r, std::uint32_t written) {
    auto& kept = values_.at(r.offset);
    const std::uint32_t writable = bits_with(r, access::rw, map_.fields);
    kept = (kept & ~writable) | (written & writable);
    kept &= ~(written & bits_with(r, access::w1c, map_.fields));
    if (const auto effect = on_write_.find(r.offset); effect != on_write_.end()) {
        effect->second(written);
    }
}

std::uint32_t table_peripheral::read(const register_info& r) {
    if (const auto computed = on_read_.find(r.offset); computed != on_read_.end()) {
        return computed->second();
    }
    auto& kept = values_.at(r.offset);
    const std::uint32_t seen = kept & ~bits_with(r, access::wo, map_.fields);
    kept &= ~bits_with(r, access::rc, map_.fields);
    return seen;
}

}  // namespace eyeriss::platform
