#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/observe/recorder.h"

namespace eyeriss::sims {

/// What of a run's transactions is kept.
struct trace_filter {
    std::optional<std::set<std::uint32_t>> layers{};  ///< indices in the network; none: all, and what is
                                                      ///< outside of layers
    observe::picoseconds from = 0, to = std::numeric_limits<observe::picoseconds>::max();
    std::vector<std::string> modules{};  ///< globs of stream names; empty: all
    std::uint64_t limit_bytes = std::uint64_t{256} << 20U;
};

/// Keeps transactions in memory, up to a bound; what comes after that is counted and left out.
class trace_store : public observe::subscriber {
public:
    struct attribute {
        std::uint32_t name = 0;
        std::int64_t value = 0;
    };
    struct transaction {
        observe::transaction_id id = 0, parent = 0;
        observe::picoseconds begin = 0, end = 0;
        observe::stream_id stream = 0;
        std::uint32_t name = 0;
        std::uint32_t layer = observe::no_layer;
        std::uint32_t attributes = 0;  ///< how many
        std::uint64_t first_attribute = 0;
    };

    explicit trace_store(trace_filter filter) : filter_(std::move(filter)) {}

    [[nodiscard]] observe::kind_set wanted() const override { return observe::kind_set::all(); }
    void opened(observe::stream_id id, const observe::stream& s) override;
    void recorded(const observe::transaction& t) override;

    /// Streams that the filter lets through, by number.
    [[nodiscard]] const std::map<observe::stream_id, observe::stream>& streams() const { return streams_; }
    /// In the order in which they were told.
    [[nodiscard]] std::span<const transaction> transactions() const { return transactions_; }
    [[nodiscard]] std::span<const attribute> attributes_of(const transaction& t) const {
        return std::span(attributes_).subspan(t.first_attribute, t.attributes);
    }
    [[nodiscard]] const std::string& text(std::uint32_t name) const { return texts_[name]; }
    /// Transactions that the bound left out.
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
    [[nodiscard]] const trace_filter& filter() const { return filter_; }

private:
    [[nodiscard]] bool passes(const observe::transaction& t) const;
    std::uint32_t intern(std::string_view text);

    trace_filter filter_;
    std::map<observe::stream_id, observe::stream> streams_;
    std::vector<bool> open_;  ///< by stream: the filter lets it through
    std::vector<transaction> transactions_;
    std::vector<attribute> attributes_;
    std::vector<std::string> texts_;
    std::map<std::string, std::uint32_t, std::less<>> names_;
    std::uint64_t bytes_ = 0, left_out_ = 0;
};

}  // namespace eyeriss::sims
