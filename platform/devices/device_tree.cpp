#include "platform/devices/device_tree.h"

#include <fmt/format.h>
#include <libfdt.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "models/abi/timer.h"
#include "models/abi/watchdog.h"

namespace eyeriss::platform {

namespace {

constexpr std::uint32_t software_line = 3, timer_line = 7, supervisor_external_line = 9, external_line = 11;
constexpr std::uint32_t plic_handle = 1, finisher_handle = 2, first_hart_handle = 16;

/// libfdt's sequential writer; a node ends with its scope.
class tree_writer {
public:
    explicit tree_writer(std::size_t most_bytes) : bytes_(most_bytes) {
        check(fdt_create(bytes_.data(), static_cast<int>(bytes_.size())));
        check(fdt_finish_reservemap(bytes_.data()));
    }

    template <typename Content>
    void node(const std::string& name, Content content) {
        check(fdt_begin_node(bytes_.data(), name.c_str()));
        content();
        check(fdt_end_node(bytes_.data()));
    }
    void flag(const char* name) { check(fdt_property(bytes_.data(), name, nullptr, 0)); }
    void text(const char* name, std::string_view value) {
        check(fdt_property_string(bytes_.data(), name, std::string(value).c_str()));
    }
    /// Several strings, each ended by a zero byte.
    void texts(const char* name, std::initializer_list<std::string_view> values) {
        std::string joined;
        for (const auto value : values) {
            joined.append(value).push_back('\0');
        }
        check(fdt_property(bytes_.data(), name, joined.data(), static_cast<int>(joined.size())));
    }
    void cells(const char* name, const std::vector<std::uint32_t>& values) {
        std::vector<std::uint32_t> big_endian;
        big_endian.reserve(values.size());
        for (const std::uint32_t value : values) {
            big_endian.push_back(cpu_to_fdt32(value));
        }
        check(fdt_property(bytes_.data(), name, big_endian.data(),
                           static_cast<int>(big_endian.size() * sizeof(std::uint32_t))));
    }
    /// Address and size, two cells each.
    void range(const address_range& place) {
        const auto high = [](std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); };
        const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
        cells("reg", {high(place.base), low(place.base), high(place.bytes), low(place.bytes)});
    }

