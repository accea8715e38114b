#include "sims/validate/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eyeriss::sims::validate {
namespace {

constexpr const char* introduction = R"(# Validation

Made by `eyeriss-vp validate`; `validation.json` beside it holds the same figures. Do not edit either: change the model
or the rule, and run the command again.

    ./vp validate                          # everything, into doc/
    ./vp validate --output out/validation  # everything, elsewhere
    ./vp validate --only v2 --json         # figures whose id begins with v2, on the terminal

**Published** figures carry their standing: P read in the paper, S read in a source that quotes it, D arithmetic on
those, U unverified recollection, which is never a bound. **Model** is what a run of the simulator gives with the
defaults of [assumptions.md](assumptions.md), which derive from the paper or from simplicity and not from the figures
here. **Bound** was set before the model ran; **within** says whether it holds, "-" that there is none. A figure that is
off by more than 10 % or outside its bound names the mechanism below its table; numbers in there are the run's own.
Where a value was fitted, the figure says so; a fitted figure proves nothing, the others made with it do.

Every run is bit-exact: a run whose output differs from the reference in one byte ends the validation.
)";

/// A bar inside a cell would end it.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string table_text(const text_table& table) {
    std::string out;
    const auto line = [&](const std::vector<std::string>& cells) {
        out += "|";
        for (const auto& cell : cells) {
            out += fmt::format(" {} |", escaped(cell));
        }
        out += "\n";
    };
    line(table.header);
    line(std::vector<std::string>(table.header.size(), "---"));
    for (const auto& row : table.rows) {
        line(row);
    }
    return out;
}

std::string verdict(const figure& f) {
    const auto within = f.within();
    return !within ? "-" : *within ? "yes" : "NO";
}

text_table figure_table(const std::vector<figure>& figures) {
    text_table out;
    out.header = {"id", "what", "published", "", "model", "ratio", "bound", "within"};
    for (const auto& f : figures) {
        const auto ratio = f.ratio();
        const auto unit = f.unit == "x" ? std::string() : fmt::format(" {}", f.unit);
        out.rows.push_back({fmt::format("`{}`", f.id), f.title,
                            f.published ? number_text(*f.published) + unit : "-",
                            std::string(1, static_cast<char>(f.from)), number_text(f.model) + unit,
                            ratio ? fmt::format("{:.2f}", *ratio) : "-", f.allowed.text(), verdict(f)});
    }
    return out;
}

std::string explanations(const std::vector<figure>& figures) {
    std::string out;
    for (const auto& f : figures) {
        if (!f.explanation.empty()) {
            out += fmt::format("- `{}`: {}.\n", f.id, f.explanation);
        }
    }
    return out;
}

std::string section_text(const section& part) {
    auto out = fmt::format("\n## {}\n{}\n", part.title, part.introduction);
    if (!part.figures.empty()) {
        out += fmt::format("\n{}", table_text(figure_table(part.figures)));
        if (const auto text = explanations(part.figures); !text.empty()) {
            out += fmt::format("\n{}", text);
        }
    }
    for (const auto& table : part.tables) {
        out += fmt::format("\n### {}\n\n{}", table.caption, table_text(table));
    }
    if (!part.failures.empty()) {
        out += fmt::format("\nBroken rules:\n\n- {}\n", fmt::join(part.failures, "\n- "));
    }
    return out;
}

std::string summary(std::span<const section> sections) {
    std::size_t bounded = 0;
    std::size_t held = 0;
    std::size_t all = 0;
    for (const auto& part : sections) {
        for (const auto& f : part.figures) {
            ++all;
            bounded += f.within() ? 1 : 0;
            held += f.within() == true ? 1 : 0;
        }
    }
    return fmt::format("\nOf {} figures {} have a bound, and {} of these hold it.\n", all, bounded, held);
}

}  // namespace

std::string markdown(std::span<const section> sections) {
    std::string out = introduction + summary(sections);
    for (const auto& part : sections) {
        out += section_text(part);
    }
    return out;
}

std::string json_text(std::span<const section> sections) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& part : sections) {
        for (const auto& f : part.figures) {
            out.push_back(to_json(f));
        }
    }
    return out.dump(2) + "\n";
}

std::string terminal_text(std::span<const section> sections) {
    auto out = fmt::format("{:<34} {:>12} {:>1} {:>12} {:>6} {:<26} {}\n", "figure", "published", "", "model",
                           "ratio", "bound", "within");
    for (const auto& part : sections) {
        for (const auto& f : part.figures) {
            const auto ratio = f.ratio();
            out += fmt::format("{:<34} {:>12} {} {:>12} {:>6} {:<26} {}\n", f.id,
                               f.published ? number_text(*f.published) : "-", static_cast<char>(f.from),
                               number_text(f.model), ratio ? fmt::format("{:.2f}", *ratio) : "-",
                               f.allowed.text(), verdict(f));
        }
    }
    return out;
}

}  // namespace eyeriss::sims::validate
