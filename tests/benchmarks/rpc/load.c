/* A closed loop of calls over TCP: CONNECTIONS connections, DEPTH calls in flight on each, one thread, epoll.
 *
 *     load PORT CONNECTIONS DEPTH WARM_SECONDS SECONDS REQUEST_FILE [OPENING_FILE]
 *
 * The request is sent as it stands in the file, again and again. Replies are counted by their size, which one call
 * before the others tells, so any framing will do as long as all replies are equally long. What is in OPENING_FILE goes
 * first on each connection: it opens a stream, on which requests and replies are then messages. Prints one line of JSON:
 * `calls` answered within SECONDS, `total` with those of the warming up, latencies in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_REQUEST (1 << 20)
#define READ_SIZE (1 << 18)
#define EVENTS 1024
#define PROBE_SILENCE_US 300000 /* a reply is over when nothing has come for so long */

typedef struct {
    int fd;
    long partial;    /* bytes of a reply that is not whole yet; below 0 while the greeting is awaited */
    size_t unsent;   /* bytes of requests that the socket did not take */
    uint64_t *begun; /* ring: when the calls in flight were begun, oldest at `oldest` */
    unsigned oldest, newest;
    int wants_out;
} Connection;

static int port, depth, poller;
static char *batch; /* `depth` requests, one after the other */
static size_t request_size, reply_size;
static char *opening;
static size_t opening_size, greeting_size; /* what the server sends before its first reply answers the opening */
static char input[READ_SIZE];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static size_t read_file(const char *path, char *into) {
    FILE *file = fopen(path, "rb");
    if (!file || !into) fail(path);
    size_t size = fread(into, 1, MAX_REQUEST, file);
    fclose(file);
    return size;
}

static int dial(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (opening_size && write(fd, opening, opening_size) != (ssize_t)opening_size) fail("opening");
    return fd;
}

/* Latencies: 64 buckets for each power of two, so that a figure is right to 1.6 %. */
static uint64_t buckets[64 * 64];

static void note(uint64_t nanoseconds) {
    int shift = 63 - __builtin_clzll(nanoseconds | 63) - 5;
    buckets[(shift << 6) + (int)((nanoseconds >> shift) & 63)]++;
}

static double percentile(double share, uint64_t count) {
    uint64_t wanted = (uint64_t)(share * (double)count), seen = 0;
    for (int i = 0; i < 64 * 64; i++) {
        seen += buckets[i];
        if (seen > wanted) return (double)((uint64_t)(i & 63) << (i >> 6)) / 1000;
    }
    return 0;
}

/* How many bytes come back for so many requests. */
static size_t probe(size_t requests) {
    struct timeval patience = {5, 0};
    size_t size = 0;
    ssize_t got;
    int fd = dial();
    for (size_t i = 0; i < requests; i++)
        if (write(fd, batch, request_size) != (ssize_t)request_size) fail("probe");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while ((got = read(fd, input, sizeof input)) > 0) {
        size += (size_t)got;
        patience = (struct timeval){0, PROBE_SILENCE_US};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    close(fd);
    return size;
}

static void begin(Connection *connection, int calls) {
    uint64_t time = now();
    for (int i = 0; i < calls; i++) connection->begun[connection->newest++ % (unsigned)depth] = time;
    connection->unsent += request_size * (size_t)calls;
}

static void flush(Connection *connection) {
    while (connection->unsent) {
        /* Never more than `depth` requests are owed, and what is owed ends at the end of a request. */
        size_t start = (request_size - connection->unsent % request_size) % request_size;
        size_t size = connection->unsent, room = request_size * (size_t)depth - start;
        ssize_t sent = send(connection->fd, batch + start, size < room ? size : room, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN) break;
            fail("send");
        }
        connection->unsent -= (size_t)sent;
    }
    if (!!connection->unsent != connection->wants_out) {
        connection->wants_out = !!connection->unsent;
        struct epoll_event event = {.events = EPOLLIN | (connection->wants_out ? EPOLLOUT : 0)};
        event.data.ptr = connection;
        epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
    }
}

/* The number of calls that were answered. */
static int receive(Connection *connection) {
    ssize_t got = read(connection->fd, input, sizeof input);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
    }
    connection->partial += got;
    if (connection->partial < 0) return 0;
    int answered = (int)(connection->partial / (long)reply_size);
    connection->partial %= (long)reply_size;
    return answered;
}

int main(int count, char **arguments) {
    if (count != 7 && count != 8) return 2;
    port = atoi(arguments[1]);
    int connections = atoi(arguments[2]);
    depth = atoi(arguments[3]);
    char *request = malloc(MAX_REQUEST);
    request_size = read_file(arguments[6], request);
    if (count == 8) {
        opening = malloc(MAX_REQUEST);
        opening_size = read_file(arguments[7], opening);
    }
    batch = malloc(request_size * (size_t)depth);
    for (int i = 0; i < depth; i++) memcpy(batch + (size_t)i * request_size, request, request_size);
    reply_size = probe(1);
    if (opening_size) {
        size_t both = reply_size;
        reply_size = probe(2) - both;
        greeting_size = both - reply_size;
    }
    if (!reply_size) {
        fprintf(stderr, "no reply\n");
        return 1;
    }

    poller = epoll_create1(0);
    Connection *all = calloc((size_t)connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        all[i].fd = dial();
        all[i].partial = -(long)greeting_size;
        all[i].begun = calloc((size_t)depth, sizeof *all[i].begun);
        fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = all + i};
        epoll_ctl(poller, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    for (int i = 0; i < connections; i++) {
        begin(all + i, depth);
        flush(all + i);
    }

    uint64_t time = now(), warm = time + (uint64_t)(atof(arguments[4]) * 1e9);
    uint64_t end = warm + (uint64_t)(atof(arguments[5]) * 1e9), calls = 0, total = 0;
    struct epoll_event events[EVENTS];
    while ((time = now()) < end) {
        int ready = epoll_wait(poller, events, EVENTS, 100);
        for (int i = 0; i < ready; i++) {
            Connection *connection = events[i].data.ptr;
            int answered = events[i].events & ~(unsigned)EPOLLOUT ? receive(connection) : 0;
            time = now();
            for (int k = 0; k < answered; k++) {
                uint64_t begun = connection->begun[connection->oldest++ % (unsigned)depth];
                total++;
                if (time > warm) {
                    calls++;
                    note(time - begun);
                }
            }
            if (answered) begin(connection, answered);
            if (connection->unsent) flush(connection);
        }
    }
    printf("{\"seconds\": %.3f, \"calls\": %lu, \"total\": %lu, \"p50\": %.1f, \"p99\": %.1f}\n", (double)(time - warm) / 1e9,
           (unsigned long)calls, (unsigned long)total, percentile(.5, calls), percentile(.99, calls));
    return 0;
}
