// SPDX-License-Identifier: MIT
// A file system that fails, for tests of what programs write: a library to preload (Linux, glibc).
//
// Calls that open or change something below the folder FAULTS_BELOW are numbered from 1 and written to
// the file FAULTS_LOG, one a line: "rename /folder/file". The one whose number is FAULTS_AT fails once
// with the error number FAULTS_ERROR, or, where that is "kill", ends the process as kill -9 does; its
// line begins with "fault". FAULTS_ONLY, a pattern of lines as a shell has it ("rename */file"), has
// only those counted. Without FAULTS_BELOW nothing is different.
//
//     cc -shared -fPIC -o faults.so tests/bench/faults.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/// The next definition of the function that this file stands in for.
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_int n_calls;

static bool is_below(const char *path)
{
    const char *below = getenv("FAULTS_BELOW");
    return below && path && strncmp(path, below, strlen(below)) == 0;
}

/// By system calls, which nothing stands in for.
static void write_log(const char *line)
{
    const char *file = getenv("FAULTS_LOG");
    if (!file) return;
    long fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0) return;
    syscall(SYS_write, fd, line, strlen(line));
    syscall(SYS_close, fd);
}

/// Whether this call is the one to fail; errno is set then.
static bool fails(const char *call, const char *path)
{
    if (!is_below(path)) return false;
    const char *at = getenv("FAULTS_AT"), *error = getenv("FAULTS_ERROR");
    const char *only = getenv("FAULTS_ONLY");
    char line[PATH_MAX + 32];
    int n = snprintf(line, sizeof line, "fault %s %s", call, path);
    bool counts = !only || fnmatch(only, line + 6, 0) == 0;
    bool chosen = counts && atomic_fetch_add(&n_calls, 1) + 1 == (at ? atoi(at) : 0);
    snprintf(line + n, sizeof line - (size_t)n, "\n");
    write_log(line + (chosen ? 0 : 6));
    if (!chosen) return false;
    if (error && strcmp(error, "kill") == 0) kill(getpid(), SIGKILL);
    errno = error ? atoi(error) : EIO;
    return true;
}

/// The same of an open file.
static bool fails_fd(const char *call, int fd)
{
    if (!getenv("FAULTS_BELOW")) return false;
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return fails(call, path);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return fails("open", path) ? -1 : REAL(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return fails("open", path) ? -1 : REAL(open)(path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    return fails_fd("write", fd) ? -1 : REAL(write)(fd, bytes, n);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return fails_fd("write", fd) ? -1 : REAL(pwrite64)(fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    return fails_fd("write", fd) ? -1 : REAL(writev)(fd, parts, n);
}

int fsync(int fd)
{
    return fails_fd("fsync", fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    return fails_fd("fsync", fd) ? -1 : REAL(fdatasync)(fd);
}

int rename(const char *from, const char *to)
{
    return fails("rename", to) ? -1 : REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fails("mkdir", path) ? -1 : REAL(mkdir)(path, mode);
}

int unlink(const char *path)
{
    return fails("unlink", path) ? -1 : REAL(unlink)(path);
}

int rmdir(const char *path)
{
    return fails("rmdir", path) ? -1 : REAL(rmdir)(path);
}
