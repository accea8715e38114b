#include <algorithm>

#include "models/accelerator/array.h"

// What PEs, banks and links did in a layer.

namespace eyeriss::accelerator {

void array::count(layer_report& report) const {
    constexpr unsigned pair_bits = 12;
    report.macs_nominal += counts_.macs_nominal;
    report.macs_effectual += counts_.macs_effectual;
    report.psum_overflows += counts_.psum_overflows;
    report.actions += counts_.actions;
    report.actions[energy::action::psum_hop] += counts_.psum_words_in - counts_.psum_words_entered;
    const std::uint64_t psum_bits = counts_.psum_accesses / 2 * m_.pe.psum_bits;
    report.spad_read_bytes =
        (counts_.iact_reads * pair_bits + counts_.weight_words * m_.noc.weight_port_bits + psum_bits) / 8;
    report.spad_write_bytes =
        (counts_.iact_fills * pair_bits + counts_.weight_fills * m_.noc.weight_port_bits + psum_bits) / 8;
    for (const auto& glb : glbs_) {
        report.glb_read_bytes += glb.read_bytes();
        report.glb_write_bytes += glb.write_bytes();
        report.actions += glb.actions();
    }
    const auto words = [](const noc::network::traffic& t, unsigned bits) {
        return link_words{t.mesh, t.local, bits, t.buffered};
    };
    report.iact = words(network_->iact_traffic(), m_.noc.iact_port_bits);
    report.weight = words(network_->weight_traffic(), m_.noc.weight_port_bits);
    report.psum = words(network_->psum_traffic(), m_.noc.psum_port_bits);
    report.config_bits = std::uint64_t{network_->config_bits_per_cluster()} * m_.noc.clusters();
}

void array::summarise_links(layer_report& report) const {
    const auto charge = [](link_summary& links, const arch::timing::port_ledger& port) {
        ++links.driven;
        links.all.busy += port.busy;
        links.all.stalled += port.stalled;
        links.all.idle += port.idle;
        links.busiest = std::max(links.busiest, port.busy);
    };
    for (const auto& link : network_->driven_links()) {
        switch (link.kind) {
            case noc::port_kind::iact:
                charge(report.iact_links, report.ledgers.iact[link.port]);
                break;
            case noc::port_kind::weight:
                charge(report.weight_links, report.ledgers.weight[link.port]);
                break;
            case noc::port_kind::psum_in:
                charge(report.psum_links, report.ledgers.psum_in[link.port]);
                break;
            case noc::port_kind::psum_out:
                charge(report.psum_links, report.ledgers.psum_out[link.port]);
                break;
        }
    }
    for (const auto& [links, carried] : {std::pair{&report.iact_links, &report.ledgers.iact_mesh},
                                         std::pair{&report.weight_links, &report.ledgers.weight_mesh},
                                         std::pair{&report.psum_links, &report.ledgers.psum_mesh}}) {
        for (const auto& link : *carried) charge(*links, link);
    }
    const auto all = network_->links();
    const auto rest = [&](link_summary& links, unsigned count) {
        links.links = count;
        links.all.idle += report.cycles * (count - links.driven);
    };
    rest(report.iact_links, all.iact);
    rest(report.weight_links, all.weight);
    rest(report.psum_links, all.psum);
}

}  // namespace eyeriss::accelerator
