#define BOOST_TEST_MODULE packet
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

#include "platform/debug/packet.h"

using namespace eyeriss::platform::gdb;

namespace {

std::vector<message> all_of(message_reader& reader) {
    std::vector<message> out;
    while (auto next = reader.next()) {
        out.push_back(std::move(*next));
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_payload_is_framed_with_its_sum_and_what_it_must_not_hold_is_escaped) {
    BOOST_TEST(framed("OK") == "$OK#9a");
    BOOST_TEST(framed("") == "$#00");
    BOOST_TEST(framed("a}b") == "$a}]b#9d");
    BOOST_TEST(framed("#$*") == "$}\x03}\x04}\x0a#88");
}

BOOST_AUTO_TEST_CASE(what_lies_between_messages_is_skipped) {
    message_reader reader;
    reader.feed("noise+\r\n-\x03$OK#9a#9a");
    const auto all = all_of(reader);
    BOOST_TEST_REQUIRE(all.size() == 4U);
    BOOST_TEST((all[0].what == message::kind::accepted));
    BOOST_TEST((all[1].what == message::kind::refused));
    BOOST_TEST((all[2].what == message::kind::interrupt));
    BOOST_TEST((all[3].what == message::kind::packet));
    BOOST_TEST(all[3].payload == "OK");
}

BOOST_AUTO_TEST_CASE(a_packet_without_an_end_is_given_up_once_it_is_too_long) {
    message_reader reader;
    reader.feed("$" + std::string(message_reader::longest_payload, 'a'));
    BOOST_TEST(!reader.next());
    reader.feed(std::string(message_reader::longest_payload, 'a'));
    const auto broken = reader.next();
    BOOST_TEST_REQUIRE(broken.has_value());
    BOOST_TEST((broken->what == message::kind::broken));
    reader.feed("$OK#9a");
    BOOST_TEST(reader.next().value_or(message{}).payload == "OK");
}

BOOST_AUTO_TEST_CASE(random_payloads_come_back_however_the_stream_is_cut) {
    constexpr unsigned seed = 20261121, rounds = 300;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (unsigned round = 0; round < rounds; ++round) {
        std::vector<std::string> payloads(1 + random() % 5);
        std::string stream;
        for (auto& payload : payloads) {
            payload.resize(random() % 40);
            std::ranges::generate(payload, [&] { return static_cast<char>(random() % 256); });
            stream += framed(payload);
        }
        message_reader reader;
        std::vector<std::string> seen;
        while (!stream.empty()) {
            const std::size_t piece = std::min<std::size_t>(stream.size(), 1 + random() % 20);
            reader.feed(std::string_view(stream).substr(0, piece));
            stream.erase(0, piece);
            for (const auto& message : all_of(reader)) {
                BOOST_TEST((message.what == message::kind::packet));
                seen.push_back(message.payload);
            }
        }
        BOOST_TEST((seen == payloads));
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_hexadecimal_and_nothing_else) {
    BOOST_TEST(number_from_hex("80000000").value_or(0) == 0x80000000U);
    BOOST_TEST(number_from_hex("FfFfFfFf").value_or(0) == 0xffffffffU);
    for (const auto* wrong : {"", "-1", "+1", "0x1", "1g", "100000000", " 1"}) {
        BOOST_TEST(!number_from_hex(wrong), wrong);
    }
    BOOST_TEST(word_from_hex("78563412").value_or(0) == 0x12345678U);
    BOOST_TEST(!word_from_hex("785634"));
    BOOST_TEST(!from_hex("123"));
    BOOST_TEST(word_to_hex(0x12345678) == "78563412");
}
