#include "sims/registers_text.h"

#include <fmt/format.h>

#include <array>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "models/abi/counter_table.h"
#include "models/abi/register_table.h"
#include "sims/version.h"

namespace eyeriss::sims {

namespace {

using register_map::access;

/// Lines of the accelerator, and the inputs of the PLIC that they drive.
constexpr std::array<std::pair<std::string_view, unsigned>, 3> interrupts{
    {{"DONE", EYERISS_IRQ_DONE}, {"ERROR", EYERISS_IRQ_ERROR}, {"COUNTER", EYERISS_IRQ_COUNTER}}};

std::vector<register_map::field_info> fields_of(const register_map::register_info& r) {
    std::vector<register_map::field_info> found;
    for (const auto& f : register_map::fields) {
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

boost::property_tree::ptree svd_register(const register_map::register_info& r) {
    boost::property_tree::ptree node;
    node.put("name", std::string(r.name));
    node.put("description", std::string(r.meaning));
    node.put("addressOffset", fmt::format("{:#04x}", r.offset));
    node.put("access", svd_access(r.mode));
    node.put("resetValue", fmt::format("{:#010x}", r.reset));
    const auto fields = fields_of(r);
    if (fields.empty()) put_effects(node, r.mode);
    for (const auto& f : fields) node.add_child("fields.field", svd_field(f));
    return node;
}

std::string errors_markdown() {
    std::string text = "\n## Error codes\n\n| code | name | meaning | ERROR_INFO |\n|---|---|---|---|\n";
    for (const auto& e : register_map::errors)
        text += fmt::format("| {} | EYERISS_ERR_{} | {} | {} |\n", e.code, e.name, e.meaning, e.info);
    return text;
}

std::string counters_markdown() {
    std::string text =
        "\n## Performance counters\n\n"
        "64 bits each; `PERF_SELECT` chooses one. At the end of every layer, failed ones included, each "
        "grows "
        "by what the\nlayer did; an abandoned layer adds nothing. The first are the ledger of the PEs: each "
        "PE-cycle has one cause.\n\n"
        "| number | counter | unit | meaning |\n|---|---|---|---|\n";
    for (const auto& c : register_map::counters)
        text += fmt::format("| {} | {} | {} | {} |\n", c.number, c.name, c.unit, c.meaning);
    return text;
}

}  // namespace

std::string registers_markdown() {
    std::string text = fmt::format(
        "# Registers of the accelerator\n\n"
        "Made by `eyeriss-vp regs --format md` from the table in `models/abi/registers.h`.\n\n"
        "Base address {:#010x}, {} bytes; PLIC inputs {} (done), {} (error) and {} (counter). Registers are "
        "32 "
        "bits wide\nand take aligned 32-bit accesses; anything else is a bus error. Access: `rw`, `ro`, `wo` "
        "(reads as zero), `w1c` (write one to clear), "
        "`rc`\n"
        "(cleared by a read).\n\n"
        "| offset | register | bits | field | access | reset | meaning |\n|---|---|---|---|---|---|---|\n",
        EYERISS_REG_BASE, EYERISS_REG_BYTES, EYERISS_IRQ_DONE, EYERISS_IRQ_ERROR, EYERISS_IRQ_COUNTER);
    for (const auto& r : register_map::registers) {
        text += fmt::format("| {:#04x} | {} | 31:0 | | {} | {:#x} | {} |\n", r.offset, r.name,
                            to_string(r.mode), r.reset, r.meaning);
        for (const auto& f : fields_of(r)) {
            text += fmt::format("| | | {} | {} | {} | {:#x} | {} |\n", bit_range(f), f.name,
                                to_string(f.mode), (r.reset & f.mask()) >> f.lsb, f.meaning);
        }
    }
    text += errors_markdown();
    text += counters_markdown();
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
    boost::property_tree::ptree peripheral;
    peripheral.put("name", "EYERISS");
    peripheral.put("description", "Eyeriss v2 accelerator");
    peripheral.put("baseAddress", fmt::format("{:#010x}", EYERISS_REG_BASE));
    peripheral.put("addressBlock.offset", "0x0");
    peripheral.put("addressBlock.size", fmt::format("{:#x}", EYERISS_REG_BYTES));
    peripheral.put("addressBlock.usage", "registers");
    for (const auto& [name, value] : interrupts) {
        boost::property_tree::ptree node;
        node.put("name", fmt::format("EYERISS_{}", name));
        node.put("value", value);
        peripheral.add_child("interrupt", node);
    }
    for (const auto& r : register_map::registers) peripheral.add_child("registers.register", svd_register(r));
    device.add_child("peripherals.peripheral", peripheral);
    boost::property_tree::ptree document;
    document.add_child("device", device);
    std::ostringstream out;
    boost::property_tree::write_xml(out, document,
                                    boost::property_tree::xml_writer_make_settings<std::string>(' ', 2));
    return out.str();
}

std::string registers_json() {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& r : register_map::registers) {
        nlohmann::ordered_json fields = nlohmann::ordered_json::array();
        for (const auto& f : fields_of(r)) {
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
    nlohmann::ordered_json lines;
    for (const auto& [name, value] : interrupts) lines[std::string(name)] = value;
    nlohmann::ordered_json counters = nlohmann::ordered_json::array();
    for (const auto& c : register_map::counters) {
        counters.push_back(
            {{"name", c.name}, {"number", c.number}, {"unit", c.unit}, {"meaning", c.meaning}});
    }
    nlohmann::ordered_json errors = nlohmann::ordered_json::array();
    for (const auto& e : register_map::errors)
        errors.push_back({{"name", e.name}, {"code", e.code}, {"meaning", e.meaning}, {"info", e.info}});
    const nlohmann::ordered_json document{
        {"base", EYERISS_REG_BASE}, {"bytes", EYERISS_REG_BYTES}, {"irq", lines},
        {"registers", rows},        {"errors", errors},           {"counters", counters}};
    return document.dump(2) + "\n";
}

}  // namespace eyeriss::sims
