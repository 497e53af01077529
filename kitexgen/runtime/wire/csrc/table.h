/* Tables: what a record class's schema says, in the form in which it is walked.
 *
 * They are made by `kitexgen.runtime.wire.native` from the RecordTable of the class, those of Protobuf's messages by
 * `message_plans` from the MessageTable, and live as long as the module. `proto.h` has what is Protobuf's alone.
 */
#ifndef KX_TABLE_H
#define KX_TABLE_H

#include "compat.h"

typedef enum {
    K_BOOL, K_I8, K_I16, K_I32, K_I64, K_DOUBLE, /* of fixed size; the order counts */
    K_UUID, K_ENUM,
    K_STRING, K_BINARY,
    K_PACKED, K_LIST, K_TUPLE, K_SET, K_FROZENSET, K_MAP, K_FROZENMAP,
    K_RECORD
} Kind;

/* What an array holds: K_I8 to K_DOUBLE, and what only Protobuf has. */
enum { N_U32 = K_DOUBLE + 1, N_U64, N_FLOAT, NUMBER_KINDS };

typedef struct Plan Plan;
typedef struct Type Type;

struct Type {
    uint8_t kind;          /* Kind or ProtoKind */
    uint8_t code;          /* on the wire, in binary; the wire type of Protobuf, of a list that of its elements */
    uint8_t compact;       /* on the wire, in compact; of a bool, as an element */
    uint8_t size;          /* bytes in binary or Protobuf; 0 when they differ */
    uint8_t least;         /* bytes that a value takes at least, in binary */
    uint8_t least_compact; /* in compact */
    uint8_t width;         /* Protobuf: bytes that the last length of such a value took, which foretells the next */
    Type *key;             /* of a map */
    Type *element;         /* of a list or set, the value of a map */
    PyObject *cls;         /* of an enum or record */
    Plan *plan;            /* of a record; NULL until one comes by */
    PyObject *members;     /* of an enum: dict of int to member */
    PyObject **near;       /* of an enum: members first_near .. first_near + near_count - 1, NULL where there is none */
    int32_t first_near, near_count;
};

typedef enum { ALWAYS, UNLESS_NONE, UNLESS_DEFAULT } Presence;

/* Where the value of a field that was not on the wire comes from. */
typedef enum { SHARED, NEW_LIST, NEW_DICT, NEW_SET, NEW_ARRAY, FROM_INIT, REQUIRED } Absence;

typedef struct {
    union {
        uint32_t header; /* type code and id in the byte order of the wire, to be copied; the fourth byte is 0 */
        uint32_t tag;    /* Protobuf: number and wire type, of a packed list that of the list */
    };
    int32_t id;
    uint8_t kind;        /* of type, once more */
    uint8_t presence;    /* Presence */
    uint8_t absence;     /* Absence */
    uint8_t oneof;       /* Protobuf: 1 to MOST_ONEOFS, 0 for none */
    int16_t sibling;     /* index of the next field of the oneof; the last has that of the first */
    uint8_t tag_size;
    uint8_t tag_bytes[8]; /* the tag as it is written, to be copied whole; the rest is 0 */
    Py_ssize_t offset;   /* of the slot in the record */
    Type *type;
    PyObject *attribute; /* exact str */
    PyObject *missing;   /* what UNLESS_DEFAULT compares with, SHARED gives, and NEW_ARRAY copies */
} Field;

struct Plan {
    PyTypeObject *cls;
    Field *fields;         /* in the order of writing */
    int count;
    unsigned int version;  /* of the class when the slots were looked up; 0: not yet, or not usable */
    bool can_write;        /* every attribute is a slot of the class that nothing overrides */
    bool can_read;         /* and records may be made without `__init__` */
    bool reads;            /* the class is the generated one, not one derived from it */
    bool is_union;
    bool keeps_unknown;
    bool is_plain;         /* the class's own `__new__` is object's, and nothing but slots is in it */
    bool is_leaf;          /* no field can hold anything that refers to other objects */
    Py_ssize_t unknown;    /* offset of the slot `__unknown__` */
    Py_ssize_t reserve;    /* bytes of all headers, values of fixed size and STOP at most */
    Py_ssize_t reserve_compact;
    Py_ssize_t hint;       /* size of the last record that was large */
    PyObject *blanks;      /* dict of what `__init__` must be given */
    int16_t *by_id;        /* index into `fields` by id - first_id, -1 for none */
    int first_id, id_count;
    bool has_far;          /* there are fields past those of `by_id` */
};

/* Add the plan of a class: (cls, fields, reads, is_union, keeps_unknown, blanks). See `native.py` for the fields. */
PyObject *plan_add(PyObject *module, PyObject *args);

int plan_traverse(Plan *plan, visitproc visit, void *arg);
void plan_free(Plan *plan);

/* Parts of making a plan that Thrift and Protobuf share. Those that return an int return -1 with an exception. */
Type *type_alloc(void);
void type_free(Type *type);
int type_set_class(Type *type, PyObject *cls);
int type_set_members(Type *type, PyObject *members);
int field_set(Field *field, Type *type, PyObject *attribute, const char *presence, const char *absence,
              PyObject *missing);

/* Fills a field of `plan` out of its row, and counts it into the plan's `reserve` and `is_leaf`. */
typedef int (*FieldFill)(Plan *plan, Field *field, PyObject *row);

/* A plan of `cls` with a field for each of `rows`, a tuple; NULL with an exception. Behind the last field is one that
 * is zero: its tag is none.
 */
Plan *plan_new(PyTypeObject *cls, PyObject *rows, bool reads, FieldFill fill);

/* The field with `id`, NULL for none. */
Field *plan_search(const Plan *plan, int id);

static inline Field *plan_field(const Plan *plan, int id)
{
    unsigned int place = (unsigned int)id - (unsigned int)plan->first_id;
    if (LIKELY(place < (unsigned int)plan->id_count))
        return plan->by_id[place] < 0 ? NULL : plan->fields + plan->by_id[place];
    return UNLIKELY(plan->has_far) ? plan_search(plan, id) : NULL;
}

static inline PyObject **slot_of(PyObject *record, Py_ssize_t offset)
{
    return (PyObject **)((char *)record + offset);
}

#endif
