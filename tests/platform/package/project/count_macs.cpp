// The compiler alone: reads an ONNX file and says how many multiplications it asks for.
#include <exception>
#include <iostream>
#include <systemc>

#include "firmware/compiler/import_onnx.h"

int sc_main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: count_macs FILE.onnx\n";
        return 2;
    }
    try {
        const auto graph = eyeriss::compiler::import_onnx(argv[1]);
        std::cout << graph.layers.size() << " layers, " << graph.macs() << " MACs\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "count_macs: " << error.what() << '\n';
        return 2;
    }
}
