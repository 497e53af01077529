/* What the module keeps: plans by class, the Python classes it builds, the functions it falls back to. */
#ifndef KX_STATE_H
#define KX_STATE_H

#include "table.h"

/* Functions that stand before Python's of the same name: in `thrift_module.c`, `proto_module.c`, `usual_call.c`,
 * `calls_module.c`.
 */
#define EACH_FUNCTION(row) \
    row(ENCODE, encode, "(record, *, protocol='binary')") \
    row(DECODE, decode, "(cls, data, *, protocol='binary')") \
    row(ENCODED_SIZE, encoded_size, "(record, *, protocol='binary')") \
    row(ENCODE_BINARY, encode_binary, "(record)") \
    row(APPEND_BINARY, append_binary, "(record, pieces)") \
    row(DECODE_BINARY, decode_binary, "(cls, data, at=0)") \
    row(ENCODE_COMPACT, encode_compact, "(record)") \
    row(DECODE_COMPACT, decode_compact, "(cls, data, at=0)") \
    row(WRITE_MESSAGE_BEGIN, write_message_begin, "(protocol, name, kind, sequence)") \
    row(READ_MESSAGE_BEGIN, read_message_begin, "(protocol, data, at=0)") \
    row(ENCODE_MESSAGE, encode_message, "(message, *, deterministic=False)") \
    row(DECODE_MESSAGE, decode_message, "(cls, data)") \
    row(MESSAGE_SIZE, message_size, "(message)") \
    row(ENCODE_PROTOBUF, encode_protobuf, "(message, *, deterministic=False)") \
    row(APPEND_PROTOBUF, append_protobuf, "(message, pieces)") \
    row(DECODE_PROTOBUF, decode_protobuf, "(cls, data)") \
    row(WRITE_USUAL_CALL, write_usual_call, "(form, sequence_id, arguments)") \
    row(TAKE_USUAL_ANSWERS, take_usual_answers, "(data, waiting, plain, limit)") \
    row(OPEN_USUAL_ANSWER, open_usual_answer, "(data, sequence_id, opening, plain, limit)") \
    row(COPY_SLOTS, copy_slots, "(template)") \
    row(READ_INFO_AREA, read_info_area, "(info)")

#define FUNCTION_NUMBER(number, name, signature) number,
typedef enum { EACH_FUNCTION(FUNCTION_NUMBER) FUNCTIONS } Function;

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
    PyObject *array_codes[NUMBER_KINDS];
    PyObject *begin_type;          /* MessageBegin */
    PyObject *binary, *compact, *protocol, *frombytes;
    PyObject *deterministic, *set_result;
    PyObject *nothing;             /* () */
    PyObject *no_bytes;            /* b"" */
} State;

/* The offset of the slot `name` of `cls`, -1 with an exception when it is none. */
Py_ssize_t slot_offset(PyTypeObject *cls, PyObject *name);

#endif
