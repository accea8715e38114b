#include "sims/report/page.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "sims/report/page_assets.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;

/// JSON that cannot end the script element that it stands in, whatever names and paths hold. Bytes that are
/// no UTF-8 become replacement characters.
std::string embedded(const json& data) {
    if (data.is_null()) {
        return "";
    }
    const auto text = data.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        out += c == '<' ? "\\u003c" : std::string_view(&c, 1);
    }
    return out;
}

/// The template with its places filled; text that is put in is not looked at again.
std::string filled(std::string_view page, std::string_view script, const std::string& data) {
    const std::array<std::pair<std::string_view, std::string_view>, 4> parts{
        {{"@@css@@", page_assets::page_css()},
         {"@@library@@", page_assets::chart_library()},
         {"@@script@@", script},
         {"@@data@@", data}}};
    std::string out;
    for (const auto& [place, text] : parts) {
        const auto at = page.find(place);
        out += page.substr(0, at);
        out += text;
        page.remove_prefix(at + place.size());
    }
    return out += page;
}

}  // namespace

std::string report_page(const json& data) {
    return filled(page_assets::report_html(), page_assets::report_script(), embedded(data));
}

std::string diff_page(const json& data) {
    return filled(page_assets::diff_html(), page_assets::diff_script(), embedded(data));
}

}  // namespace eyeriss::sims
