#include "models/pe/operands.h"

#include <algorithm>
#include <array>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace eyeriss::pe {

namespace {

constexpr unsigned pair_bits = 12;
constexpr unsigned address_bits = 4;
constexpr unsigned max_run = 15;

/// A bit a value, set where it is not zero, for up to 64 values.
std::uint64_t nonzero_bits(const std::int16_t* values, std::size_t count) {
    std::uint64_t bits = 0;
    std::size_t i = 0;
#if defined(__x86_64__)
    constexpr std::size_t lanes = 16;
    const __m128i zero = _mm_setzero_si128();
    for (; i + lanes <= count; i += lanes) {
        const auto* at = reinterpret_cast<const __m128i*>(values + i);
        const __m128i low = _mm_cmpeq_epi16(_mm_loadu_si128(at), zero);
        const __m128i high = _mm_cmpeq_epi16(_mm_loadu_si128(at + 1), zero);
        const auto zeros = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
        bits |= std::uint64_t{~zeros & 0xffffU} << i;
    }
#endif
    for (; i < count; ++i) bits |= std::uint64_t{values[i] != 0 ? 1U : 0U} << i;
    return bits;
}

/// Pairs that a segment is stored in: one a non-zero value, and one for each run of zeros before it that is
/// longer than a pair can count.
unsigned pairs_of(std::span<const std::int16_t> segment) {
    unsigned count = 0;
    unsigned run = 0;
    unsigned broken = 0;
    for (const std::int16_t value : segment) {
        if (value != 0) {
            count += broken + 1;
            run = broken = 0;
        } else if (run++ == max_run) {
            ++broken;
            run = 0;
        }
    }
    return count;
}

/// `count` bits of a mask that is followed by a spare word, at most 64.
std::uint64_t bits_at(std::span<const std::uint64_t> mask, std::size_t first, unsigned count) {
    const std::size_t word = first / 64;
    const unsigned shift = first % 64;
    const std::uint64_t low = mask[word] >> shift;
    const std::uint64_t bits = shift == 0 ? low : low | mask[word + 1] << (64 - shift);
    return count == 64 ? bits : bits & ((std::uint64_t{1} << count) - 1);
}

/// Adds up, for each of up to 64 places, in how many of many masks its bit is set: digit by digit of the
/// binary counts, all places at once.
class place_counts {
public:
    void add(std::uint64_t mask) {
        for (std::size_t digit = 0; mask != 0; ++digit) {
            const std::uint64_t carry = digits_[digit] & mask;
            digits_[digit] ^= mask;
            used_ = std::max(used_, digit + 1);
            mask = carry;
        }
    }
    void store(std::span<std::uint32_t> counts) const {
        for (std::size_t k = 0; k < counts.size(); ++k) {
            std::uint32_t count = 0;
            for (std::size_t digit = 0; digit < used_; ++digit)
                count |= static_cast<std::uint32_t>(digits_[digit] >> k & 1U) << digit;
            counts[k] = count;
        }
    }

private:
    std::array<std::uint64_t, 32> digits_{};
    std::size_t used_ = 0;
};

/// For each column k below `columns`, in how many windows bit f*step + k of a mask is set.
void count_columns(std::span<const std::uint64_t> mask, unsigned windows, unsigned step, unsigned columns,
                   std::span<std::uint32_t> counts) {
    constexpr unsigned at_once = 64;
    const unsigned walked = std::min(step, columns);
    for (unsigned first = 0; first < walked; first += at_once) {
        const unsigned places = std::min(walked - first, at_once);
        place_counts sums;
        for (unsigned f = 0; f < windows; ++f) sums.add(bits_at(mask, std::size_t{f} * step + first, places));
        sums.store(counts.subspan(first, places));
    }
    const auto bit = [&](std::size_t i) { return static_cast<unsigned>(mask[i / 64] >> (i % 64) & 1U); };
    // A column a segment further sees the same iacts a window earlier.
    for (unsigned k = walked; k < columns; ++k) {
        const std::size_t leaves = k - step;
        counts[k] = counts[leaves] - bit(leaves) + bit(std::size_t{windows} * step + leaves);
    }
}

/// A mask without the bits outside [begin, end).
std::vector<std::uint64_t> within(std::vector<std::uint64_t> mask, std::size_t begin, std::size_t end) {
    for (std::size_t word = 0; word < mask.size(); ++word) {
        const std::size_t first = word * 64;
        if (first + 64 <= begin || first >= end) {
            mask[word] = 0;
            continue;
        }
        if (first < begin) mask[word] &= ~std::uint64_t{0} << (begin - first);
        if (first + 64 > end) mask[word] &= ~std::uint64_t{0} >> (first + 64 - end);
    }
    return mask;
}

}  // namespace

