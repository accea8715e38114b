// A PE of Eyeriss v2 alone: four output channels of a 1x3 filter over a row of eight values.
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <systemc>
#include <utility>
#include <vector>

#include "models/csc/weight_tile.h"
#include "models/pe/pe.h"

namespace {

namespace noc = eyeriss::noc;
namespace pe = eyeriss::pe;

constexpr unsigned windows = 6, taps = 3, channels = 4;
constexpr std::array<std::int16_t, 8> row{5, 0, -3, 7, 0, 0, 2, 1};
constexpr std::array<std::int8_t, taps * channels> weights{1, 0, -2, 4,   //  tap 0 of each channel
                                                           0, 0, 3,  -1,  //  tap 1
                                                           6, 0, 0,  2};  //  tap 2

/// Sends a PE what it needs and keeps the psums that come out.
class bench : public sc_core::sc_module {
public:
    explicit bench(sc_core::sc_module_name name) : sc_module(name) {
        unit.iact_in.bind(*iacts_.get());
        iacts_->bind(unit.iact_in);
    }
    pe::pe unit{"unit", 0, {}};

private:
    std::unique_ptr<noc::stream_out<bench>> iacts_;
};

}  // namespace
