#include "sims/noc/noc_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

double read_rate(std::string_view text, const std::string& all, bool is_step) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw user_error(
            fmt::format("--rate: '{}' in '{}' expects a number, as in 0.1..0.9:0.05", text, all));
    }
    if (!(value > 0 && value <= 1)) {
        throw user_error(
            fmt::format("--rate: {} {} expects more than 0 and at most 1 word a sender and cycle",
                        is_step ? "step" : "load", text));
    }
    return value;
}

}  // namespace

rate_range read_rates(const std::string& text) {
    const auto dots = text.find("..");
    if (dots == std::string::npos) {
        const double only = read_rate(text, text, false);
        return {only, only, 1.0};
    }
    const auto colon = text.find(':', dots);
    rate_range range;
    range.first = read_rate(std::string_view(text).substr(0, dots), text, false);
    range.last = read_rate(std::string_view(text).substr(dots + 2, colon - dots - 2), text, false);
    range.step =
        colon == std::string::npos ? 0.1 : read_rate(std::string_view(text).substr(colon + 1), text, true);
    if (range.last < range.first) {
        throw user_error(fmt::format("--rate: '{}' ends below its beginning", text));
    }
    return range;
}

sweep_result run_sweep(const sweep_plan& plan, const load_runner& run) {
    sweep_result result;
    const auto at = [&](double rate) {
        load_plan one = plan.run;
        one.rate = rate;
        auto point = run(one);
        result.throughput = std::max(result.throughput, point.accepted);
        return point;
    };
    load_plan empty = plan.run;
    empty.rate = 1e-3 * std::min(empty.packet_words, 1000U);  // one packet in a thousand cycles
    empty.measure = std::max<noc::cycle_t>(empty.measure, 200'000);
    result.zero_load = run(empty).latency.mean;
    const auto steps = static_cast<unsigned>((plan.rates.last - plan.rates.first) / plan.rates.step + 1e-9);
    for (unsigned i = 0; i <= steps; ++i) {
        result.points.push_back(at(plan.rates.first + i * plan.rates.step));
    }
    if (!plan.find_knee) return result;
    double below = 0, above = 1;
    const auto over = [&](double rate) {
        return at(rate).latency.mean > plan.knee_factor * result.zero_load;
    };
    if (!over(1.0)) below = 1;
    while (above - below > 0.005) {
        const double middle = (above + below) / 2;
        (over(middle) ? above : below) = middle;
    }
    result.knee = below;
    return result;
}

}  // namespace eyeriss::sims