void iact_operands::index(std::span<const std::int16_t> values, unsigned port_bits, unsigned raw_bits) {
    const std::size_t total = std::size_t{segments} * segment_values;
    nonzero.assign(total / 64 + 2, 0);
    for (std::size_t i = 0; i < total; i += 64)
        nonzero[i / 64] = nonzero_bits(values.data() + i, std::min<std::size_t>(64, total - i));
    pairs.resize(segments);
    words_to.resize(segments);
    std::uint64_t bits = 0;
    all_pairs = 0;
    for (unsigned j = 0; j < segments; ++j) {
        const std::size_t first = std::size_t{j} * segment_values;
        unsigned count = segment_values;
        if (!dense) {
            // No run of zeros in so short a segment is too long for the pair behind it.
            count = segment_values <= max_run + 1
                        ? static_cast<unsigned>(std::popcount(bits_at(nonzero, first, segment_values)))
                        : pairs_of(values.subspan(first, segment_values));
        }
        pairs[j] = static_cast<std::uint16_t>(count);
        all_pairs += count;
        bits += dense ? std::uint64_t{segment_values} * raw_bits
                      : std::uint64_t{count} * pair_bits + address_bits;
        words_to[j] = static_cast<std::uint32_t>((bits + port_bits - 1) / port_bits);
    }
}

void iact_operands::count_hits(unsigned window_count, unsigned column_count) {
    windows = window_count;
    columns = column_count;
    hits.assign(padded_columns(columns), 0);
    count_columns(nonzero, windows, segment_values, columns, hits);
    const auto in_image = within(nonzero, inside_begin, inside_end);
    inside = hits;
    if (in_image != nonzero) count_columns(in_image, windows, segment_values, columns, inside);
}

void weight_operands::index(std::span<const csc::weight_tile::column> columns, unsigned mac_count) {
    macs = mac_count;
    empty_columns = false;
    once = {};
    column_words.resize(columns.size());
    for (auto* counts : {&nonzero, &stored, &words, &both, &single})
        counts->assign(padded_columns(static_cast<unsigned>(columns.size())), 0);
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto& c = columns[k];
        nonzero[k] = c.nonzero;
        stored[k] = c.stored;
        words[k] = static_cast<std::uint16_t>(c.words());
        both[k] = macs == 1 ? std::uint16_t{0} : c.both;
        single[k] = macs == 1 ? c.nonzero : c.single;
        column_words[k] = macs == 1 ? stored[k] : words[k];
        empty_columns = empty_columns || words[k] == 0;
        once.nonzero += nonzero[k];
        once.stored += stored[k];
        once.words += words[k];
        once.both += both[k];
        once.single += single[k];
    }
}

namespace {

template <typename Sum>
row_sums sums_of(const iact_operands& iacts, const weight_operands& weights) {
    Sum met = 0, inside = 0, nonzero = 0, stored = 0, words = 0, both = 0, single = 0;
    for (unsigned k = 0; k < iacts.columns; ++k) {
        const Sum n = iacts.hits[k];
        met += n;
        inside += Sum{iacts.inside[k]} * weights.nonzero[k];
        nonzero += n * weights.nonzero[k];
        stored += n * weights.stored[k];
        words += n * weights.words[k];
        both += n * weights.both[k];
        single += n * weights.single[k];
    }
    return {met, inside, {nonzero, stored, words, both, single}};
}

#if defined(__x86_64__)

/// Eight columns at a time, padding included.
__attribute__((target("avx2"))) row_sums narrow_sums_avx2(const iact_operands& iacts,
                                                          const weight_operands& weights) {
    constexpr unsigned lanes = 8;
    enum sum : unsigned { met, inside, nonzero, stored, words, both, single, sums };
    __m256i total[sums];
    for (auto& t : total) t = _mm256_setzero_si256();
    const unsigned columns = padded_columns(iacts.columns);
    for (unsigned k = 0; k < columns; k += lanes) {
        const auto hits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(iacts.hits.data() + k));
        const auto in_image = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(iacts.inside.data() + k));
        const auto of = [k](const std::vector<std::uint16_t>& counts) __attribute__((target("avx2"))) {
            return _mm256_cvtepu16_epi32(
                _mm_loadu_si128(reinterpret_cast<const __m128i*>(counts.data() + k)));
        };
        const __m256i nonzeros = of(weights.nonzero);
        const __m256i products[sums] = {hits,
                                        _mm256_mullo_epi32(in_image, nonzeros),
                                        _mm256_mullo_epi32(hits, nonzeros),
                                        _mm256_mullo_epi32(hits, of(weights.stored)),
                                        _mm256_mullo_epi32(hits, of(weights.words)),
                                        _mm256_mullo_epi32(hits, of(weights.both)),
                                        _mm256_mullo_epi32(hits, of(weights.single))};
        for (unsigned i = 0; i < sums; ++i) total[i] = _mm256_add_epi32(total[i], products[i]);
    }
    std::uint32_t out[sums];
    for (unsigned i = 0; i < sums; ++i) {
        const __m128i four =
            _mm_add_epi32(_mm256_castsi256_si128(total[i]), _mm256_extracti128_si256(total[i], 1));
        const __m128i two = _mm_add_epi32(four, _mm_srli_si128(four, 8));
        out[i] = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_add_epi32(two, _mm_srli_si128(two, 4))));
    }
    return {out[met], out[inside], {out[nonzero], out[stored], out[words], out[both], out[single]}};
}

#endif

}  // namespace

row_sums sum_row(const iact_operands& iacts, const weight_operands& weights) {
    // No sum exceeds what all columns hold for every window.
    const std::uint64_t most = std::max<std::uint64_t>(weights.once.stored, iacts.columns) * iacts.windows;
    if (most > UINT32_MAX) return sums_of<std::uint64_t>(iacts, weights);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) return narrow_sums_avx2(iacts, weights);
#endif
    return sums_of<std::uint32_t>(iacts, weights);
}

}  // namespace eyeriss::pe
