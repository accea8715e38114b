#include "sims/networks/random.h"

namespace eyeriss::networks {

random_stream::random_stream(std::uint64_t seed, std::string_view name) : key_(0xcbf29ce484222325ULL) {
    // FNV-1a over the name, then the seed.
    for (const char c : name) {
        key_ = (key_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    key_ ^= (seed + 1) * 0xd1342543de82ef95ULL;
    key_ = bits(0);
}

}  // namespace eyeriss::networks
