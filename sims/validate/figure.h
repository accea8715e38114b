#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// What `validate` says: published figures beside the model's, and the tables that belong to them.
namespace eyeriss::sims::validate {

/// Where a published figure comes from.
enum class standing : char {
    published = 'P',    ///< read in the published paper
    second_hand = 'S',  ///< read in a source that quotes the paper
    derived = 'D',      ///< arithmetic on the above
    unverified = 'U'    ///< recollection; never a bound
};

/// What the model's figure may be; a side that is absent is open.
struct bound {
    std::optional<double> low, high;
    bool of_ratio = true;  ///< limits of model / published; else of the model's figure itself
    [[nodiscard]] bool open() const { return !low && !high; }
    /// "0.85 to 1.15 x published", "at least 1.08", or "none".
    [[nodiscard]] std::string text() const;
};

/// One published figure and what the model makes of it.
struct figure {
    std::string id;     ///< dotted, e.g. "v2.sparse_mobilenet.cycles"
    std::string title;  ///< a sentence's beginning, e.g. "sparse MobileNet, cycles an inference"
    std::string unit;
    std::optional<double> published;  ///< absent where the bound is a rule and no published value exists
    standing from = standing::published;
    double model = 0;
    bound allowed;
    std::string explanation;  ///< names the mechanism where the figure is off by more than 10 %

    /// model / published; nothing without a published value.
    [[nodiscard]] std::optional<double> ratio() const;
    /// Whether the bound holds; nothing where there is none.
    [[nodiscard]] std::optional<bool> within() const;
    /// True where the model is off by more than 10 % or outside its bound.
    [[nodiscard]] bool needs_explanation() const;
};

/// Keys id, published, standing, model, ratio, bound, within, explanation, and title and unit beside them.
[[nodiscard]] nlohmann::ordered_json to_json(const figure&);

/// A table of text.
struct text_table {
    std::string caption;
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
};

/// A part of the report.
struct section {
    std::string title, introduction;
    std::vector<figure> figures;
    std::vector<text_table> tables;
    std::vector<std::string> failures;  ///< rules that a run broke: a floor beaten, an output that differs
};

/// A number with as many digits as its size calls for: 123,282; 12.6; 0.907.
[[nodiscard]] std::string number_text(double value);

/// "+3.4 %".
[[nodiscard]] std::string percent_text(double ratio);

}  // namespace eyeriss::sims::validate
