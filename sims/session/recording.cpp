#include "sims/session/recording.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "sims/support/error.h"

namespace eyeriss::sims {
namespace {

using json = nlohmann::ordered_json;
using platform::debug_action;
using platform::debug_resume;
using platform::debug_stop;
using platform::outside_event;

constexpr int version = 1;
constexpr std::array action_names{"register", "memory", "device", "reset", "fault"};
constexpr std::array resume_names{"run", "step", "step_alone", "detach", "kill", "run_alone"};

template <typename Enum, std::size_t N>
Enum named(const std::array<const char*, N>& names, const std::string& name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (name == names[i]) {
            return static_cast<Enum>(i);
        }
    }
    throw std::invalid_argument(fmt::format("'{}' is not known", name));
}

// JSON holds text: each byte is the character of its number, so that ASCII reads as it is.
std::string text_of_bytes(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xc0U | byte >> 6U);
            out += static_cast<char>(0x80U | (byte & 0x3fU));
        }
    }
    return out;
}

std::string bytes_of_text(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80) {
            out += text[i];
        } else if (byte >= 0xc2 && byte <= 0xc3 && i + 1 < text.size()) {
            out += static_cast<char>((byte & 3U) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3fU));
        } else {
            throw std::invalid_argument("data holds a character above U+00FF");
        }
    }
    return out;
}

std::string hex(const std::vector<std::uint8_t>& bytes) {
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::vector<std::uint8_t> bytes_of_hex(std::string_view digits) {
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const auto pair = digits.substr(i, 2);
        std::uint8_t byte = 0;
        const auto [end, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
        if (error != std::errc{} || pair.size() != 2 || end != pair.data() + pair.size()) {
            throw std::invalid_argument(
                fmt::format("bytes are {}: expects pairs of hexadecimal digits", digits));
        }
        out.push_back(byte);
    }
    return out;
}

json to_json(const debug_action& a) {
    json out{{"do", action_names.at(static_cast<std::size_t>(a.what))}};
    switch (a.what) {
        case debug_action::kind::set_register:
            out["hart"] = a.hart;
            out["number"] = a.number;
            out["value"] = a.value;
            break;
        case debug_action::kind::set_memory:
            out["address"] = a.address;
            out["bytes"] = hex(a.bytes);
            break;
        case debug_action::kind::write_device:
            out["address"] = a.address;
            out["value"] = a.value;
            break;
        case debug_action::kind::fault:
            out["text"] = text_of_bytes(a.text);
            break;
        case debug_action::kind::reset:
            break;
    }
    return out;
}

debug_action action_of(const json& j) {
    debug_action out;
    out.what = named<debug_action::kind>(action_names, j.at("do").get<std::string>());
    out.hart = j.value("hart", 0U);
    out.number = j.value("number", 0U);
    out.address = j.value("address", 0U);
    out.value = j.value("value", 0U);
    out.bytes = bytes_of_hex(j.value("bytes", std::string{}));
    out.text = bytes_of_text(j.value("text", std::string{}));
    return out;
}

json to_json(const debug_stop& s) {
    json out{{"at_ps", s.at_ps}, {"hart", s.hart}, {"instructions", s.instructions}, {"pc", s.pc}};
    if (s.asleep) {
        out["asleep"] = true;
    }
    for (const auto& action : s.actions) {
        out["actions"].push_back(to_json(action));
    }
    out["resume"] = resume_names.at(static_cast<std::size_t>(s.resume.how));
    if (s.resume.hart != s.hart) {
        out["resume_hart"] = s.resume.hart;
    }
    return out;
}

debug_stop stop_of(const json& j) {
    debug_stop out;
    out.at_ps = j.at("at_ps").get<std::uint64_t>();
    out.hart = j.at("hart").get<unsigned>();
    out.instructions = j.at("instructions").get<std::uint64_t>();
    out.pc = j.at("pc").get<std::uint32_t>();
    out.asleep = j.value("asleep", false);
    for (const auto& action : j.value("actions", json::array())) {
        out.actions.push_back(action_of(action));
    }
    out.resume.how = named<debug_resume::kind>(resume_names, j.at("resume").get<std::string>());
    out.resume.hart = j.value("resume_hart", out.hart);
    return out;
}

outside_event input_of(const json& j) {
    return {j.at("at_ps").get<std::uint64_t>(), j.at("input").get<std::string>(),
            bytes_of_text(j.at("data").get<std::string>())};
}

json heading(const std::vector<recorded_part>& parts) {
    json out{{"eyeriss_vp_recording", version}, {"parts", json::object()}};
    for (const auto& part : parts) {
        out["parts"][part.kind] = part.sha256;
    }
    return out;
}

void read_heading(const json& j, recording& out) {
    if (j.value("eyeriss_vp_recording", 0) != version) {
        throw std::invalid_argument(fmt::format("expects a recording of version {}", version));
    }
    for (const auto& [kind, sha256] : j.at("parts").items()) {
        out.parts.push_back({kind, sha256.get<std::string>()});
    }
}

void read_line(const json& j, recording& out) {
    if (j.contains("input")) {
        out.inputs.push_back(input_of(j));
    } else if (j.contains("resume")) {
        out.stops.push_back(stop_of(j));
    } else {
        out.end = {j.at("end").get<std::string>(), j.at("at_ps").get<std::uint64_t>(),
                   j.at("instructions").get<std::vector<std::uint64_t>>()};
    }
}

}  // namespace

recording read_recording(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        throw user_error(fmt::format("{}: cannot be read; expects a file that --record made", file.string()));
    }
    recording out;
    std::string text;
    unsigned number = 0;
    try {
        while (std::getline(in, text)) {
            ++number;
            if (number > 1 && !out.end.stopped_by.empty()) {
                throw std::invalid_argument("a line behind the end");
            }
            const auto line = json::parse(text);
            number == 1 ? read_heading(line, out) : read_line(line, out);
        }
    } catch (const std::exception& wrong) {  // nlohmann's and our own
        throw user_error(fmt::format("{}:{}: is no recording that --record made: {}", file.string(), number,
                                     wrong.what()));
    }
    if (out.end.stopped_by.empty()) {
        throw user_error(fmt::format("{}: has no end; expects a whole recording", file.string()));
    }
    return out;
}

recording_writer::recording_writer(std::filesystem::path file, const std::vector<recorded_part>& parts)
    : file_(std::move(file)), partial_(file_.string() + ".partial"), out_(partial_, std::ios::binary) {
    if (!out_) {
        throw user_error(fmt::format("--record {}: cannot be written; expects a file in a folder that exists",
                                     file_.string()));
    }
    line(heading(parts).dump());
}

recording_writer::~recording_writer() {
    std::error_code ignored;
    std::filesystem::remove(partial_, ignored);
}

void recording_writer::line(const std::string& text) {
    out_ << text << '\n' << std::flush;
}

void recording_writer::add(const outside_event& input) {
    line(json{{"at_ps", input.at_ps}, {"input", input.source}, {"data", text_of_bytes(input.data)}}.dump());
}

void recording_writer::add(const debug_stop& stop) {
    line(to_json(stop).dump());
}

void recording_writer::finish(const recorded_end& end) {
    line(json{{"end", end.stopped_by}, {"at_ps", end.at_ps}, {"instructions", end.instructions}}.dump());
    out_.close();
    std::error_code error;
    if (out_) {
        std::filesystem::rename(partial_, file_, error);
    }
    if (!out_ || error) {
        throw user_error(fmt::format("--record {}: cannot be written whole", file_.string()));
    }
}

}  // namespace eyeriss::sims
