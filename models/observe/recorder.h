#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What models tell whoever listens: transactions on streams (doc/traces.md lists them). Plain C++, no
/// kernel.
///
/// A publisher holds a pointer to a recorder, null while nobody listens, and asks wants() before it gathers
/// anything. Times are simulated picoseconds and may lie ahead of the kernel; transactions come in no order
/// of time, and a child may come before its parent.
namespace eyeriss::observe {

using picoseconds = std::uint64_t;
using stream_id = std::uint32_t;
using transaction_id = std::uint64_t;  ///< from 1; 0: none

inline constexpr std::uint32_t no_layer = 0xffffffff;

/// What a stream's transactions are.
enum class stream_kind : std::uint8_t {
    layer,         ///< layers and their configuration
    pass,          ///< passes of the array
    transfer,      ///< lists of stretches that the DMA moves
    burst,         ///< bursts of a transfer on a port of the DMA
    dram_command,  ///< commands on a channel of the DRAM, by bank
    cluster,       ///< what the PEs of a cluster spent their cycles on, a pass
    network,       ///< words over a network's links, a pass
    link,          ///< a port of a network with the links of its circuit, a pass
    bank,          ///< fills of a GLB bank
    function,      ///< functions of the firmware
};
inline constexpr unsigned stream_kinds = 10;
/// "layer", "pass", ... as traces name them.
[[nodiscard]] std::string_view name_of(stream_kind kind);

struct stream {
    std::string name;  ///< dotted, e.g. "noc.iact.c3.p1"
    stream_kind kind = stream_kind::layer;
    unsigned index = 0;  ///< of its cluster, network or bank, where there are several
};

/// A number that belongs to a transaction. `name` must outlive every listener: a literal.
struct attribute {
    std::string_view name;
    std::int64_t value = 0;
};

struct transaction {
    stream_id stream = 0;
    transaction_id id = 0;      ///< 0: record() gives one
    transaction_id parent = 0;  ///< the transaction that it is part of
    picoseconds begin = 0, end = 0;
    std::string_view name{};  ///< valid during the call
    std::span<const attribute> attributes{};
    std::uint32_t layer = no_layer;  ///< set by record(): the layer that was running
};

/// A set of kinds.
class kind_set {
public:
    constexpr kind_set() = default;
    constexpr kind_set(std::initializer_list<stream_kind> kinds) {
        for (const stream_kind k : kinds) bits_ |= bit(k);
    }
    [[nodiscard]] static constexpr kind_set all() {
        kind_set out;
        out.bits_ = (1U << stream_kinds) - 1;
        return out;
    }
    [[nodiscard]] constexpr bool has(stream_kind k) const { return (bits_ & bit(k)) != 0; }
    constexpr kind_set& operator|=(kind_set other) {
        bits_ |= other.bits_;
        return *this;
    }

private:
    static constexpr unsigned bit(stream_kind k) { return 1U << static_cast<unsigned>(k); }
    unsigned bits_ = 0;
};

/// Somebody who listens, called from within the models; changes nothing there.
class subscriber {
public:
    subscriber() = default;
    subscriber(const subscriber&) = delete;
    subscriber& operator=(const subscriber&) = delete;
    virtual ~subscriber() = default;
    /// Kinds that it wants to hear of; others cost nothing. Asked once.
    [[nodiscard]] virtual kind_set wanted() const = 0;
    virtual void opened(stream_id id, const stream& s) = 0;
    virtual void recorded(const transaction& t) = 0;
};

/// Where models publish: gives out numbers and hands on to subscribers.
class recorder {
public:
    /// Adds a stream; all subscribers hear of it.
    stream_id open(std::string name, stream_kind kind, unsigned index = 0);
    /// True when somebody wants transactions of this kind.
    [[nodiscard]] bool wants(stream_kind k) const { return wanted_.has(k); }
    /// The first of `count` numbers in a row, for transactions that have children before they end.
    transaction_id reserve(std::uint64_t count = 1);
    /// Hands a transaction to those who want its kind. Returns its number.
    transaction_id record(transaction t);
    /// Layer (index in the network) that runs from now on; no_layer: none.
    void set_layer(std::uint32_t layer) { layer_ = layer; }

    /// Adds a listener, which must outlive the models' use of this; it hears of all streams so far.
    void subscribe(subscriber& s);
    [[nodiscard]] std::span<const stream> streams() const { return streams_; }

private:
    struct listener {
        std::reference_wrapper<subscriber> who;
        kind_set wanted;
    };
    std::vector<stream> streams_;  ///< by id - 1
    std::vector<listener> listeners_;
    kind_set wanted_;
    transaction_id last_ = 0;
    std::uint32_t layer_ = no_layer;
};

}  // namespace eyeriss::observe
