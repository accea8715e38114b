// libsystemc needs the symbol; a test never calls it.
extern "C" int sc_main(int, char**) {
    return 0;
}
