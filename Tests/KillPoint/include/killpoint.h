// Nothing is called by name: the library takes the place of the C library's functions in a program that it is preloaded into.
