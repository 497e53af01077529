/* What both protocols need to build records. Functions return NULL when they give up, as those of `writer.h` do. */
#ifndef KX_READER_H
#define KX_READER_H

#include "registry.h"
#include "wire.h"

typedef struct {
    const uint8_t *at, *end;
    State *state;
    int depth;
} Reader;

#define READ_RECORD(name) PyObject *name(Reader *reader, Plan *plan)
READ_RECORD(read_binary_record);
READ_RECORD(read_compact_record);

/* Unknown fields as they came, collected. */
typedef struct {
    uint8_t *bytes;
    Py_ssize_t size, room;
} Unknown;

int unknown_add(Unknown *unknown, const uint8_t *from, Py_ssize_t size);

/* Give a record what was not on the wire. Returns -1 when a required field is missing. */
int record_complete(Plan *plan, PyObject *record);
int record_keep_unknown(Plan *plan, PyObject *record, const Unknown *unknown);

/* The member of an enum; a number that has none is asked of the class. */
PyObject *enum_of(Type *type, int32_t number);

/* Wrap a dict, which is taken over. */
PyObject *frozen_map_of(State *state, PyObject *entries);

/* A list or tuple of `count` elements, the first `BELIEVED` of which have their places. */
static inline Py_ssize_t believed(Py_ssize_t count) { return Py_MIN(count, BELIEVED); }
int list_append(PyObject *list, PyObject *item); /* takes the item over */
static inline int list_add(PyObject *list, Py_ssize_t index, PyObject *item)
{
    if (UNLIKELY(index >= BELIEVED))
        return list_append(list, item);
    PyList_SET_ITEM(list, index, item);
    return 0;
}
PyObject *tuple_of(PyObject *list); /* takes the list over */

PyObject *dict_new(Py_ssize_t count);

/* A record without any value in its slots. The collector does not know it before `record_end`. */
static inline PyObject *record_new(State *state, Plan *plan)
{
    PyTypeObject *cls = plan->cls;
    if (UNLIKELY(!plan->is_plain))
        return cls->tp_new(cls, state->nothing, NULL);
    PyObject *record = (PyObject *)PyObject_GC_New(PyObject, cls);
    if (LIKELY(record != NULL))
        memset((char *)record + sizeof(PyObject), 0, (size_t)cls->tp_basicsize - sizeof(PyObject));
    return record;
}

/* Records of which no field can refer to another object that refers to others are never known to the collector: they
 * cannot be part of a cycle, and it takes a third of the time of reading a list of them to look at them all.
 */
static inline PyObject *record_end(Plan *plan, PyObject *record)
{
    if (plan->is_plain && !plan->is_leaf)
        PyObject_GC_Track(record);
    return record;
}

static inline void slot_fill(PyObject *record, const Field *field, PyObject *value, int *seen)
{
    PyObject **slot = slot_of(record, field->offset), *before = *slot;
    *slot = value;
    if (UNLIKELY(before != NULL))
        Py_DECREF(before); /* a field that came twice: the last one counts */
    else
        ++*seen;
}

#endif
