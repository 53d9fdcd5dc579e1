#ifndef TIDEMARK_MEMORY_FILE_H
#define TIDEMARK_MEMORY_FILE_H
#include <stddef.h>

/// A descriptor of a file in memory that has no name and that no program inherits; -1 with `errno` where there can be none. Swift's Glibc lacks
/// the system's own call.
int tidemark_memory_file(void);

/// Fixes the file's size for good: whoever writes beyond it is refused. -1 with `errno` where that cannot be.
int tidemark_memory_file_fix(int descriptor, size_t size);
#endif
