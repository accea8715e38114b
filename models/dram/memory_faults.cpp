#include "models/dram/memory_faults.h"

#include <algorithm>
#include <cstring>

namespace eyeriss::dram {
namespace {

constexpr std::uint64_t word_bytes = 8;
constexpr unsigned data_bits = 64;

}  // namespace

memory_faults::memory_faults(std::span<std::uint8_t> memory, bool ecc)
    : memory_(memory), ecc_(ecc), code_(data_bits) {}

std::uint64_t memory_faults::stored(std::uint64_t word) const {
    std::uint64_t data = 0;
    std::memcpy(&data, memory_.data() + word * word_bytes, word_bytes);
    return data;
}

void memory_faults::store(std::uint64_t word, std::uint64_t data) {
    std::memcpy(memory_.data() + word * word_bytes, &data, word_bytes);
}

void memory_faults::refuse_dmi(std::uint64_t address) {
    const std::uint64_t first = address / block_bytes * block_bytes;
    if (withdraw_) withdraw_(first, first + block_bytes - 1);
}

void memory_faults::flip(std::uint64_t address, unsigned bit, std::uint64_t access) {
    const std::uint64_t word = address / word_bytes;
    if (access > 0) {
        pending_.push_back({word, bit, access});
        refuse_dmi(address);
    } else {
        flip_now(word, bit);
    }
}

void memory_faults::flip_now(std::uint64_t word, unsigned bit) {
    const std::uint64_t data = stored(word);
    if (!ecc_) {
        if (bit < data_bits) store(word, data ^ std::uint64_t{1} << bit);
        return;
    }
    const auto known = checks_.find(word);
    faults::secded::code_word kept{data, known != checks_.end() ? known->second : code_.encode(data).check};
    code_.flip(kept, bit);
    store(word, kept.data);
    if (code_.encode(kept.data) == kept) {
        checks_.erase(word);
        return;
    }
    checks_[word] = kept.check;
    refuse_dmi(word * word_bytes);
}

void memory_faults::fail(std::optional<std::uint64_t> address, unsigned times, std::uint64_t access) {
    failures_.push_back({address, times, std::max<std::uint64_t>(access, 1)});
    if (address) refuse_dmi(*address);
}

void memory_faults::flip_due(std::uint64_t first, std::uint64_t last) {
    const auto due = [&](pending_flip& p) {
        const std::uint64_t begin = p.word * word_bytes;
        if (begin > last || begin + word_bytes <= first || --p.access > 0) return false;
        flip_now(p.word, p.bit);
        return true;
    };
    std::erase_if(pending_, due);
}

bool memory_faults::fails(std::uint64_t first, std::uint64_t last) {
    for (auto f = failures_.begin(); f != failures_.end(); ++f) {
        if (f->address && (*f->address < first || *f->address > last)) continue;
        if (f->access > 1) {
            --f->access;
            continue;
        }
        if (f->times > 0 && --f->times == 0) failures_.erase(f);
        return true;
    }
    return false;
}

/// Corrects a word that was hit; false when it cannot be corrected.
bool memory_faults::check_word(std::uint64_t word) {
    const auto known = checks_.find(word);
    const auto found = code_.decode({stored(word), known->second});
    const bool good = found.state != faults::word_state::uncorrectable;
    if (good) {
        store(word, found.data);
        checks_.erase(known);
    }
    ++(good ? corrected_ : uncorrectable_);
    if (observer_) observer_(word * word_bytes, good);
    return good;
}

bool memory_faults::admit(tlm::tlm_generic_payload& transaction) {
    const std::uint64_t reach =
        std::min<std::uint64_t>(transaction.get_data_length(), transaction.get_streaming_width());
    const std::uint64_t first = transaction.get_address();
    const bool moves = transaction.get_command() != tlm::TLM_IGNORE_COMMAND && reach > 0 &&
                       first < memory_.size() && reach <= memory_.size() - first;
    if (!moves) return true;
    const std::uint64_t last = first + reach - 1;
    flip_due(first, last);
    if (fails(first, last)) {
        transaction.set_dmi_allowed(false);
        transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return false;
    }
    const bool plain_write = transaction.is_write() && transaction.get_byte_enable_ptr() == nullptr;
    bool good = true;
    for (auto c = checks_.lower_bound(first / word_bytes);
         c != checks_.end() && c->first * word_bytes <= last;) {
        const std::uint64_t word = (c++)->first;
        const bool whole = word * word_bytes >= first && (word + 1) * word_bytes <= last + 1;
        if (plain_write && whole) {
            checks_.erase(word);
        } else {
            good = check_word(word) && good;
        }
    }
    if (!good) {
        transaction.set_dmi_allowed(false);
        transaction.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
    return good;
}

void memory_faults::overwritten(std::uint64_t address, std::uint64_t bytes) {
    if (bytes == 0) return;
    checks_.erase(checks_.lower_bound(address / word_bytes),
                  checks_.upper_bound((address + bytes - 1) / word_bytes));
}

bool memory_faults::is_refused(std::uint64_t block) const {
    const auto in_block = [&](std::uint64_t address) { return address / block_bytes == block; };
    const auto first = checks_.lower_bound(block * block_bytes / word_bytes);
    return (first != checks_.end() && in_block(first->first * word_bytes)) ||
           std::ranges::any_of(pending_, [&](const auto& p) { return in_block(p.word * word_bytes); }) ||
           std::ranges::any_of(failures_, [&](const auto& f) { return f.address && in_block(*f.address); });
}

bool memory_faults::limit(tlm::tlm_dmi& dmi, std::uint64_t address) const {
    std::vector<std::uint64_t> blocks;
    blocks.reserve(checks_.size() + pending_.size() + failures_.size());
    for (const auto& [word, check] : checks_) blocks.push_back(word * word_bytes / block_bytes);
    for (const auto& p : pending_) blocks.push_back(p.word * word_bytes / block_bytes);
    for (const auto& f : failures_) {
        if (f.address) blocks.push_back(*f.address / block_bytes);
    }
    const std::uint64_t own = address / block_bytes;
    std::uint64_t first = dmi.get_start_address();
    std::uint64_t last = dmi.get_end_address();
    const bool refused = is_refused(own);
    if (refused) {
        first = std::max(first, own * block_bytes);
        last = std::min(last, (own + 1) * block_bytes - 1);
    }
    for (const std::uint64_t block : blocks) {
        if (block < own) first = std::max(first, (block + 1) * block_bytes);
        if (block > own) last = std::min(last, block * block_bytes - 1);
    }
    if (refused) {
        dmi.allow_none();
    } else {
        dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (first - dmi.get_start_address()));
    }
    dmi.set_start_address(first);
    dmi.set_end_address(last);
    return !refused;
}

}  // namespace eyeriss::dram
