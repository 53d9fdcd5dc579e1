#define _GNU_SOURCE
#include "memory_file.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int tidemark_memory_file(void) { return memfd_create("tidemark", MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int tidemark_memory_file_fix(int descriptor, size_t size) {
    if (ftruncate(descriptor, (off_t)size) != 0) return -1;
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
}
