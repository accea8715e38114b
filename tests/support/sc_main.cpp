// libsystemc needs the symbol; a test never calls it.
int sc_main(int, char**) { return 0; }