    std::vector<std::uint8_t> finish() && {
        check(fdt_finish(bytes_.data()));
        bytes_.resize(fdt_totalsize(bytes_.data()));
        return std::move(bytes_);
    }

private:
    static void check(int result) {
        if (result < 0) {
            throw std::length_error(fmt::format("device tree: {}", fdt_strerror(result)));
        }
    }
    std::vector<std::uint8_t> bytes_;
};

std::string at(const char* name, const address_range& place) {
    return fmt::format("{}@{:x}", name, place.base);
}

void write_harts(tree_writer& out, const device_tree_description& machine) {
    out.node("cpus", [&] {
        out.cells("#address-cells", {1});
        out.cells("#size-cells", {0});
        out.cells("timebase-frequency", {static_cast<std::uint32_t>(machine.timebase_hz)});
        for (std::uint32_t hart = 0; hart < machine.harts; ++hart) {
            out.node(fmt::format("cpu@{:x}", hart), [&] {
                out.text("device_type", "cpu");
                out.cells("reg", {hart});
                out.text("status", "okay");
                out.text("compatible", "riscv");
                out.text("riscv,isa", "rv32imac_zicsr_zifencei");
                out.text("mmu-type", "riscv,none");
                out.node("interrupt-controller", [&] {
                    out.cells("#interrupt-cells", {1});
                    out.flag("interrupt-controller");
                    out.text("compatible", "riscv,cpu-intc");
                    out.cells("phandle", {first_hart_handle + hart});
                });
            });
        }
    });
}

// For each hart the two lines of a controller, in the order of its contexts.
std::vector<std::uint32_t> to_each_hart(unsigned harts, std::uint32_t first, std::uint32_t second) {
    std::vector<std::uint32_t> lines;
    for (std::uint32_t hart = 0; hart < harts; ++hart) {
        lines.insert(lines.end(), {first_hart_handle + hart, first, first_hart_handle + hart, second});
    }
    return lines;
}

void write_controllers(tree_writer& out, const device_tree_description& machine) {
    out.node(at("plic", machine.plic), [&] {
        out.cells("phandle", {plic_handle});
        out.cells("riscv,ndev", {machine.plic_sources - 1});
        out.range(machine.plic);
        out.cells("interrupts-extended",
                  to_each_hart(machine.harts, external_line, supervisor_external_line));
        out.flag("interrupt-controller");
        out.texts("compatible", {"sifive,plic-1.0.0", "riscv,plic0"});
        out.cells("#interrupt-cells", {1});
        out.cells("#address-cells", {0});
    });
    out.node(at("clint", machine.clint), [&] {
        out.cells("interrupts-extended", to_each_hart(machine.harts, software_line, timer_line));
        out.range(machine.clint);
        out.texts("compatible", {"sifive,clint0", "riscv,clint0"});
    });
}

void write_devices(tree_writer& out, const device_tree_description& machine) {
    const auto interrupt = [&](std::uint32_t number) {
        out.cells("interrupts", {number});
        out.cells("interrupt-parent", {plic_handle});
    };
    out.node(at("serial", machine.uart), [&] {
        interrupt(machine.uart_irq);
        out.cells("clock-frequency", {machine.uart_clock_hz});
        out.range(machine.uart);
        out.text("compatible", "ns16550a");
    });
    out.node(at("test", machine.finisher), [&] {
        out.cells("phandle", {finisher_handle});
        out.range(machine.finisher);
        out.texts("compatible", {"sifive,test1", "sifive,test0", "syscon"});
    });
    const auto counter = [&](const char* name, const address_range& place, unsigned number,
                             std::uint32_t ticks_a_second, const char* compatible) {
        out.node(at(name, place), [&] {
            interrupt(number);
            out.cells("clock-frequency", {ticks_a_second});
            out.range(place);
            out.text("compatible", compatible);
        });
    };
    counter("watchdog", machine.watchdog, machine.watchdog_irq, EYERISS_WATCHDOG_HZ, "eyeriss,watchdog");
    counter("timer", machine.timer, machine.timer_irq, EYERISS_TIMER_HZ, "eyeriss,timer");
    out.node(at("accelerator", machine.accelerator), [&] {
        out.cells("interrupts", machine.accelerator_irqs);
        out.texts("interrupt-names", {"done", "error", "counter"});
        out.cells("interrupt-parent", {plic_handle});
        out.range(machine.accelerator);
        out.text("compatible", "eyeriss,v2");
    });
    out.node(at("sram", machine.sram), [&] {
        out.range(machine.sram);
        out.text("compatible", "mmio-sram");
    });
}

void write_poweroff(tree_writer& out) {
    constexpr std::uint32_t pass = 0x5555;
    out.node("poweroff", [&] {
        out.cells("value", {pass});
        out.cells("offset", {0});
        out.cells("regmap", {finisher_handle});
        out.text("compatible", "syscon-poweroff");
    });
}

}  // namespace

std::vector<std::uint8_t> make_device_tree(const device_tree_description& machine, std::size_t most_bytes) {
    tree_writer out(most_bytes);
    out.node("", [&] {
        out.cells("#address-cells", {2});
        out.cells("#size-cells", {2});
        out.text("compatible", "riscv-virtio");
        out.text("model", "eyeriss-vp");
        out.node("chosen", [&] { out.text("stdout-path", "/soc/" + at("serial", machine.uart)); });
        write_poweroff(out);
        out.node(at("memory", machine.memory), [&] {
            out.text("device_type", "memory");
            out.range(machine.memory);
        });
        write_harts(out, machine);
        out.node("soc", [&] {
            out.cells("#address-cells", {2});
            out.cells("#size-cells", {2});
            out.text("compatible", "simple-bus");
            out.flag("ranges");
            write_controllers(out, machine);
            write_devices(out, machine);
        });
    });
    return std::move(out).finish();
}

}  // namespace eyeriss::platform
