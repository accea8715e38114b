#define BOOST_TEST_MODULE fault_text
#include "models/faults/fault_text.h"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

namespace eyeriss::faults {
namespace {

std::string refusal(std::string_view text) {
    try {
        static_cast<void>(parse_fault(text));
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_kind_is_read_back_from_its_own_text) {
    for (const std::string text :
         {"dram-flip,address=0x84000100,bit=3,at=10us", "dram-flip,address=0x84000100,bit=71,access=4",
          "descriptor-flip,word=2,bit=31,layer=1", "glb-flip,cluster=3,bank=1,word=7,bit=9,memory=psum",
          "spad-flip,pe=17,word=2,bit=5,spad=iact,layer=0", "bus-error,times=0,access=9",
          "bus-error,address=0x80000000,times=1", "stuck,cluster=1,router=2,port=weight,for=3ms",
          "dma-stall,for=1500ns,access=2", "clock-gate,cluster=4,at=1s", "irq-lost,line=done",
          "irq-spurious,line=error,at=7ps", "irq-late,for=20us,line=counter"}) {
        BOOST_TEST(to_text(parse_fault(text)) == text);
    }
}

BOOST_AUTO_TEST_CASE(wrong_texts_are_refused_in_one_line_that_says_what_would_be_right) {
    BOOST_TEST(refusal("dram-flop,bit=1").find("expects one of dram-flip") != std::string::npos);
    BOOST_TEST(refusal("dram-flip,bit=1") == "dram-flip expects address");
    BOOST_TEST(refusal("dram-flip,address=12q,bit=1") ==
               "address is '12q': expects a whole number up to 4294967295");
    BOOST_TEST(refusal("irq-lost,line=both") == "line is 'both': expects one of done, error, counter");
    BOOST_TEST(refusal("dma-stall,for=3").find("expects a time such as 10us") != std::string::npos);
    BOOST_TEST(refusal("clock-gate,cluster=1,cluster=2") == "clock-gate: cluster is given twice");
    BOOST_TEST(refusal("clock-gate,cluster=1,at=1us,layer=2").find("one trigger") != std::string::npos);
    BOOST_TEST(refusal("clock-gate,cluster=1,access=2").find("suits dram-flip") != std::string::npos);
    BOOST_TEST(refusal("stuck,cluster") == "'cluster' in fault 'stuck,cluster': expects key=value");
    BOOST_TEST(refusal("").find("'' is no fault") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_machine_refuses_places_that_it_does_not_have) {
    arch::machine m;
    BOOST_TEST(check(parse_fault("clock-gate,cluster=15"), m).empty());
    BOOST_TEST(check(parse_fault("clock-gate,cluster=16"), m) ==
               "cluster is 16: this machine expects less than 16");
    BOOST_TEST(check(parse_fault("dram-flip,address=0x10000000,bit=0"), m).find("expects one of DRAM") !=
               std::string::npos);
    const auto check_bit = parse_fault("dram-flip,address=0x80000000,bit=64");
    BOOST_TEST(!check(check_bit, m).empty());
    m.dram.ecc = true;
    BOOST_TEST(check(check_bit, m).empty());
}

}  // namespace eyeriss::faults
