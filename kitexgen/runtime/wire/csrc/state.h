/* What the module keeps: plans by class, the Python classes it builds, the functions it falls back to. */
#ifndef KX_STATE_H
#define KX_STATE_H

#include "table.h"

typedef enum {
    ENCODE, DECODE, ENCODED_SIZE,
    ENCODE_BINARY, APPEND_BINARY, DECODE_BINARY, ENCODE_COMPACT, DECODE_COMPACT,
    WRITE_USUAL_CALL, TAKE_USUAL_ANSWERS, OPEN_USUAL_ANSWER,
    WRITE_MESSAGE_BEGIN, READ_MESSAGE_BEGIN,
    ENCODE_MESSAGE, DECODE_MESSAGE, MESSAGE_SIZE, ENCODE_PROTOBUF, APPEND_PROTOBUF, DECODE_PROTOBUF,
    COPY_SLOTS, READ_INFO_AREA,
    FUNCTIONS
} Function;

/* Of a class either has its own plan. */
typedef enum { THRIFT, PROTOBUF, FAMILIES } Family;

/* Plans by class: open addressing. A table that became too small stays allocated until the module goes, because
 * another thread may still be reading it.
 */
typedef struct Registry {
    struct Registry *older;
    size_t mask;
    size_t count;
    Plan *plans[];
} Registry;

typedef struct {
    Registry *registries[FAMILIES];
#ifdef Py_GIL_DISABLED
    PyMutex registry_lock;
#endif
    bool paused;                   /* everything falls back */
    Py_ssize_t fallen_back;        /* how often something did, while not paused */
    PyObject *resolve[FAMILIES];   /* Python: makes the plan of a class and adds it */
    PyObject *fallbacks[FUNCTIONS];
    PyObject *uuid_type;           /* uuid.UUID */
    PyObject *uuid_safe;           /* uuid.SafeUUID.unknown */
    Py_ssize_t uuid_int, uuid_is_safe;
    PyObject *map_type;            /* FrozenMap */
    Py_ssize_t map_entries, map_hash;
    PyObject *array_type;          /* array.array */
    PyObject *array_codes[K_DOUBLE + 1];
    PyObject *begin_type;          /* MessageBegin */
    PyObject *binary, *compact, *protocol, *frombytes;
    PyObject *deterministic, *set_result;
    PyObject *nothing;             /* () */
    PyObject *no_bytes;            /* b"" */
} State;

/* The offset of the slot `name` of `cls`, -1 with an exception when it is none. */
Py_ssize_t slot_offset(PyTypeObject *cls, PyObject *name);

#endif
