#include "sims/noc/noc_results.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <system_error>

#include "sims/support/error.h"

namespace eyeriss::sims {

nlohmann::ordered_json link_json(const noc::link_use& link, noc::cycle_t cycles) {
    return {{"kind", noc::link_kind_names[static_cast<std::size_t>(link.kind)]},
            {"from", link.from},
            {"to", link.to},
            {"words", link.busy},
            {"busy", link.busy},
            {"stalled", link.stalled},
            {"idle", cycles - link.busy - link.stalled}};
}

nlohmann::ordered_json area_json(const noc::network_area& area, std::uint64_t port_bits) {
    return {{"ports", area.ports},
            {"port_bits", port_bits},
            {"crosspoints", area.crosspoints},
            {"buffer_words", area.buffer_words}};
}

nlohmann::ordered_json point_json(const load_point& p, double picojoules, bool with_links) {
    nlohmann::ordered_json out{{"rate", p.rate},
                               {"offered", p.offered},
                               {"accepted", p.accepted},
                               {"accepted_least", p.accepted_least},
                               {"delivered_words_per_cycle", p.delivered},
                               {"latency_cycles",
                                {{"deliveries", p.latency.deliveries},
                                 {"mean", p.latency.mean},
                                 {"min", p.latency.least},
                                 {"p50", p.latency.p50},
                                 {"p95", p.latency.p95},
                                 {"p99", p.latency.p99},
                                 {"max", p.latency.most}}},
                               {"picojoules_per_delivered_word", picojoules},
                               {"cycles", p.cycles},
                               {"packets", p.packets},
                               {"words_expected", p.words_expected},
                               {"words_delivered", p.words_delivered}};
    std::uint64_t most = 0, busy = 0, links = 0;
    for (const auto& l : p.links) {
        if (l.kind != noc::link_kind::mesh && l.kind != noc::link_kind::bus) continue;
        most = std::max(most, l.busy);
        busy += l.busy;
        ++links;
    }
    const auto share = [&](double cycles) { return cycles / static_cast<double>(p.cycles); };
    auto senders = nlohmann::ordered_json::array();
    for (const auto& s : p.senders) {
        senders.push_back({{"from", s.source},
                           {"offered", s.offered},
                           {"accepted", s.accepted},
                           {"mean_latency_cycles", s.mean_latency}});
    }
    out["senders"] = senders;
    out["busiest_link"] = share(static_cast<double>(most));
    out["mean_link"] = links == 0 ? 0.0 : share(static_cast<double>(busy) / static_cast<double>(links));
    if (with_links) {
        auto all = nlohmann::ordered_json::array();
        for (const auto& l : p.links) all.push_back(link_json(l, p.cycles));
        out["links"] = all;
    }
    return out;
}

std::string points_csv(const nlohmann::ordered_json& points) {
    std::string text =
        "rate,offered,accepted,accepted_least,delivered_words_per_cycle,mean,p50,p95,p99,max,busiest_"
        "link,"
        "pj_per_delivered_word,words_to_pes_per_cycle\n";
    for (const auto& p : points) {
        const auto& l = p.at("latency_cycles");
        const auto number = [](const nlohmann::ordered_json& v) { return v.get<double>(); };
        const auto to_pes = p.contains("words_to_pes_per_cycle")
                                ? fmt::format("{:.4f}", number(p.at("words_to_pes_per_cycle")))
                                : std::string();
        text += fmt::format("{:.4f},{:.5f},{:.5f},{:.5f},{:.4f},{:.3f},{},{},{},{},{:.4f},{:.4f},{}\n",
                            number(p.at("rate")), number(p.at("offered")), number(p.at("accepted")),
                            number(p.at("accepted_least")), number(p.at("delivered_words_per_cycle")),
                            number(l.at("mean")), number(l.at("p50")), number(l.at("p95")),
                            number(l.at("p99")), number(l.at("max")), number(p.at("busiest_link")),
                            number(p.at("picojoules_per_delivered_word")), to_pes);
    }
    return text;
}

std::string points_text(const nlohmann::ordered_json& r) {
    const auto number = [](const nlohmann::ordered_json& v) { return v.get<double>(); };
    std::string text = fmt::format("{} {}x{}, pattern {}, packets of {} words, seed {}\n",
                                   r.at("topology").get<std::string>(), r.at("rows").get<unsigned>(),
                                   r.at("cols").get<unsigned>(), r.at("pattern").get<std::string>(),
                                   r.at("packet_words").get<unsigned>(), r.at("seed").get<std::uint64_t>());
    text +=
        fmt::format("{:>6} {:>8} {:>9} {:>10} {:>9} {:>6} {:>6} {:>6} {:>7} {:>8} {:>9}\n", "rate", "offered",
                    "accepted", "words/cyc", "mean", "p50", "p95", "p99", "max", "busiest", "pJ/word");
    for (const auto& p : r.at("points")) {
        const auto& l = p.at("latency_cycles");
        text += fmt::format(
            "{:>6.3f} {:>8.4f} {:>9.4f} {:>10.3f} {:>9.2f} {:>6} {:>6} {:>6} {:>7} {:>7.1f}% {:>9.3f}\n",
            number(p.at("rate")), number(p.at("offered")), number(p.at("accepted")),
            number(p.at("delivered_words_per_cycle")), number(l.at("mean")), number(l.at("p50")),
            number(l.at("p95")), number(l.at("p99")), number(l.at("max")), 100 * number(p.at("busiest_link")),
            number(p.at("picojoules_per_delivered_word")));
    }
    text += fmt::format("zero-load latency {:.2f} cycles", number(r.at("zero_load_latency_cycles")));
    text += r.contains("zero_load_closed_form_cycles")
                ? fmt::format(" (closed form: {:.2f})\n", number(r.at("zero_load_closed_form_cycles")))
                : "\n";
    if (r.contains("ceiling")) text += fmt::format("ceiling           {:.4f}\n", number(r.at("ceiling")));
    text += fmt::format("throughput        {:.4f}\n", number(r.at("throughput")));
    if (r.contains("knee")) text += fmt::format("knee              {:.3f}\n", number(r.at("knee")));
    if (r.contains("config_bits")) {
        for (const auto& [name, n] : r.at("points").back().at("networks").items()) {
            text += fmt::format(
                "{:<7}{} sources, a word to {} clusters and {} PEs; {:.3f} words a cycle in, {:.3f} to PEs",
                name, n.at("sources").get<unsigned>(), n.at("clusters_fed_by_a_word").get<unsigned>(),
                number(n.at("pes_fed_by_a_word")), number(n.at("words_in_per_cycle")),
                number(n.at("words_to_pes_per_cycle")));
            text += n.contains("closed_form_at_full_load")
                        ? fmt::format(" (full load: {})\n", number(n.at("closed_form_at_full_load")))
                        : "\n";
        }
        text += fmt::format("configuration     {} bits, {} a cluster\n", r.at("config_bits").get<unsigned>(),
                            r.at("config_bits_per_cluster").get<unsigned>());
    }
    const auto& area = r.at("area");
    text += fmt::format("area              {} ports of {} bits in all, {} crosspoints, {} buffer words\n",
                        area.at("ports").get<std::uint64_t>(), area.at("port_bits").get<std::uint64_t>(),
                        area.at("crosspoints").get<std::uint64_t>(),
                        area.at("buffer_words").get<std::uint64_t>());
    return text;
}

std::string layers_text(const nlohmann::ordered_json& r) {
    std::string text =
        fmt::format("{:<24} {:>10} {:>12} {:>12} {:>12} {:>10} {:>10} {:>8}\n", "layer", "transfers", "words",
                    "to PEs", "mesh links", "cycles", "words/cyc", "mean");
    for (const auto& l : r.at("layers")) {
        const auto count = [&](const char* key) { return l.at(key).get<std::uint64_t>(); };
        text += fmt::format("{:<24} {:>10} {:>12} {:>12} {:>12} {:>10} {:>10.2f} {:>8.2f}\n",
                            l.at("layer").get<std::string>(), count("transfers"), count("words_sent"),
                            count("words_to_pes"), count("words_on_mesh_links"), count("cycles"),
                            l.at("words_to_pes_per_cycle").get<double>(),
                            l.at("latency_cycles").at("mean").get<double>());
    }
    return text + fmt::format("{} cycles in all on {}\n", r.at("cycles").get<std::uint64_t>(),
                              r.at("topology").get<std::string>());
}

void write_file(const char* option, const std::filesystem::path& file, const std::string& text) {
    auto part = file;
    part += ".part";
    std::ofstream out(part, std::ios::binary);
    out << text;
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(part, file, error);
    if (!out || error) {
        std::error_code ignored;
        std::filesystem::remove(part, ignored);
        throw user_error(fmt::format("{}: {} cannot be written", option, file.string()));
    }
}

}  // namespace eyeriss::sims
