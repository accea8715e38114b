/* Static NoC configuration of one cluster, as the descriptor carries it. C99.
 *
 * Each destination port of a router has an enable bit for each of the router's source ports; at most one is
 * set, and that source drives it. Two drivers on a port are refused when a layer is configured. Ports:
 *   iact    sources 0 north 1 south 2 horizontal 3 GLB bank;  destinations 0 north 1 south 2 horizontal 3 PEs
 *   weight  sources 0 horizontal 1 off-chip;                  destinations 0 horizontal 1 PE row
 *   psum    sources 0 north 1 psum bank 2 top PE;             destinations 0 south 1 psum bank 2 bottom PE
 * On arrays of more than two cluster columns, horizontal stands for the two neighbours: the port towards the
 * west and the port towards the east are further ports 4 (iact) and 2 (weight), see EYERISS_*_WEST. A mesh
 * link carries what the destination port of one router drives into the source port of its neighbour: what
 * leaves north enters the northern neighbour's south source. */
#ifndef EYERISS_ABI_NOC_CONFIG_H
#define EYERISS_ABI_NOC_CONFIG_H

enum {
    EYERISS_IACT_NORTH = 0,
    EYERISS_IACT_SOUTH = 1,
    EYERISS_IACT_EAST = 2,  /* the horizontal neighbour of a two-column array's western clusters */
    EYERISS_IACT_LOCAL = 3, /* source: GLB bank; destination: PEs */
    EYERISS_IACT_WEST = 4,
    EYERISS_IACT_PORTS = 5,

    EYERISS_WEIGHT_EAST = 0,
    EYERISS_WEIGHT_LOCAL = 1, /* source: off-chip; destination: PE row */
    EYERISS_WEIGHT_WEST = 2,
    EYERISS_WEIGHT_PORTS = 3,

    EYERISS_PSUM_MESH = 0, /* source: north cluster; destination: south cluster */
    EYERISS_PSUM_BANK = 1,
    EYERISS_PSUM_PE = 2, /* source: top PE; destination: bottom PE */
    EYERISS_PSUM_PORTS = 3,

    EYERISS_PORT_NONE = 7 /* no driver: no bit set */
};

/* A cluster's words: router after router (iact planes, weight rows, psum columns), destination ports from bit
 * 0 up, each with a bit a source port from source 0 up, packed without gaps over 32-bit words. */

/* On a machine with broadcast buses (noc.topology = bus) a cluster is one PE row, and its words hold for each
 * PE, from bit 0 without gaps: the tag of the iacts that it takes, the tag of its weights (each as many bits
 * as the number of PEs has; 0: none), two bits where its psums come from, two where they go. Weight tags are
 * places of tiles in a weight segment, iact tags number the distinct rows of a pass, both from 1. */
enum {
    EYERISS_BUS_PSUM_NONE = 0,
    EYERISS_BUS_PSUM_LINK = 1, /* the PE above (from), the PE below (to) */
    EYERISS_BUS_PSUM_BUS = 2,
    EYERISS_BUS_PSUM_BITS = 2
};

#endif
