#define BOOST_TEST_MODULE registers_text
#include "sims/commands/registers_text.h"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "models/abi/counters.h"
#include "models/abi/peripheral_table.h"

using namespace eyeriss;
using boost::property_tree::ptree;

namespace {

ptree svd() {
    std::istringstream in(sims::registers_svd());
    ptree document;
    boost::property_tree::read_xml(in, document);
    return document;
}

/// Checks that a node's children are among `order`, in that order, and that the required ones are there.
void check_sequence(const ptree& node, const std::vector<std::string>& order,
                    const std::set<std::string>& required) {
    std::size_t at = 0;
    std::set<std::string> seen;
    for (const auto& [name, child] : node) {
        if (name == "<xmlattr>") continue;
        const auto place = static_cast<std::size_t>(std::ranges::find(order, name) - order.begin());
        BOOST_TEST_REQUIRE(place < order.size(), name << " is no element of the schema here");
        BOOST_TEST(place >= at, name << " stands too late");
        at = place;
        seen.insert(name);
    }
    for (const auto& name : required) BOOST_TEST(seen.contains(name), name << " is missing");
}

}  // namespace

// Element names and their order are those of the CMSIS-SVD schema 1.3 (Arm, CMSIS-SVD.xsd), which uses
// sequences.
BOOST_AUTO_TEST_CASE(the_svd_file_has_the_structure_of_the_schema) {
    const auto document = svd();
    const auto& device = document.get_child("device");
    BOOST_TEST(device.get<std::string>("<xmlattr>.schemaVersion") == "1.3");
    check_sequence(device,
                   {"vendor", "name", "series", "version", "description", "licenseText", "cpu",
                    "addressUnitBits", "width", "size", "access", "resetValue", "resetMask", "peripherals"},
                   {"name", "version", "description", "addressUnitBits", "width", "peripherals"});
    const auto& peripheral = device.get_child("peripherals.peripheral");
    check_sequence(peripheral,
                   {"name", "version", "description", "groupName", "baseAddress", "size", "access",
                    "addressBlock", "interrupt", "registers"},
                   {"name", "baseAddress", "addressBlock", "interrupt", "registers"});
    check_sequence(peripheral.get_child("addressBlock"), {"offset", "size", "usage"},
                   {"offset", "size", "usage"});
    const std::set<std::string> accesses{"read-only", "write-only", "read-write"};
    for (const auto& [name, r] : peripheral.get_child("registers")) {
        BOOST_TEST(name == "register");
        check_sequence(r,
                       {"name", "displayName", "description", "addressOffset", "size", "access", "resetValue",
                        "resetMask", "modifiedWriteValues", "readAction", "fields"},
                       {"name", "description", "addressOffset", "access", "resetValue"});
        BOOST_TEST(accesses.contains(r.get<std::string>("access")));
        const auto fields = r.get_child_optional("fields");
        if (!fields) continue;
        for (const auto& [field_name, f] : *fields) {
            BOOST_TEST(field_name == "field");
            check_sequence(f,
                           {"name", "description", "bitOffset", "bitWidth", "access", "modifiedWriteValues",
                            "readAction", "enumeratedValues"},
                           {"name", "bitOffset", "bitWidth", "access"});
            BOOST_TEST(f.get<unsigned>("bitOffset") + f.get<unsigned>("bitWidth") <= 32U);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_svd_file_holds_every_register_and_field) {
    const auto document = svd();
    const auto& peripherals = document.get_child("device.peripherals");
    BOOST_REQUIRE(peripherals.size() == register_map::peripherals.size());
    auto table = register_map::peripherals.begin();
    for (const auto& [kind, listed] : peripherals) {
        BOOST_TEST(kind == "peripheral");
        BOOST_TEST(listed.get<std::string>("name") == table->name);
        BOOST_TEST(std::stoul(listed.get<std::string>("baseAddress"), nullptr, 0) == table->base);
        const auto& registers = listed.get_child("registers");
        BOOST_REQUIRE(registers.size() == table->registers.size());
        std::size_t fields = 0;
        auto expected = table->registers.begin();
        for (const auto& [name, r] : registers) {
            BOOST_TEST(r.get<std::string>("name") == expected->name);
            BOOST_TEST(std::stoul(r.get<std::string>("addressOffset"), nullptr, 0) == expected->offset);
            BOOST_TEST(std::stoul(r.get<std::string>("resetValue"), nullptr, 0) == expected->reset);
            if (const auto held = r.get_child_optional("fields")) fields += held->size();
            ++expected;
        }
        BOOST_TEST(fields == table->fields.size());
        ++table;
    }
}

BOOST_AUTO_TEST_CASE(the_json_form_says_the_same) {
    const auto document = nlohmann::json::parse(sims::registers_json());
    const auto& accelerator = document["peripherals"][0];
    BOOST_TEST(accelerator["base"] == EYERISS_REG_BASE);
    BOOST_TEST(accelerator["registers"].size() == register_map::registers.size());
    BOOST_TEST(accelerator["registers"][2]["fields"][0]["name"] == "START");
    BOOST_TEST(accelerator["registers"][2]["fields"][0]["access"] == "wo");
    BOOST_TEST(accelerator["interrupts"][1]["input"] == EYERISS_IRQ_ERROR);
    BOOST_TEST(document["counters"].size() == EYERISS_COUNTER_COUNT);
    BOOST_TEST(document["errors"][0]["name"] == "DESC_MAGIC");
}

BOOST_AUTO_TEST_CASE(the_page_in_doc_is_current) {
    std::ifstream in(EYERISS_DOC_FOLDER "/registers.md");
    std::ostringstream page;
    page << in.rdbuf();
    BOOST_TEST(page.str() == sims::registers_markdown(),
               "run: eyeriss-vp regs --format md > doc/registers.md");
}
