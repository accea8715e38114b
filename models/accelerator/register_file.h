#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tlm>

#include "models/abi/register_table.h"

namespace eyeriss::accelerator {

/// The accelerator's registers as software sees them: an LT target behind one socket, made from the table in
/// models/abi/registers.h.
///
/// Software's reads and writes obey each field's access mode; what a write does beyond keeping bits is a
/// callback. The hardware side sets and reads whole values. Only aligned 32-bit accesses are taken; others
/// are answered with the standard's error response and reported.
class register_file {
public:
    /// Called after software wrote a register: the value that was written, not the one kept.
    using write_callback = std::function<void(std::uint32_t written)>;
    /// Called when an access is refused: its address within the register page and why, one line.
    using refusal_callback = std::function<void(std::uint32_t offset, const std::string& why)>;

    register_file();

    /// All registers take their reset value.
    void reset();
    [[nodiscard]] std::uint32_t value(eyeriss_register r) const { return values_[word(r)]; }
    void set(eyeriss_register r, std::uint32_t value) { values_[word(r)] = value; }
    /// Sets or clears a register's bits.
    void change(eyeriss_register r, std::uint32_t clear, std::uint32_t set) {
        values_[word(r)] = (values_[word(r)] & ~clear) | set;
    }
    /// Puts 64 bits into a pair of registers.
    void set_pair(eyeriss_register low, eyeriss_register high, std::uint64_t value);

    void on_write(eyeriss_register r, write_callback callback) { on_write_[word(r)] = std::move(callback); }
    void on_refusal(refusal_callback callback) { on_refusal_ = std::move(callback); }

    /// A software access; the response status is always set.
    void transport(tlm::tlm_generic_payload& transaction);
    /// A debugger's access: reads change nothing, writes are not taken. Returns the bytes read.
    unsigned transport_debug(tlm::tlm_generic_payload& transaction) const;

private:
    static constexpr std::size_t word(std::uint32_t offset) { return offset / 4; }
    [[nodiscard]] std::string refuse(const tlm::tlm_generic_payload& t,
                                     tlm::tlm_response_status& status) const;
    [[nodiscard]] std::uint32_t read(const register_map::register_info& r);
    void write(const register_map::register_info& r, std::uint32_t value);

    std::array<std::uint32_t, EYERISS_REG_END_ / 4 + 1> values_{};
    std::map<std::size_t, write_callback> on_write_;
    refusal_callback on_refusal_;
};

}  // namespace eyeriss::accelerator
