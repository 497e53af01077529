/* Usual calls of a server, from the bytes that came to the bytes that answer them, without a step of Python between but
 * the handler.
 *
 * Usual is a call in Thrift Binary, framed or behind a TTHeader, that came whole, to a method that is found at once,
 * and that its handler answers without waiting. `kitexgen.runtime.server.usual` is what uses it, and has the long way
 * for all else. Nothing is decided here: what is not usual is left where it is.
 */
#ifndef KX_CALLS_H
#define KX_CALLS_H

#include "driver.h"
#include "state.h"

/* Formats, by what they are called in `usual.py`. */
typedef enum { FRAMED, TTHEADER, TTHEADER_FRAMED } Transport;

typedef struct {
    PyObject *bound;       /* what Python knows of the method, given back with what is left to Python */
    PyObject *head;        /* bytes: what its calls start with, up to the sequence id */
    PyObject *reply_head;  /* bytes: the same of its replies */
    PyObject *info;        /* what is known of a call of it, to be copied */
    PyObject *arguments;   /* class of the record */
    PyObject *result;      /* class of the record */
    PyObject *value_class; /* of a value that is a record, else None */
    PyObject *function;    /* the handler's own, when nothing stands between; else None */
    int parameters;        /* fields of the arguments, which are those of `function` in this order */
    Py_ssize_t *places;    /* and the slots that hold them; found with the first call */
    PyObject **names;
    bool has_value, may_be_none;
} Method;

/* Slots of classes that Python told us of. */
typedef struct {
    PyTypeObject *cls;
    Py_ssize_t caller, caller_method, address, timeout, deadline, sequence_id, metainfo, header, biz_status, backward,
        ends_connection;
} InfoSlots;

typedef struct {
    PyTypeObject *cls;
    Py_ssize_t sequence_id, flags, protocol_id, string_infos, int_infos;
} HeaderSlots;

typedef struct {
    PyObject_HEAD
    PyObject *module; /* keeps `state` */
    State *state;
    PyObject *services; /* dict of str to dict of bytes to the place of a method in `methods` */
    Method *methods;
    Py_ssize_t count;
    InfoSlots info;
    HeaderSlots header;
    PyTypeObject *deadline; /* a tuple of three */
    PyObject *current, *forward; /* context variables */
    PyObject *no_metainfo;       /* what `forward` says in `base` */
    PyObject *base;              /* the context that each call begins with a copy of */
    Lender lender;               /* of the tasks that are current in calls' steps */
    PyObject *tell;              /* what an info area says: a tuple, or None when that is not usual */
    PyObject *told;              /* dict: what `tell` said of small ones */
    PyObject *clock;
    PyObject *endpoint;          /* takes calls of methods without a function of their own here */
    PyObject *awaiting;          /* makes a coroutine of what is none and can be awaited */
    PyObject *info_area;         /* bytes: of a reply that tells nothing but what it is */
    PyObject *nameless;          /* "" */
    int64_t usual_size, max_message;
    Py_ssize_t large;            /* bytes of a reply that is to be sent before the next call is run */
    uint8_t *room;               /* what `serve` reads into; NULL before the first, and while one is under way */
    unsigned long halts;
} Calls;

/* What `Calls.tell` gives. */
enum {
    TOLD_PROTOCOL, TOLD_STRINGS, TOLD_INTS, TOLD_SERVICE, TOLD_CALLER, TOLD_CALLER_METHOD, TOLD_TIMEOUT, TOLD_ADDRESS,
    TOLD_METAINFO, TOLD_ARRIVED, TOLD_COUNT
};

typedef enum { WHOLE, PART, ODD, FAILED } Found;

/* What came, and lies where it does while calls of it are run. */
typedef struct {
    const uint8_t *bytes;
    Py_ssize_t size;
} Input;

/* Calls run one after the other at most, before others have their turn. */
#define CALLS_AT_ONCE 64

/* What a run has made, and how many more calls it may run. */
typedef struct {
    PyObject *items[CALLS_AT_ONCE]; /* bytes */
    int count, calls_left;
} Replies;

/* Why a run ended: nothing is left; as many calls as may be were run; what comes next is for the long way; or is not
 * all here; the last reply is to be sent before the next call; the peer sends no more; a call is left to Python; an
 * exception is set.
 */
typedef enum { ALL, MORE, ODD_CALL, PART_OF_CALL, LARGE_REPLY, ENDED, LEFT, STOPPED } Stop;

typedef struct {
    Method *method;
    const uint8_t *body, *end; /* of the arguments, which end before that */
    Py_ssize_t next;           /* where what follows the call begins */
    Transport transport;
    int32_t sequence_id, header_sequence_id;
    int flags;
    PyObject *told; /* owned; NULL without a header */
} Request;

/* A call that is left to Python: what it is told, and, if the call waits, what its task runs. Both may not be there. */
typedef struct {
    PyObject *told;
    Driver *driver;
} Left;

/* The call at `at` of `input`. PART: the rest of it is not here yet. FAILED comes with an exception. */
Found request_cut(Calls *calls, Input input, Py_ssize_t at, bool is_multiplexed, Request *request);

/* Its arguments; NULL without an exception when they are not usual. */
PyObject *request_arguments(Calls *calls, const Request *request);

/* What is known of it; `peer` is the address it came from. */
PyObject *request_info(Calls *calls, const Request *request, PyObject *peer);

/* The reply that tells `value` and nothing beside it; NULL without an exception when that is not usual. */
PyObject *reply_write(Calls *calls, const Request *request, PyObject *info, PyObject *value);

/* Run what is usual of `input` from `*at` on, which then is where it stopped. `left` is for a call that is LEFT. */
Stop calls_run_all(Calls *calls, Input input, Py_ssize_t *at, PyObject *peer, bool is_multiplexed, Replies *replies,
                   Left *left);

/* The same for Python. */
PyObject *calls_told(Stop stop, Py_ssize_t at, const Left *left);

void replies_drop(Replies *replies);

/* Let go of the call. When Python was not told of it, nobody goes on with it: its task ends. */
void left_drop(Left *left, bool is_told);

/* How many calls may be run: what Python says, which must be no more than CALLS_AT_ONCE. -1 with an exception. */
int calls_turn(PyObject *given);

/* serve(descriptor, peer, is_multiplexed, turn): see `usual_calls.py`. */
PyObject *calls_serve(PyObject *self, PyObject *const *args, Py_ssize_t count);

/* run(data, at, peer, is_multiplexed, replies, turn): see `usual_calls.py`. */
PyObject *calls_run(PyObject *self, PyObject *const *args, Py_ssize_t count);

/* reply(left, value): the reply to a call that `run` has left to Python; None when it is not usual. */
PyObject *calls_reply(PyObject *self, PyObject *const *args, Py_ssize_t count);

extern PyType_Spec CALLS_SPEC;

#endif
