#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace eyeriss::test {

/// Sends random reads and writes by all ways there are (four phases with and without delays, b_transport,
/// debug) to a memory and does the same to a plain array. Answers responses at once or late, so that the
/// memory has to hold others back.
class random_initiator : public sc_core::sc_module, private tlm::tlm_mm_interface {
public:
    tlm_utils::simple_initiator_socket<random_initiator> socket{"socket"};

    struct habits {
        unsigned transactions = 1000, in_flight = 32, most_bytes = 200;
        unsigned most_pause_ns = 20;
        bool late_responses = true, blocking = true, debug = true;
    };

    random_initiator(sc_core::sc_module_name name, habits h, unsigned seed, std::span<std::uint8_t> plain)
        : sc_module(name), habits_(h), random_(seed), plain_(plain) {
        socket.register_nb_transport_bw(this, &random_initiator::backward);
        SC_HAS_PROCESS(random_initiator);
        SC_THREAD(send_all);
        SC_METHOD(end_response);
        sensitive << response_due_;
        dont_initialize();
    }

    [[nodiscard]] unsigned answered() const { return answered_; }
    [[nodiscard]] unsigned sent() const { return sent_; }
    [[nodiscard]] const std::string& fault() const { return fault_; }

private:
    struct item {
        tlm::tlm_generic_payload payload;
        std::vector<unsigned char> data, expected, enables;
        bool used = false;
    };

    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    item& draw() {
        auto found = std::find_if(items_.begin(), items_.end(), [](const item& i) { return !i.used; });
        item& i = found == items_.end() ? items_.emplace_back() : *found;
        i.used = true;
        const auto bytes = 1 + static_cast<unsigned>(below(habits_.most_bytes));
        i.data.resize(bytes);
        for (auto& d : i.data) {
            d = static_cast<unsigned char>(random_());
        }
        i.payload.set_mm(this);
        i.payload.set_command(below(2) == 0 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
        i.payload.set_address(below(plain_.size() - bytes));
        i.payload.set_data_ptr(i.data.data());
        i.payload.set_data_length(bytes);
        i.payload.set_streaming_width(below(8) == 0 ? 1 + static_cast<unsigned>(below(bytes)) : bytes);
        i.enables.clear();
        if (below(4) == 0) {
            i.enables.resize(1 + below(9));
            for (auto& e : i.enables) {
                e = below(2) == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
            }
        }
        i.payload.set_byte_enable_ptr(i.enables.empty() ? nullptr : i.enables.data());
        i.payload.set_byte_enable_length(static_cast<unsigned>(i.enables.size()));
        i.payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        return i;
    }

    /// The same on the plain array; what a read must bring goes to `expected`.
    void mirror(item& i) {
        i.expected = i.data;
        const auto width = i.payload.get_streaming_width();
        for (unsigned b = 0; b < i.data.size(); ++b) {
            if (!i.enables.empty() && i.enables[b % i.enables.size()] != TLM_BYTE_ENABLED) {
                continue;
            }
            auto& cell = plain_[i.payload.get_address() + b % width];
            if (i.payload.is_write()) {
                cell = i.data[b];
            } else {
                i.expected[b] = cell;
            }
        }
    }

    void check(item& i) {
        ++answered_;
        if (i.payload.get_response_status() != tlm::TLM_OK_RESPONSE) {
            fault_ = i.payload.get_response_string();
        } else if (i.data != i.expected && fault_.empty()) {
            fault_ = "wrong data from address " + std::to_string(i.payload.get_address());
        }
    }

    void send_all() {
        while (sent_ < habits_.transactions) {
            if (below(3) == 0) {
                wait(sc_core::sc_time(static_cast<double>(below(habits_.most_pause_ns + 1)), sc_core::SC_NS));
            }
            while (request_open_ || sent_ - answered_ >= habits_.in_flight) {
                wait(progress_);
            }
            item& i = draw();
            ++sent_;
            const auto way = below(8);
            if (way == 0 && habits_.debug) {
                debug(i);
            } else if (way == 1 && habits_.blocking) {
                block(i);
            } else {
                request(i);
            }
        }
    }

    void debug(item& i) {
        i.enables.clear();
        i.payload.set_byte_enable_ptr(nullptr);
        i.payload.set_streaming_width(static_cast<unsigned>(i.data.size()));
        mirror(i);
        i.payload.acquire();
        if (socket->transport_dbg(i.payload) != i.data.size()) {
            fault_ = "debug moved too little";
        }
        i.payload.set_response_status(tlm::TLM_OK_RESPONSE);
        check(i);
        i.payload.release();
    }

    void block(item& i) {
        mirror(i);
        i.payload.acquire();
        sc_core::sc_time delay;
        socket->b_transport(i.payload, delay);
        check(i);
        i.payload.release();
    }

    void request(item& i) {
        mirror(i);
        i.payload.acquire();
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        const auto earliest = std::max(request_end_, sc_core::sc_time_stamp()) - sc_core::sc_time_stamp();
        sc_core::sc_time delay =
            earliest + sc_core::sc_time(static_cast<double>(below(2) * below(30)), sc_core::SC_NS);
        request_open_ = true;
        const auto answer = socket->nb_transport_fw(i.payload, phase, delay);
        if (answer == tlm::TLM_UPDATED && phase == tlm::END_REQ) {
            request_open_ = false;
            request_end_ = sc_core::sc_time_stamp() + delay;
        } else if (answer == tlm::TLM_COMPLETED) {
            request_open_ = false;
            check(i);
            i.payload.release();
        }
    }

    tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                sc_core::sc_time& delay) {
        progress_.notify(sc_core::SC_ZERO_TIME);
        if (phase == tlm::END_REQ) {
            request_open_ = false;
            request_end_ = sc_core::sc_time_stamp() + delay;
            return tlm::TLM_ACCEPTED;
        }
        item& i = *std::find_if(items_.begin(), items_.end(),
                                [&](const item& x) { return &x.payload == &payload; });
        check(i);
        if (habits_.late_responses && below(3) == 0) {
            pending_ = &payload;
            response_due_.notify(delay + sc_core::sc_time(static_cast<double>(below(60)), sc_core::SC_NS));
            return tlm::TLM_ACCEPTED;
        }
        delay += sc_core::sc_time(static_cast<double>(below(3)), sc_core::SC_NS);
        payload.release();
        return tlm::TLM_COMPLETED;
    }

    void end_response() {
        tlm::tlm_generic_payload& payload = *pending_;
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        socket->nb_transport_fw(payload, phase, delay);
        payload.release();
        progress_.notify(sc_core::SC_ZERO_TIME);
    }

    void free(tlm::tlm_generic_payload* payload) override {
        std::find_if(items_.begin(), items_.end(), [&](const item& i) {
            return &i.payload == payload;
        })->used = false;
    }

    habits habits_;
    std::mt19937_64 random_;
    std::span<std::uint8_t> plain_;
    std::deque<item> items_;
    tlm::tlm_generic_payload* pending_ = nullptr;
    bool request_open_ = false;
    sc_core::sc_time request_end_;
    sc_core::sc_event progress_, response_due_;
    unsigned sent_ = 0, answered_ = 0;
    std::string fault_;
};

}  // namespace eyeriss::test
