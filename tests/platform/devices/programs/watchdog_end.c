#include "hang.h"

int main(void) {
    return hang(0);
}
