#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*check)(const uint8_t *data, size_t size));

// glibc's own allocator under its other names: the usual ones are defined below, and every library of the process uses them.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local size_t allowed = SIZE_MAX;
static size_t least_allowed, allowed_factor;
static int (*check_input)(const uint8_t *data, size_t size);

static void judge(size_t size) {
    if (size <= allowed) return;
    size_t limit = allowed;
    allowed = SIZE_MAX;
    fprintf(stderr, "a reservation of %zu bytes, above the %zu that this input may cause\n", size, limit);
    abort();
}

void *malloc(size_t size) {
    judge(size);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    size_t all;
    judge(__builtin_mul_overflow(count, size, &all) ? SIZE_MAX - 1 : all);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    judge(size);
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    judge(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **place, size_t alignment, size_t size) {
    judge(size);
    void *found = __libc_memalign(alignment, size);
    if (found == NULL) return ENOMEM;
    *place = found;
    return 0;
}

static int one(const uint8_t *data, size_t size) {
    allowed = least_allowed + allowed_factor * size;
    int result = check_input(data, size);
    allowed = SIZE_MAX;
    return result;
}

int tidemark_fuzz(int argc, char **argv, size_t least, size_t factor, int (*check)(const uint8_t *data, size_t size)) {
    least_allowed = least;
    allowed_factor = factor;
    check_input = check;
    return LLVMFuzzerRunDriver(&argc, &argv, one);
}
