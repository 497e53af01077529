/* What is Protobuf's alone: kinds of values, wire types, limits. Sources: kitexgen/runtime/wire/protobuf_types.py,
 * protobuf_table.py.
 */
#ifndef KX_PROTO_H
#define KX_PROTO_H

#include "table.h"

typedef enum {
    P_BOOL, P_INT32, P_INT64, P_UINT32, P_UINT64, P_SINT32, P_SINT64, P_ENUM, P_CLOSED_ENUM, /* varints */
    P_FIXED32, P_SFIXED32, P_FLOAT, P_FIXED64, P_SFIXED64, P_DOUBLE,                        /* of fixed size */
    P_STRING, P_UNCHECKED_STRING, P_BYTES,
    P_MESSAGE, P_GROUP,
    P_LIST, P_PACKED_LIST, P_ARRAY, P_PACKED_ARRAY, P_MAP
} ProtoKind;

enum { V_VARINT = 0, V_FIXED64 = 1, V_LENGTH = 2, V_GROUP = 3, V_END_GROUP = 4, V_FIXED32 = 5 };

/* Tags of the two fields of a map's entries, without their wire type. */
enum { ENTRY_KEY = 1 << 3, ENTRY_VALUE = 2 << 3 };

/* Messages, groups and entries within each other that are read; unknown groups count. */
#define READ_DEPTH 100

/* Oneofs of a message that we know by number; a message with more is left to the careful codec. */
#define MOST_ONEOFS 64

/* Bytes past the place of writing that a tag, and a number or length behind it, may be stored to. */
#define TAG_ROOM 8
#define NUMBER_ROOM 16

static inline bool is_varint(int kind) { return kind <= P_CLOSED_ENUM; }
static inline bool is_number(int kind) { return kind <= P_DOUBLE; }
static inline bool is_array(int kind) { return kind == P_ARRAY || kind == P_PACKED_ARRAY; }

/* What an array of numbers of `kind` holds; K_BOOL when there are no such arrays. */
static inline int array_kind(int kind)
{
    switch (kind) {
    case P_INT32: case P_SINT32: case P_SFIXED32: return K_I32;
    case P_INT64: case P_SINT64: case P_SFIXED64: return K_I64;
    case P_UINT32: case P_FIXED32: return N_U32;
    case P_UINT64: case P_FIXED64: return N_U64;
    case P_FLOAT: return N_FLOAT;
    case P_DOUBLE: return K_DOUBLE;
    default: return K_BOOL;
    }
}

/* Add the plan of a message class: (cls, fields, reads). See `message_plans.py` for the fields. */
PyObject *message_plan_add(PyObject *module, PyObject *args);

#endif
