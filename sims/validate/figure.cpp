#include "sims/validate/figure.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace eyeriss::sims::validate {
namespace {

nlohmann::ordered_json rounded(std::optional<double> value) {
    // Nine digits: enough for every count here, and no dust of floating point.
    return value ? nlohmann::ordered_json(std::stod(fmt::format("{:.9g}", *value)))
                 : nlohmann::ordered_json(nullptr);
}

std::string with_commas(double value) {
    const auto digits = fmt::format("{:.0f}", std::abs(value));
    std::string out = value < 0 ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            out += ',';
        }
        out += digits[i];
    }
    return out;
}

}  // namespace

std::string bound::text() const {
    if (open()) {
        return "none";
    }
    const std::string of = of_ratio ? " x published" : "";
    if (low && high) {
        return *low == *high ? fmt::format("{}{}", number_text(*low), of)
                             : fmt::format("{} to {}{}", number_text(*low), number_text(*high), of);
    }
    return fmt::format("at {} {}{}", low ? "least" : "most", number_text(low ? *low : *high), of);
}

std::optional<double> figure::ratio() const {
    if (!published || *published == 0) {
        return std::nullopt;
    }
    return model / *published;
}

std::optional<bool> figure::within() const {
    const auto value = allowed.of_ratio ? ratio() : std::optional(model);
    if (allowed.open() || !value) {
        return std::nullopt;
    }
    return (!allowed.low || *value >= *allowed.low) && (!allowed.high || *value <= *allowed.high);
}

bool figure::needs_explanation() const {
    const auto of_published = ratio();
    return within() == false || (of_published && std::abs(*of_published - 1) > 0.1);
}

nlohmann::ordered_json to_json(const figure& f) {
    const auto within = f.within();
    return {{"id", f.id},
            {"title", f.title},
            {"unit", f.unit},
            {"published", rounded(f.published)},
            {"standing", std::string(1, static_cast<char>(f.from))},
            {"model", rounded(f.model)},
            {"ratio", rounded(f.ratio())},
            {"bound", f.allowed.text()},
            {"within", within ? nlohmann::ordered_json(*within) : nlohmann::ordered_json(nullptr)},
            {"explanation", f.explanation}};
}

std::string number_text(double value) {
    const double size = std::abs(value);
    if (size >= 1000) {
        return with_commas(value);
    }
    if (size >= 100 || value == std::floor(value)) {
        return fmt::format("{:.4g}", value);
    }
    return fmt::format("{:.3g}", value);
}

std::string percent_text(double ratio) {
    return fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

}  // namespace eyeriss::sims::validate
