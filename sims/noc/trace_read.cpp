#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <charconv>
#include <fstream>

#include "sims/noc/trace_replay.h"
#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

constexpr std::uint64_t most_words = 1U << 24U;  // more than any memory of the array holds
constexpr unsigned most_pes = 32;

/// One line of a trace and where it stands.
class trace_line_reader {
public:
    trace_line_reader(std::string where, unsigned clusters) : where_(std::move(where)), clusters_(clusters) {}

    [[nodiscard]] noc::transfer read(const std::string& line) const {
        std::vector<std::string> fields;
        boost::split(fields, line, boost::is_any_of(","));
        if (fields.size() != 6) refuse("expects cycle,network,cluster,port,words,destinations");
        noc::transfer t;
        if (boost::starts_with(fields[0], "-")) refuse(fmt::format("cycle {} expects 0 or more", fields[0]));
        t.cycle = number(fields[0], "cycle", 10);
        t.cluster = cluster(fields[2]);
        t.port = static_cast<unsigned>(number(fields[3], "port", 10));
        if (t.port >= 64) refuse(fmt::format("port {} expects less than 64", t.port));
        t.words = number(fields[4], "words", 10);
        if (t.words == 0 || t.words > most_words)
            refuse(fmt::format("words {} expects 1 to {}", t.words, most_words));
        read_destinations(fields[5], t);
        t.network = network(fields[1], t);
        return t;
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw user_error(fmt::format("{}: {}", where_, what));
    }

private:
    void read_destinations(const std::string& text, noc::transfer& t) const {
        std::vector<std::string> ends;
        boost::split(ends, text, boost::is_any_of(" "), boost::token_compress_on);
        for (const auto& end : ends) {
            const auto colon = end.find(':');
            if (colon == std::string::npos) refuse(fmt::format("destination '{}' expects cluster:PEs", end));
            const auto mask =
                end.substr(boost::starts_with(end.substr(colon + 1), "0x") ? colon + 3 : colon + 1);
            const auto pes = number(mask, "PEs", 16);
            if (pes == 0 || pes >> most_pes != 0) {
                refuse(fmt::format("PEs {} expect 0x1 to 0xffffffff, a bit each", end.substr(colon + 1)));
            }
            const unsigned to = cluster(end.substr(0, colon));
            if (std::any_of(t.destinations.begin(), t.destinations.end(),
                            [to](const auto& d) { return d.cluster == to; })) {
                refuse(fmt::format("cluster {} is a destination twice", to));
            }
            t.destinations.push_back({to, static_cast<std::uint32_t>(pes)});
        }
    }

    /// Psums to the own cluster's PEs come from its bank; all others leave the top of a column.
    [[nodiscard]] noc::port_kind network(const std::string& name, const noc::transfer& t) const {
        if (name == "iact") return noc::port_kind::iact;
        if (name == "weight") return noc::port_kind::weight;
        if (name == "psum") {
            const auto& to = t.destinations.front();
            const bool into_column = to.cluster == t.cluster && to.pes != 1;
            return into_column ? noc::port_kind::psum_in : noc::port_kind::psum_out;
        }
        refuse(fmt::format("network '{}' expects iact, weight or psum", name));
    }
    [[nodiscard]] std::uint64_t number(const std::string& text, const char* what, int base) const {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
        if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
            refuse(fmt::format("{} '{}' expects a number", what, text));
        }
        return value;
    }
    [[nodiscard]] unsigned cluster(const std::string& text) const {
        const auto value = number(text, "cluster", 10);
        if (value >= clusters_) {
            refuse(fmt::format("cluster {} is outside the array, whose last is {}", value, clusters_ - 1));
        }
        return static_cast<unsigned>(value);
    }

    std::string where_;
    unsigned clusters_;
};

}  // namespace

noc_trace read_noc_trace(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw user_error(fmt::format("--pattern: {} cannot be read", file.string()));
    const std::string header = "# eyeriss-noc-trace 1 ";
    std::string line;
    std::getline(in, line);
    if (!boost::starts_with(line, header)) {
        throw user_error(fmt::format("{}:1: expects '{}ROWSxCOLUMNS'", file.string(), header));
    }
    const auto size =
        read_size(fmt::format("{}:1", file.string()), line.substr(header.size()), largest_array);
    noc_trace trace{size.rows, size.cols, {}};
    for (unsigned n = 2; std::getline(in, line); ++n) {
        if (line.empty()) continue;
        if (line.front() == '#') {
            const std::string layer = "# layer ";
            if (boost::starts_with(line, layer)) trace.layers.push_back({line.substr(layer.size()), {}});
            continue;
        }
        if (trace.layers.empty()) trace.layers.push_back({"trace", {}});
        const trace_line_reader reader(fmt::format("{}:{}", file.string(), n), size.rows * size.cols);
        auto& transfers = trace.layers.back().transfers;
        auto next = reader.read(line);
        if (!transfers.empty() && next.cycle < transfers.back().cycle) {
            reader.refuse(fmt::format("cycle {} expects no less than {} of the line before", next.cycle,
                                      transfers.back().cycle));
        }
        transfers.push_back(std::move(next));
    }
    if (std::all_of(trace.layers.begin(), trace.layers.end(),
                    [](const layer_trace& l) { return l.transfers.empty(); })) {
        throw user_error(fmt::format("{}: holds no transfer", file.string()));
    }
    return trace;
}

}  // namespace eyeriss::sims
