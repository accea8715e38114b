/* Loads and stores of every width between arithmetic, for measuring the interpreter: fills, copies, reverses
 * and sums arrays that no register file holds, and walks a list through memory. The sum is the check. */
#include "firmware/hal/hal.h"

enum { WORDS = 16384, NODES = 4096, ROUNDS = 60 };

static uint32_t source[WORDS], target[WORDS];
static uint8_t bytes[WORDS];
static uint16_t halves[WORDS];

typedef struct node {
    struct node* next;
    uint32_t value;
} node;
static node nodes[NODES];

static void link_nodes(void) {
    for (uint32_t i = 0; i < NODES; ++i) {
        nodes[i].next = &nodes[(i * 1229u + 1u) % NODES];
        nodes[i].value = i;
    }
}

static uint32_t one_round(uint32_t round) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < WORDS; ++i) {
        source[i] = i * 2654435761u + round;
        halves[i] = (uint16_t)(source[i] >> 8);
        bytes[i] = (uint8_t)halves[i];
    }
    for (uint32_t i = 0; i < WORDS; ++i) {
        target[WORDS - 1 - i] = source[i] ^ ((uint32_t)halves[i] << 8 | bytes[i]);
    }
    for (uint32_t i = 0; i + 1 < WORDS; i += 2) {
        sum += target[i] - target[i + 1] + bytes[i] + halves[i + 1];
    }
    const node* at = nodes;
    for (uint32_t i = 0; i < NODES; ++i) {
        sum += at->value;
        at = at->next;
    }
    return sum;
}

int main(void) {
    uint32_t sum = 0;
    link_nodes();
    for (uint32_t round = 0; round < ROUNDS; ++round) {
        sum = sum * 31u + one_round(round);
    }
    hal_printf("sum %08x\n", (unsigned)sum);
    return 0;
}
