// A PE of Eyeriss v2 alone: four output channels of a 1x3 filter over a row of eight values.
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
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
constexpr std::array<std::int8_t, taps * channels> weights{1, 0, -2, 4,   // tap 0 of each channel
                                                           0, 0, 3,  -1,  // tap 1
                                                           6, 0, 0,  2};  // tap 2

std::shared_ptr<pe::iact_row> iact_row() {
    auto out = std::make_shared<pe::iact_row>();
    out->segments = row.size();
    out->segment_values = 1;
    out->values.assign(row.begin(), row.end());
    out->inside_end = row.size();
    out->index(row, noc::noc_parameters{}.iact_port_bits);
    out->values.resize(row.size() + 2);
    return out;
}

std::shared_ptr<pe::weight_load> weight_load() {
    std::vector<std::uint8_t> bytes;
    eyeriss::csc::encode_weight_tile(weights, channels, taps, false, bytes);
    auto out = std::make_shared<pe::weight_load>();
    if (eyeriss::csc::decode_weight_tile(bytes, channels, taps, false, out->tile) != bytes.size()) {
        throw std::logic_error("the tile does not decode to what was encoded");
    }
    out->prepare();
    return out;
}

int expected(unsigned window, unsigned channel) {
    int sum = 0;
    for (unsigned tap = 0; tap < taps; ++tap) {
        sum += row.at(window + tap) * weights.at(tap * channels + channel);
    }
    return sum;
}

unsigned effectual_products() {
    unsigned count = 0;
    for (unsigned i = 0; i < windows * taps * channels; ++i) {
        const unsigned window = i / (taps * channels), tap = i / channels % taps;
        count += row.at(window + tap) != 0 && weights.at(i % (taps * channels)) != 0 ? 1 : 0;
    }
    return count;
}

/// Sends a PE a row of iacts, a weight tile and a row of empty psums, and takes what comes out.
class bench : public sc_core::sc_module {
public:
    explicit bench(sc_core::sc_module_name name) : sc_module(name) {
        iacts_.bind(unit_.iact_in);
        weights_.bind(unit_.weight_in);
        psums_.bind(unit_.psum_in);
        unit_.psum_out.bind(result_);
        result_.register_b_transport(this, &bench::take, 0);
        SC_HAS_PROCESS(bench);
        SC_THREAD(run);
    }
    [[nodiscard]] bool correct() const {
        return wrong_ == 0 && unit_.counts().macs_effectual == effectual_products();
    }

private:
    void run() {
        unit_.begin_layer(true);
        unit_.begin_pass(windows, 1, taps, channels);
        auto psums = std::make_shared<pe::psum_row>();
        psums->windows = windows;
        psums->channels = channels;
        psums->values.assign(windows * channels, 0);
        send(weights_, weight_load());
        send(iacts_, iact_row());
        send(psums_, psums);
        std::cout << unit_.counts().macs_effectual << " effectual of " << unit_.counts().macs_nominal
                  << " products, cycles of the windows:";
        for (const auto& window : unit_.work()) {
            std::cout << ' ' << window.cycles();
        }
        std::cout << ", " << wrong_ << " wrong sums\n";
    }

    void send(noc::stream_out<bench>& port, std::shared_ptr<noc::burst_content> content) {
        noc::burst burst;
        burst.content = std::move(content);
        burst.pes = 1;
        sc_core::sc_time delay;
        port->b_transport(burst, delay);
    }

    void take(int, noc::burst& burst, sc_core::sc_time&) {
        const auto psums = std::dynamic_pointer_cast<pe::psum_row>(burst.content);
        wrong_ = 0;
        for (unsigned f = 0; f < windows; ++f) {
            for (unsigned m = 0; m < channels; ++m) {
                wrong_ += psums->values.at(f * channels + m) == expected(f, m) ? 0 : 1;
            }
        }
    }

    pe::pe unit_{"unit", 0, {}};
    noc::stream_out<bench> iacts_{"iacts"}, weights_{"weights"}, psums_{"psums"};
    noc::stream_in<bench> result_{"result"};
    unsigned wrong_ = windows * channels;
};

}  // namespace

int sc_main(int, char**) {
    bench bench("bench");
    sc_core::sc_start();
    return bench.correct() ? 0 : 1;
}
