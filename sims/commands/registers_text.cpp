#include "sims/commands/registers_text.h"

#include <fmt/format.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "models/abi/counter_table.h"
#include "models/abi/peripheral_table.h"
#include "sims/support/version.h"

namespace eyeriss::sims {

namespace {

using register_map::access;

using register_map::peripheral_info;
using register_map::register_info;

std::vector<register_map::field_info> fields_of(const peripheral_info& p, const register_info& r) {
    std::vector<register_map::field_info> found;
    for (const auto& f : p.fields) {
        if (f.offset == r.offset) found.push_back(f);
    }
    return found;
}

std::string bit_range(const register_map::field_info& f) {
    return f.bits == 1 ? fmt::format("{}", f.lsb) : fmt::format("{}:{}", f.lsb + f.bits - 1, f.lsb);
}

/// CMSIS-SVD's words for an access mode; the effect of a write or a read is an element of its own.
const char* svd_access(access mode) {
    switch (mode) {
        case access::ro:
        case access::rc:
            return "read-only";
        case access::wo:
            return "write-only";
        default:
            return "read-write";
    }
}

void put_effects(boost::property_tree::ptree& node, access mode) {
    if (mode == access::w1c) node.put("modifiedWriteValues", "oneToClear");
    if (mode == access::rc) node.put("readAction", "clear");
}

boost::property_tree::ptree svd_field(const register_map::field_info& f) {
    boost::property_tree::ptree node;
    node.put("name", std::string(f.name));
    node.put("description", std::string(f.meaning));
    node.put("bitOffset", f.lsb);
    node.put("bitWidth", f.bits);
    node.put("access", svd_access(f.mode));
    put_effects(node, f.mode);
    return node;
}

boost::property_tree::ptree svd_register(const peripheral_info& p, const register_info& r) {
    boost::property_tree::ptree node;
    node.put("name", std::string(r.name));
    node.put("description", std::string(r.meaning));
    node.put("addressOffset", fmt::format("{:#04x}", r.offset));
    node.put("access", svd_access(r.mode));
    node.put("resetValue", fmt::format("{:#010x}", r.reset));
    const auto fields = fields_of(p, r);
    if (fields.empty()) put_effects(node, r.mode);
    for (const auto& f : fields) node.add_child("fields.field", svd_field(f));
    return node;
}

boost::property_tree::ptree svd_peripheral(const peripheral_info& p) {
    boost::property_tree::ptree node;
    node.put("name", std::string(p.name));
    node.put("description", std::string(p.description));
    node.put("baseAddress", fmt::format("{:#010x}", p.base));
    node.put("addressBlock.offset", "0x0");
    node.put("addressBlock.size", fmt::format("{:#x}", p.bytes));
    node.put("addressBlock.usage", "registers");
    for (const auto& line : p.interrupts) {
        boost::property_tree::ptree interrupt;
        interrupt.put("name", std::string(line.name));
        interrupt.put("value", line.input);
        node.add_child("interrupt", interrupt);
    }
    for (const auto& r : p.registers) node.add_child("registers.register", svd_register(p, r));
    return node;
}

nlohmann::ordered_json json_peripheral(const peripheral_info& p) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& r : p.registers) {
        nlohmann::ordered_json fields = nlohmann::ordered_json::array();
        for (const auto& f : fields_of(p, r)) {
            fields.push_back({{"name", f.name},
                              {"lsb", f.lsb},
                              {"bits", f.bits},
                              {"access", to_string(f.mode)},
                              {"meaning", f.meaning}});
        }
        rows.push_back({{"name", r.name},
                        {"offset", r.offset},
                        {"access", to_string(r.mode)},
                        {"reset", r.reset},
                        {"meaning", r.meaning},
                        {"fields", fields}});
    }
    nlohmann::ordered_json lines = nlohmann::ordered_json::array();
    for (const auto& line : p.interrupts) lines.push_back({{"name", line.name}, {"input", line.input}});
    return {
        {"name", p.name}, {"base", p.base}, {"bytes", p.bytes}, {"interrupts", lines}, {"registers", rows}};
}

