// floor forward SOCKETS BASE PORT | floor blast PACKETS/S SECONDS SOCKETS BASE PORT
//
// The least that a relay in user space can cost: `forward` has a socket for each stream, as a relay must, waits on all of them by epoll, and
// passes every packet on with one recvfrom and one sendto; it prints what CPU it used when it gets SIGTERM. `blast` sends voice-sized packets
// to it every millisecond and prints their delay (send call to the kernel's arrival stamp, microseconds) and loss.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PACKET 172
#define MS 1000000LL
#define BUCKETS 200000

static struct sockaddr_in local(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int open_socket(int port) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = 8 << 20;
    struct sockaddr_in at = local(port);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    if (bind(fd, (struct sockaddr *)&at, sizeof at)) {
        perror("bind");
        exit(1);
    }
    return fd;
}

// ---- forward

static unsigned long passed;

static void finish(int signal) {
    (void)signal;
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double cpu = u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    printf("{\"passed\":%lu,\"cpu_s\":%.3f}\n", passed, cpu);
    fflush(stdout);
    _exit(0);
}

static void forward(int sockets, int base, int port) {
    struct sockaddr_in to = local(port), from;
    int poll = epoll_create1(0);
    for (int i = 0; i < sockets; i++) {
        struct epoll_event ready = {.events = EPOLLIN, .data.fd = open_socket(base + i)};
        epoll_ctl(poll, EPOLL_CTL_ADD, ready.data.fd, &ready);
    }
    signal(SIGTERM, finish);
    signal(SIGALRM, finish);
    alarm(60);
    for (;;) {
        struct epoll_event ready[256];
        char packet[2048];
        int n = epoll_wait(poll, ready, 256, 1000);
        for (int i = 0; i < n; i++) {
            socklen_t size = sizeof from;
            for (int len; (len = recvfrom(ready[i].data.fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &size)) > 0; passed++)
                sendto(ready[i].data.fd, packet, len, 0, (struct sockaddr *)&to, sizeof to);
        }
    }
}

// ---- blast

static uint32_t delays[BUCKETS + 1];
static long sent, received;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static int percentile(double share) {
    long seen = 0;
    for (int us = 0; us <= BUCKETS; us++)
        if ((seen += delays[us]) > received * share) return us;
    return BUCKETS;
}

static void receive(int fd) {
    char packet[2048], control[128];
    for (;;) {
        struct iovec io = {packet, sizeof packet};
        struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(fd, &message, MSG_DONTWAIT) < PACKET) return;
        int64_t left = 0, us;
        memcpy(&left, packet + 12, sizeof left);
        struct timespec at = {0};
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
            if (c->cmsg_type == SO_TIMESTAMPNS) memcpy(&at, CMSG_DATA(c), sizeof at);
        us = (at.tv_sec * 1000 * MS + at.tv_nsec - left) / 1000;
        delays[us < 0 ? 0 : us > BUCKETS ? BUCKETS : us]++;
        received++;
    }
}

static void blast(double rate, double seconds, int sockets, int base, int port) {
    int in = open_socket(port), out = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    char packet[PACKET];
    setsockopt(in, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    memset(packet, 0xd5, sizeof packet);
    int64_t began = now(), end = began + seconds * 1e9;
    for (long tick = 1; now() < end + 300 * MS; tick++) {
        for (int64_t next = began + tick * MS, left; (left = next - now()) > 0;) {
            struct pollfd ready = {in, POLLIN, 0};
            struct timespec wait = {0, left};
            ppoll(&ready, 1, &wait, NULL);
            receive(in);
        }
        while (now() < end && sent < rate * tick / 1000) {
            struct sockaddr_in to = local(base + sent++ % sockets);
            int64_t at = now();
            memcpy(packet + 12, &at, sizeof at);
            sendto(out, packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to);
        }
        receive(in);
    }
    printf("{\"sent\":%ld,\"received\":%ld,\"seconds\":%.2f,\"p50\":%d,\"p99\":%d}\n", sent, received, seconds, percentile(.5), percentile(.99));
}

int main(int argc, char **argv) {
    if (argc == 5 && !strcmp(argv[1], "forward")) forward(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
    if (argc == 7 && !strcmp(argv[1], "blast")) blast(atof(argv[2]), atof(argv[3]), atoi(argv[4]), atoi(argv[5]), atoi(argv[6]));
    return argc == 5 || argc == 7 ? 0 : 2;
}
