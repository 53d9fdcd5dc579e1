// Kills the process that it is preloaded into at one moment of its work on files.
//
// Moments are counted from 1: one before and one after each call that makes, names, removes or synchronizes a file. At the one that
// TIDEMARK_KILL_POINT names the process gets SIGKILL. A process that ends by itself writes how many there were into the file that
// TIDEMARK_KILL_COUNT names.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long moments;
static long fatal;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("TIDEMARK_KILL_POINT");
    fatal = text ? atol(text) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("TIDEMARK_KILL_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", (long)moments);
    fclose(file);
}

static void moment(void) {
    if (atomic_fetch_add(&moments, 1) + 1 == fatal) kill(getpid(), SIGKILL);
}

#define AROUND(name, parameters, arguments)                                  \
    int name parameters {                                                    \
        static int(*real) parameters;                                        \
        if (!real) real = (int(*) parameters)dlsym(RTLD_NEXT, #name);        \
        moment();                                                            \
        int result = real arguments;                                         \
        moment();                                                            \
        return result;                                                       \
    }

AROUND(fsync, (int file), (file))
AROUND(linkat, (int from, const char *old, int to, const char *new, int flags), (from, old, to, new, flags))
AROUND(renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
AROUND(unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
AROUND(mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