std::string peripheral_markdown(const peripheral_info& p) {
    std::string text =
        fmt::format("## {}\n\n{}, `models/abi/{}`. Base address {:#010x}, {} bytes; PLIC input", p.name,
                    p.description, p.header, p.base, p.bytes);
    for (const auto& line : p.interrupts)
        text += fmt::format("{} {} ({})", &line == p.interrupts.data() ? "" : ",", line.input, line.name);
    text +=
        ".\n\n| offset | register | bits | field | access | reset | meaning "
        "|\n|---|---|---|---|---|---|---|\n";
    for (const auto& r : p.registers) {
        text += fmt::format("| {:#04x} | {} | 31:0 | | {} | {:#x} | {} |\n", r.offset, r.name,
                            to_string(r.mode), r.reset, r.meaning);
        for (const auto& f : fields_of(p, r)) {
            text += fmt::format("| | | {} | {} | {} | {:#x} | {} |\n", bit_range(f), f.name,
                                to_string(f.mode), (r.reset & f.mask()) >> f.lsb, f.meaning);
        }
    }
    return text;
}

std::string errors_markdown() {
    std::string text =
        "\n## Error codes of the accelerator\n\n| code | name | meaning | ERROR_INFO |\n|---|---|---|---|\n";
    for (const auto& e : register_map::errors)
        text += fmt::format("| {} | EYERISS_ERR_{} | {} | {} |\n", e.code, e.name, e.meaning, e.info);
    return text;
}

std::string counters_markdown() {
    std::string text =
        "\n## Performance counters of the accelerator\n\n"
        "64 bits each; `PERF_SELECT` chooses one. At the end of every layer, failed ones included, each\n"
        "grows by what the layer did; an abandoned layer adds nothing. The first are the ledger of the PEs:\n"
        "each PE-cycle has one cause.\n\n"
        "| number | counter | unit | meaning |\n|---|---|---|---|\n";
    for (const auto& c : register_map::counters)
        text += fmt::format("| {} | {} | {} | {} |\n", c.number, c.name, c.unit, c.meaning);
    return text;
}

}  // namespace

std::string registers_markdown() {
    std::string text =
        "# Registers\n\n"
        "Made by `eyeriss-vp regs --format md` from the tables in `models/abi/`. Registers are 32 bits wide "
        "and\n"
        "take aligned 32-bit accesses; anything else is a bus error. Access: `rw`, `ro`, `wo` (reads as "
        "zero),\n"
        "`w1c` (write one to clear), `rc` (cleared by a read). [devices.md](devices.md) has the other "
        "devices.\n\n";
    for (const auto& p : register_map::peripherals) {
        text += peripheral_markdown(p);
        if (p.base == EYERISS_REG_BASE) text += errors_markdown() + counters_markdown();
        if (p.base != register_map::peripherals.back().base) text += "\n";
    }
    return text;
}

std::string registers_svd() {
    boost::property_tree::ptree device;
    device.put("<xmlattr>.schemaVersion", "1.3");
    device.put("<xmlattr>.xmlns:xs", "http://www.w3.org/2001/XMLSchema-instance");
    device.put("<xmlattr>.xs:noNamespaceSchemaLocation", "CMSIS-SVD.xsd");
    device.put("name", "eyeriss_vp");
    device.put("version", std::string(program_version()));
    device.put("description", "System on chip around the Eyeriss v2 accelerator");
    device.put("addressUnitBits", 8);
    device.put("width", 32);
    device.put("size", 32);
    for (const auto& p : register_map::peripherals)
        device.add_child("peripherals.peripheral", svd_peripheral(p));
    boost::property_tree::ptree document;
    document.add_child("device", device);
    std::ostringstream out;
    boost::property_tree::write_xml(out, document,
                                    boost::property_tree::xml_writer_make_settings<std::string>(' ', 2));
    return out.str();
}

std::string registers_json() {
    nlohmann::ordered_json peripherals = nlohmann::ordered_json::array();
    for (const auto& p : register_map::peripherals) peripherals.push_back(json_peripheral(p));
    nlohmann::ordered_json counters = nlohmann::ordered_json::array();
    for (const auto& c : register_map::counters) {
        counters.push_back(
            {{"name", c.name}, {"number", c.number}, {"unit", c.unit}, {"meaning", c.meaning}});
    }
    nlohmann::ordered_json errors = nlohmann::ordered_json::array();
    for (const auto& e : register_map::errors)
        errors.push_back({{"name", e.name}, {"code", e.code}, {"meaning", e.meaning}, {"info", e.info}});
    const nlohmann::ordered_json document{
        {"peripherals", peripherals}, {"errors", errors}, {"counters", counters}};
    return document.dump(2) + "\n";
}

}  // namespace eyeriss::sims
