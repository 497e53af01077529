/* A server that answers every call with the same bytes, so that it is never what a client waits for. One thread, epoll.
 *
 *     answer ANSWER_FILE
 *
 * Requests and the answer are Thrift Binary, framed or behind a TTHeader; only the sequence ids of the answer are those
 * of the request. Prints the port it listens at on 127.0.0.1, and ends when its standard input does.
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
#include <unistd.h>

#define MAX_ANSWER (1 << 20)
#define READ_SIZE (1 << 20)
#define EVENTS 1024

typedef struct {
    int fd;
    uint8_t *in, *out; /* requests that are not whole yet; answers that the socket did not take */
    size_t in_size, in_room, out_start, out_size, out_room;
    int wants_out;
} Connection;

static int poller;
static uint8_t *answer;
static size_t answer_size, answer_sequence_at;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint32_t get32(const uint8_t *at) { return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]; }

static int has_header(const uint8_t *message) { return message[4] == 0x10 && message[5] == 0; }

/* Where the sequence id of the envelope stands. */
static size_t sequence_at(const uint8_t *message) {
    size_t envelope = 0;
    if (has_header(message)) envelope = 14 + 4 * ((size_t)message[12] << 8 | message[13]);
    if (message[envelope] != 0x80) envelope += 4; /* a length stands before it */
    return envelope + 8 + get32(message + envelope + 4);
}

static void *room(uint8_t *memory, size_t *has, size_t needs) {
    if (needs <= *has) return memory;
    *has = 2 * needs;
    memory = realloc(memory, *has);
    if (!memory) fail("realloc");
    return memory;
}

static void reply(Connection *to, const uint8_t *request) {
    to->out = room(to->out, &to->out_room, to->out_size + answer_size);
    uint8_t *at = to->out + to->out_size;
    memcpy(at, answer, answer_size);
    memcpy(at + answer_sequence_at, request + sequence_at(request), 4);
    if (has_header(answer)) memcpy(at + 8, request + 8, 4);
    to->out_size += answer_size;
}

static void flush(Connection *to) {
    while (to->out_start < to->out_size) {
        ssize_t sent = send(to->fd, to->out + to->out_start, to->out_size - to->out_start, MSG_NOSIGNAL);
        if (sent < 0) break;
        to->out_start += (size_t)sent;
    }
    if (to->out_start == to->out_size) to->out_start = to->out_size = 0;
    if (!!to->out_size != to->wants_out) {
        to->wants_out = !!to->out_size;
        struct epoll_event event = {.events = EPOLLIN | (to->wants_out ? EPOLLOUT : 0), .data.ptr = to};
        epoll_ctl(poller, EPOLL_CTL_MOD, to->fd, &event);
    }
}

/* Whether the connection goes on. */
static int receive(Connection *from) {
    from->in = room(from->in, &from->in_room, from->in_size + READ_SIZE);
    ssize_t got = read(from->fd, from->in + from->in_size, READ_SIZE);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    from->in_size += (size_t)got;
    size_t at = 0;
    while (from->in_size - at >= 14) {
        size_t size = 4 + (size_t)get32(from->in + at);
        if (from->in_size - at < size) break;
        reply(from, from->in + at);
        at += size;
    }
    memmove(from->in, from->in + at, from->in_size - at);
    from->in_size -= at;
    return 1;
}

static void welcome(int listener) {
    int on = 1, fd = accept(listener, NULL, NULL);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    Connection *made = calloc(1, sizeof *made);
    made->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = made};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void load(const char *path) {
    FILE *file = fopen(path, "rb");
    answer = malloc(MAX_ANSWER);
    if (!file || !answer) fail(path);
    answer_size = fread(answer, 1, MAX_ANSWER, file);
    fclose(file);
    answer_sequence_at = sequence_at(answer);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    load(arguments[1]);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    poller = epoll_create1(0);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = &listener}, end = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening);
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &end);
    struct epoll_event events[EVENTS];
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            Connection *connection = events[i].data.ptr;
            if (connection == NULL) return 0;
            if (events[i].data.ptr == &listener) {
                welcome(listener);
                continue;
            }
            if (events[i].events & ~(unsigned)EPOLLOUT && !receive(connection)) {
                close(connection->fd);
                free(connection->in);
                free(connection->out);
                free(connection);
                continue;
            }
            flush(connection);
        }
    }
}
