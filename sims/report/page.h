#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace eyeriss::sims {

/// One HTML file with all that it needs, to be opened without a network: the page, its charts' library and
/// `data`, an object of report_data(). A null `data` gives a page that waits for `window.eyeriss.show(data)`.
[[nodiscard]] std::string report_page(const nlohmann::ordered_json& data);

/// The same for what compare() found.
[[nodiscard]] std::string diff_page(const nlohmann::ordered_json& data);

}  // namespace eyeriss::sims
