#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace eyeriss::dram {

/// Times in ps in buckets that widen with the value: at most 1/64 of it, so that a percentile is at most 1.6
/// % above the exact one. Count, sum, smallest and largest are exact.
class latency_histogram {
public:
    void add(std::uint64_t ps) {
        const std::size_t b = bucket(ps);
        if (b >= counts_.size()) {
            counts_.resize(b + 1);
        }
        ++counts_[b];
        ++count_;
        sum_ += ps;
        smallest_ = std::min(smallest_, ps);
        largest_ = std::max(largest_, ps);
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double mean_ps() const {
        return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
    }
    [[nodiscard]] std::uint64_t smallest_ps() const { return count_ == 0 ? 0 : smallest_; }
    [[nodiscard]] std::uint64_t largest_ps() const { return largest_; }
    /// The time that `percent` of all do not exceed; 0 when there are none.
    [[nodiscard]] std::uint64_t percentile_ps(double percent) const {
        std::uint64_t left = static_cast<std::uint64_t>(static_cast<double>(count_) * percent / 100.0);
        for (std::size_t b = 0; b < counts_.size(); ++b) {
            if (counts_[b] > left || (counts_[b] == left && left > 0 && count_ == left)) {
                return std::clamp(last_of(b), smallest_ps(), largest_);
            }
            left -= counts_[b];
        }
        return largest_;
    }

private:
    static constexpr unsigned fine_bits = 6;
    static std::size_t bucket(std::uint64_t ps) {
        const auto width = static_cast<unsigned>(std::bit_width(ps));
        const unsigned shift = width > fine_bits + 1 ? width - fine_bits - 1 : 0;
        return (std::size_t{shift} << fine_bits) + static_cast<std::size_t>(ps >> shift);
    }
    static std::uint64_t last_of(std::size_t b) {
        const std::size_t exact = std::size_t{2} << fine_bits;
        if (b < exact) {
            return b;
        }
        const auto shift = (b >> fine_bits) - 1;
        return ((std::uint64_t{b} - (shift << fine_bits) + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0, sum_ = 0, largest_ = 0;
    std::uint64_t smallest_ = std::numeric_limits<std::uint64_t>::max();
};

/// Bytes over time in equal windows. At most 1024 windows are kept: a longer run doubles their width.
class bandwidth_windows {
public:
    void add(std::uint64_t at_ps, std::uint64_t bytes) {
        while (at_ps / width_ps_ >= most) {
            merge();
        }
        const auto w = static_cast<std::size_t>(at_ps / width_ps_);
        if (w >= bytes_.size()) {
            bytes_.resize(w + 1);
        }
        bytes_[w] += bytes;
    }

    [[nodiscard]] std::uint64_t width_ps() const { return width_ps_; }
    [[nodiscard]] const std::vector<std::uint64_t>& bytes() const { return bytes_; }

private:
    static constexpr std::size_t most = 1024;
    void merge() {
        for (std::size_t i = 0; i < bytes_.size(); ++i) {
            const auto value = bytes_[i];
            bytes_[i] = 0;
            bytes_[i / 2] += value;
        }
        bytes_.resize((bytes_.size() + 1) / 2);
        width_ps_ *= 2;
    }

    std::uint64_t width_ps_ = std::uint64_t{1} << 20U;  ///< about a microsecond
    std::vector<std::uint64_t> bytes_;
};

}  // namespace eyeriss::dram
