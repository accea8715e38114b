#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "sims/noc/gnuplot.h"
#include "sims/noc/noc_results.h"

namespace eyeriss::sims {

namespace {

/// Rows of numbers as a block that gnuplot plots by name.
std::string curve(const char* name, const nlohmann::ordered_json& points,
                  const std::function<double(const nlohmann::ordered_json&)>& value) {
    std::string text = fmt::format("${} << END\n", name);
    for (const auto& p : points) text += fmt::format("{} {}\n", p.at("offered").get<double>(), value(p));
    return text + "END\n";
}

/// A line from each cluster to its neighbour, the two directions side by side: x, y, dx, dy, share of cycles.
/// Of several links that join the same clusters, as hm's ports have each their own, it is the mean.
std::string link_lines(const nlohmann::ordered_json& result, const nlohmann::ordered_json& point) {
    const auto cols = result.at("cols").get<int>();
    const auto cycles = point.at("cycles").get<double>();
    struct joint {
        double busy = 0;
        unsigned links = 0;
    };
    std::map<std::pair<int, int>, joint> joints;
    for (const auto& l : point.at("links")) {
        if (l.at("kind") != "mesh") continue;
        auto& j = joints[{l.at("from").get<int>(), l.at("to").get<int>()}];
        j.busy += l.at("busy").get<double>() / cycles;
        ++j.links;
    }
    std::string text = "$links << END\n";
    for (const auto& [ends, j] : joints) {
        const auto [from, to] = ends;
        const int x = from % cols, y = from / cols;
        const int dx = to % cols - x, dy = to / cols - y;
        const double aside = 0.12;
        text += fmt::format("{} {} {} {} {}\n", x - dy * aside + dx * 0.1, y + dx * aside + dy * 0.1,
                            dx * 0.8, dy * 0.8, j.busy / j.links);
    }
    return text + "END\n";
}

std::string node_marks(const nlohmann::ordered_json& result) {
    std::string text = "$nodes << END\n";
    for (int r = 0; r < result.at("rows").get<int>(); ++r) {
        for (int c = 0; c < result.at("cols").get<int>(); ++c) text += fmt::format("{} {}\n", c, r);
    }
    return text + "END\n";
}

}  // namespace

void draw_chart(const std::filesystem::path& svg, const nlohmann::ordered_json& result) {
    const auto& points = result.at("points");
    std::string script =
        curve("accepted", points, [](const auto& p) { return p.at("accepted").template get<double>(); });
    for (const std::string which : {"mean", "p99"}) {
        script += curve(which.c_str(), points, [&](const auto& p) {
            return p.at("latency_cycles").at(which).template get<double>();
        });
    }
    script += node_marks(result) + link_lines(result, points.back());
    const auto tics = [&](const char* side) { return result.at(side).get<int>() > 16 ? 8 : 1; };
    const double zero_load = result.at("zero_load_latency_cycles").get<double>();
    script += fmt::format(
        "set multiplot layout 1,3 title '{} {}x{}, {}'\n"
        "set grid\nset key left top\nset xlabel 'offered (words a sender and cycle)'\n"
        "set ylabel 'accepted'\nset yrange [0:*]\nset xrange [0:*]\n"
        "plot x with lines lc 'grey' title 'offered', $accepted with linespoints title 'accepted'\n"
        "set ylabel 'latency (cycles)'\nset yrange [0:{}]\n"
        "plot $mean with linespoints title 'mean', $p99 with linespoints title 'p99'\n"
        "unset key\nunset grid\nset size ratio -1\nset xtics {}\nset ytics {}\nset xlabel 'column'\nset "
        "ylabel 'row'\nset xrange "
        "[-0.6:{}-0.4]\n"
        "set yrange [{}-0.4:-0.6]\nset cbrange [0:1]\nset palette defined (0 'light-grey', 0.5 'orange', 1 "
        "'red')\n"
        "set title 'busy share of links at the last load'\n"
        "plot $links using 1:2:3:4:5 with vectors head filled lw 2 lc palette, $nodes with points pt 5 lc "
        "'black'\n"
        "unset multiplot\n",
        result.at("topology").get<std::string>(), result.at("rows").get<int>(), result.at("cols").get<int>(),
        result.at("pattern").get<std::string>(), zero_load * 12, tics("cols"), tics("rows"),
        result.at("cols").get<int>(), result.at("rows").get<int>());
    draw_svg("--chart", svg, 1500, 500, script);
}

}  // namespace eyeriss::sims
