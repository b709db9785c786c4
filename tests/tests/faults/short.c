/* Preloaded into a program, moves at most SHORT_BYTES bytes, or one, per call of those that may move
   fewer than they were asked to, as pipes, sockets and interrupted writes do now and then. Says at the
   end, in the file that SHORT_CALLS names, how many reads and writes it has cut short. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static size_t most = 1;
static unsigned long reads, writes;

__attribute__((constructor)) static void ask(void) {
    const char *bytes = getenv("SHORT_BYTES");
    if (bytes) most = strtoul(bytes, NULL, 10);
}

static size_t cut(size_t n, unsigned long *count) {
    if (n <= most) return n;
    __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    return most;
}

/* The first part that is not empty, or an empty one. */
static const struct iovec *first(const struct iovec *parts, int count) {
    static const struct iovec none;
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return &parts[i];
    return &none;
}

ssize_t read(int fd, void *to, size_t n) {
    return syscall(SYS_read, fd, to, cut(n, &reads));
}

ssize_t pread64(int fd, void *to, size_t n, off64_t at) {
    return syscall(SYS_pread64, fd, to, cut(n, &reads), at);
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
    const struct iovec *part = first(parts, count);
    return syscall(SYS_read, fd, part->iov_base, cut(part->iov_len, &reads));
}

ssize_t recv(int fd, void *to, size_t n, int flags) {
    return syscall(SYS_recvfrom, fd, to, cut(n, &reads), flags, NULL, NULL);
}

ssize_t write(int fd, const void *from, size_t n) {
    return syscall(SYS_write, fd, from, cut(n, &writes));
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) {
    return syscall(SYS_pwrite64, fd, from, cut(n, &writes), at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    const struct iovec *part = first(parts, count);
    return syscall(SYS_write, fd, part->iov_base, cut(part->iov_len, &writes));
}

ssize_t send(int fd, const void *from, size_t n, int flags) {
    return syscall(SYS_sendto, fd, from, cut(n, &writes), flags, NULL, 0);
}

__attribute__((destructor)) static void say(void) {
    const char *name = getenv("SHORT_CALLS");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) return;
    unsigned long counts[2] = {reads, writes};
    fprintf(file, "%lu %lu\n", counts[0], counts[1]);
    fclose(file);
}
