/* Building what was read. */
#include "reader.h"
#include "layout.h"

int unknown_add(Unknown *unknown, const uint8_t *from, Py_ssize_t size)
{
    if (unknown->room - unknown->size < size) {
        Py_ssize_t wanted = Py_MAX(unknown->size + size, 2 * unknown->room);
        uint8_t *bytes = PyMem_Realloc(unknown->bytes, (size_t)wanted);
        if (bytes == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        unknown->bytes = bytes;
        unknown->room = wanted;
    }
    memcpy(unknown->bytes + unknown->size, from, (size_t)size);
    unknown->size += size;
    return 0;
}

int record_keep_unknown(Plan *plan, PyObject *record, const Unknown *unknown)
{
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)unknown->bytes, unknown->size);
    if (bytes == NULL)
        return -1;
    Py_XSETREF(*slot_of(record, plan->unknown), bytes);
    return 0;
}

/* A default that `__init__` makes anew each time: take it from a record made for that. */
static PyObject *from_init(Plan *plan, const Field *field, PyObject **twin)
{
    if (*twin == NULL) {
        *twin = PyObject_VectorcallDict((PyObject *)plan->cls, NULL, 0, plan->blanks);
        if (*twin == NULL)
            return NULL;
        if (!Py_IS_TYPE(*twin, plan->cls))
            return NULL;
    }
    return Py_XNewRef(*slot_of(*twin, field->offset));
}

int record_complete(Plan *plan, PyObject *record)
{
    PyObject *twin = NULL;
    int status = 0;
    for (const Field *field = plan->fields; status == 0 && field < plan->fields + plan->count; field++) {
        PyObject **slot = slot_of(record, field->offset), *made = NULL;
        if (*slot != NULL)
            continue;
        switch (field->absence) {
        case SHARED: made = Py_NewRef(field->missing); break;
        case NEW_LIST: made = PyList_New(0); break;
        case NEW_DICT: made = PyDict_New(); break;
        case NEW_SET: made = PySet_New(NULL); break;
        case NEW_ARRAY: made = PySequence_Repeat(field->missing, 1); break;
        case FROM_INIT: made = from_init(plan, field, &twin); break;
        default: break; /* a required field */
        }
        *slot = made;
        status = made == NULL ? -1 : 0;
    }
    Py_XDECREF(twin);
    return status;
}

PyObject *enum_of(Type *type, int32_t number)
{
    if (LIKELY((uint32_t)number < (uint32_t)type->near_count) && LIKELY(type->near[number] != NULL))
        return Py_NewRef(type->near[number]);
    PyObject *key = int_new(number);
    if (key == NULL)
        return NULL;
    PyObject *member = PyDict_GetItemWithError(type->members, key);
    if (member != NULL)
        Py_INCREF(member);
    else if (!PyErr_Occurred())
        member = PyObject_CallOneArg(type->cls, key);
    Py_DECREF(key);
    return member;
}

PyObject *frozen_map_of(State *state, PyObject *entries)
{
    PyTypeObject *type = (PyTypeObject *)state->map_type;
    PyObject *map = type->tp_alloc(type, 0);
    if (map == NULL) {
        Py_DECREF(entries);
        return NULL;
    }
    *slot_of(map, state->map_entries) = entries;
    *slot_of(map, state->map_hash) = Py_NewRef(Py_None);
    return map;
}

int list_append(PyObject *list, PyObject *item)
{
    int status = PyList_Append(list, item);
    Py_DECREF(item);
    return status;
}

PyObject *tuple_of(PyObject *list)
{
    PyObject *tuple = PyList_AsTuple(list);
    Py_DECREF(list);
    return tuple;
}

PyObject *dict_new(Py_ssize_t count)
{
#if PY_VERSION_HEX < 0x030D0000
    return _PyDict_NewPresized(believed(count));
#else
    (void)count;
    return PyDict_New();
#endif
}
