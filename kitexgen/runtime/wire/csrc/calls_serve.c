/* Usual calls from a socket to the same socket. */
#ifndef _WIN32

#include "calls.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Bytes of one read at most. They are read into memory that is there already, so that much of it costs nothing. */
#define ROOM (256 * 1024)

static bool is_for_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Take off `sent` bytes, which the socket took. */
static int replies_sent(Replies *replies, Py_ssize_t sent)
{
    int whole = 0;
    while (whole < replies->count && sent >= PyBytes_GET_SIZE(replies->items[whole])) {
        sent -= PyBytes_GET_SIZE(replies->items[whole]);
        Py_DECREF(replies->items[whole++]);
    }
    replies->count -= whole;
    memmove(replies->items, replies->items + whole, (size_t)replies->count * sizeof(PyObject *));
    if (sent == 0)
        return 0;
    PyObject *first = replies->items[0];
    PyObject *rest = PyBytes_FromStringAndSize(PyBytes_AS_STRING(first) + sent, PyBytes_GET_SIZE(first) - sent);
    if (rest == NULL)
        return -1;
    replies->items[0] = rest;
    Py_DECREF(first);
    return 0;
}

/* Send in one write what the socket takes; it never waits, so nobody else has to be let in meanwhile. Errors are for
 * who writes the rest: they come again. -1 with an exception.
 */
static int replies_send(Replies *replies, int descriptor)
{
    struct iovec parts[CALLS_AT_ONCE];
    struct msghdr message = {.msg_iov = parts};
    for (int at = 0; at < replies->count; at++)
        parts[at] = (struct iovec){PyBytes_AS_STRING(replies->items[at]), (size_t)PyBytes_GET_SIZE(replies->items[at])};
    message.msg_iovlen = (unsigned)replies->count;
    ssize_t sent = replies->count == 1 ? send(descriptor, parts->iov_base, parts->iov_len, MSG_DONTWAIT)
                                       : sendmsg(descriptor, &message, MSG_DONTWAIT);
    return sent > 0 ? replies_sent(replies, sent) : 0;
}

/* Run what has come, from `*at` of `input` on, and send the replies. Returns why that ended; all of them went out
 * unless some are left.
 */
static Stop run_and_send(Calls *calls, int descriptor, Input input, Py_ssize_t *at, PyObject *peer, bool is_multiplexed,
                         Replies *replies, Left *left)
{
    Stop stop;
    do {
        stop = calls_run_all(calls, input, at, peer, is_multiplexed, replies, left);
        if (stop != STOPPED && replies->count > 0 && replies_send(replies, descriptor) < 0)
            return STOPPED;
    } while (stop == LARGE_REPLY && replies->count == 0);
    return stop;
}

/* What Python is to do now: None, or where it stands, what came and is not done, and which replies are not sent. */
static PyObject *hand_over(Stop stop, Input input, Py_ssize_t at, const Replies *replies, const Left *left)
{
    if (stop == ALL && replies->count == 0)
        Py_RETURN_NONE;
    if (stop == STOPPED)
        return NULL;
    PyObject *unsent = PyList_New(replies->count);
    for (int each = 0; unsent != NULL && each < replies->count; each++)
        PyList_SET_ITEM(unsent, each, Py_NewRef(replies->items[each]));
    PyObject *told = unsent != NULL ? calls_told(stop, 0, left) : NULL;
    if (told == NULL) {
        Py_XDECREF(unsent);
        return NULL;
    }
    return Py_BuildValue("y#NN", input.bytes + at, input.size - at, told, unsent);
}

static PyObject *serve_with(Calls *calls, uint8_t *room, int descriptor, PyObject *peer, bool is_multiplexed, int turn)
{
    Input input = {room, 0};
    Replies replies = {.calls_left = turn};
    Py_ssize_t at = 0;
    Left left = {NULL};
    Stop stop = ALL;
    do {
        ssize_t came = recv(descriptor, room + input.size, (size_t)(ROOM - input.size), MSG_DONTWAIT);
        if (came < 0 && input.size == 0 && !is_for_later(errno))
            return PyErr_SetFromErrno(PyExc_OSError);
        if (came == 0 && input.size == 0)
            stop = ENDED;
        if (came <= 0)
            break;
        input.size += came;
        stop = run_and_send(calls, descriptor, input, &at, peer, is_multiplexed, &replies, &left);
        /* The rest of a call may be here by now: its sender is most likely at it. */
    } while (stop == PART_OF_CALL && replies.count == 0 && input.size < ROOM);
    PyObject *told = hand_over(stop, input, at, &replies, &left);
    replies_drop(&replies);
    left_drop(&left, told != NULL);
    return told;
}

PyObject *calls_serve(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    Calls *calls = (Calls *)self;
    if (count != 4 || !PyLong_CheckExact(args[0]) || !PyLong_CheckExact(args[3]))
        return PyErr_Format(PyExc_TypeError, "serve(descriptor, peer, is_multiplexed, turn)");
    long descriptor = PyLong_AsLong(args[0]);
    if (descriptor < 0 || descriptor > INT_MAX || calls->services == NULL)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "there is nothing to serve %R from", args[0]);
    int turn = calls_turn(args[3]);
    if (turn < 0)
        return NULL;
    uint8_t *room = calls->room != NULL ? calls->room : PyMem_RawMalloc(ROOM);
    if (room == NULL)
        return PyErr_NoMemory();
    calls->room = NULL; /* a call may have others served within */
    PyObject *told = serve_with(calls, room, (int)descriptor, args[1], args[2] == Py_True, turn);
    if (calls->room == NULL && calls->services != NULL)
        calls->room = room;
    else
        PyMem_RawFree(room);
    return told;
}

#endif
