#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "noc/network.h"

namespace eyeriss::test {

/// A network with a source and a sink at every socket, for arrays of one PE row a cluster. A sink adds itself
/// to a burst's arrivals: those of iacts and weights by cluster, psum banks from `first_bank` on, bottom PEs
/// from `first_bottom` on, both by cluster and column.
template <typename Network>
struct network_bench : sc_core::sc_module {
    static constexpr unsigned first_bank = 100, first_bottom = 200;

    noc::noc_parameters p;
    Network net;
    sc_core::sc_vector<noc::stream_out<network_bench>> iact, weight, bank, top;
    sc_core::sc_vector<noc::stream_in<network_bench>> iact_sink, weight_sink, bank_sink, bottom_sink;
    std::vector<std::uint32_t> words;  ///< of configuration

    explicit network_bench(const noc::noc_parameters& parameters)
        : sc_module("bench"),
          p(parameters),
          net("net", p, sc_core::sc_time(5, sc_core::SC_NS)),
          iact("iact", p.clusters()),
          weight("weight", p.clusters()),
          bank("bank", p.clusters() * p.pe_cols),
          top("top", p.clusters() * p.pe_cols),
          iact_sink("iact_sink", p.clusters()),
          weight_sink("weight_sink", p.clusters()),
          bank_sink("bank_sink", p.clusters() * p.pe_cols),
          bottom_sink("bottom_sink", p.clusters() * p.pe_cols),
          words(std::size_t{p.clusters()} * net.config_words_per_cluster()) {
        for (unsigned c = 0; c < p.clusters(); ++c) {
            join(iact[c], net.iact_source(c, 0), net.iact_sink(c, 0), iact_sink[c], c);
            join(weight[c], net.weight_source(c, 0), net.weight_sink(c, 0), weight_sink[c], c);
            for (unsigned col = 0; col < p.pe_cols; ++col) {
                const unsigned i = c * p.pe_cols + col;
                join(bank[i], net.psum_bank_source(c, col), net.psum_bank_sink(c, col), bank_sink[i],
                     first_bank + i);
                join(top[i], net.psum_pe_source(c, col), net.psum_pe_sink(c, col), bottom_sink[i],
                     first_bottom + i);
            }
        }
    }

    /// A burst of ten words for `pes`, as it is when it has been everywhere.
    static noc::burst send(noc::stream_out<network_bench>& from, std::uint32_t pes) {
        noc::burst b;
        b.words = 10;
        b.pes = pes;
        sc_core::sc_time delay;
        from->b_transport(b, delay);
        return b;
    }
    std::string configure() {
        unsigned bad_cluster = 0;
        return net.configure(words, bad_cluster);
    }

protected:
    /// Writes bits of a cluster's configuration from `bit` on, which goes on behind them.
    void put(unsigned cluster, std::size_t& bit, unsigned value, unsigned bits) {
        const std::size_t first = std::size_t{cluster} * net.config_words_per_cluster() * 32;
        for (unsigned i = 0; i < bits; ++i, ++bit) {
            words[(first + bit) / 32] |= (value >> i & 1U) << (first + bit) % 32;
        }
    }
    virtual void take(int sink, noc::burst& b, sc_core::sc_time& delay) {
        b.arrivals.push_back({static_cast<std::uint32_t>(sink), delay});
    }

private:
    void join(noc::stream_out<network_bench>& from, noc::network::source& source, noc::network::sink& sink,
              noc::stream_in<network_bench>& to, unsigned number) {
        from.bind(source);
        to.register_b_transport(this, &network_bench::take, static_cast<int>(number));
        sink.bind(to);
    }
};

}  // namespace eyeriss::test
