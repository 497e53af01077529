/* Tables out of what `native.py` hands over. */
#include "registry.h"
#include "wire.h"

#include <structmember.h>

static const struct { const char *word; uint8_t kind, code, compact, size, least, least_compact; } KINDS[] = {
    {"bool", K_BOOL, W_BOOL, C_TRUE, 1, 1, 1},
    {"i8", K_I8, W_I8, C_I8, 1, 1, 1},
    {"i16", K_I16, W_I16, C_I16, 2, 2, 1},
    {"i32", K_I32, W_I32, C_I32, 4, 4, 1},
    {"i64", K_I64, W_I64, C_I64, 8, 8, 1},
    {"double", K_DOUBLE, W_DOUBLE, C_DOUBLE, 8, 8, 8},
    {"uuid", K_UUID, W_UUID, C_UUID, 16, 16, 16},
    {"enum", K_ENUM, W_I32, C_I32, 4, 4, 1},
    {"string", K_STRING, W_STRING, C_STRING, 0, 4, 1},
    {"binary", K_BINARY, W_STRING, C_STRING, 0, 4, 1},
    {"packed", K_PACKED, W_LIST, C_LIST, 0, 5, 1},
    {"list", K_LIST, W_LIST, C_LIST, 0, 5, 1},
    {"tuple", K_TUPLE, W_LIST, C_LIST, 0, 5, 1},
    {"set", K_SET, W_SET, C_SET, 0, 5, 1},
    {"frozenset", K_FROZENSET, W_SET, C_SET, 0, 5, 1},
    {"map", K_MAP, W_MAP, C_MAP, 0, 6, 1},
    {"frozenmap", K_FROZENMAP, W_MAP, C_MAP, 0, 6, 1},
    {"struct", K_RECORD, W_STRUCT, C_STRUCT, 0, 1, 1},
};
static const char *const PRESENCES[] = {"always", "unless none", "unless default", NULL};
static const char *const ABSENCES[] = {"shared", "list", "dict", "set", "array", "init", "required", NULL};

/* Members of an enum between 0 and here are found without a look into a dict. */
#define NEAR_MEMBERS 256

Type *type_alloc(void)
{
    Type *type = PyMem_Calloc(1, sizeof(Type));
    if (type == NULL)
        PyErr_NoMemory();
    return type;
}

void type_free(Type *type)
{
    if (type == NULL)
        return;
    type_free(type->key);
    type_free(type->element);
    Py_XDECREF(type->cls);
    Py_XDECREF(type->members);
    PyMem_Free(type->near);
    PyMem_Free(type);
}

int type_set_class(Type *type, PyObject *cls)
{
    if (!PyType_Check(cls)) {
        PyErr_Format(PyExc_TypeError, "expected a class, got %R", cls);
        return -1;
    }
    type->cls = Py_NewRef(cls);
    return 0;
}

/* An array of the members with small numbers; they are borrowed from the dict. */
static int find_near_members(Type *type)
{
    Py_ssize_t place = 0;
    PyObject *key, *member;
    long last = -1;
    while (PyDict_Next(type->members, &place, &key, &member)) {
        long number = PyLong_AsLong(key);
        if (number == -1 && PyErr_Occurred())
            return -1;
        if (number >= 0 && number < NEAR_MEMBERS && number > last)
            last = number;
    }
    type->near_count = (int32_t)(last + 1);
    type->near = PyMem_Calloc((size_t)last + 2, sizeof(PyObject *));
    if (type->near == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    place = 0;
    while (PyDict_Next(type->members, &place, &key, &member)) {
        long number = PyLong_AsLong(key);
        if (number >= 0 && number <= last)
            type->near[number] = member;
    }
    return 0;
}

int type_set_members(Type *type, PyObject *members)
{
    if (!PyDict_CheckExact(members)) {
        PyErr_Format(PyExc_TypeError, "expected a dict of members, got %R", members);
        return -1;
    }
    type->members = PyDict_Copy(members);
    return type->members == NULL ? -1 : find_near_members(type);
}

static Type *type_new(PyObject *spelled);

/* What stands behind the word of a type: (cls, members), (cls,), (element,) or (key, value). */
static int type_fill(Type *type, PyObject *spelled)
{
    Py_ssize_t size = PyTuple_GET_SIZE(spelled);
    Py_ssize_t wanted = type->kind == K_ENUM || type->kind == K_MAP || type->kind == K_FROZENMAP ? 3
                        : type->kind >= K_PACKED                                                 ? 2
                                                                                                 : 1;
    if (size != wanted) {
        PyErr_Format(PyExc_TypeError, "a type spelled %R", spelled);
        return -1;
    }
    switch (type->kind) {
    case K_ENUM:
        if (type_set_class(type, PyTuple_GET_ITEM(spelled, 1)) < 0)
            return -1;
        return type_set_members(type, PyTuple_GET_ITEM(spelled, 2));
    case K_RECORD:
        return type_set_class(type, PyTuple_GET_ITEM(spelled, 1));
    case K_MAP: case K_FROZENMAP:
        type->key = type_new(PyTuple_GET_ITEM(spelled, 1));
        type->element = type->key == NULL ? NULL : type_new(PyTuple_GET_ITEM(spelled, 2));
        return type->element == NULL ? -1 : 0;
    case K_PACKED: case K_LIST: case K_TUPLE: case K_SET: case K_FROZENSET:
        type->element = type_new(PyTuple_GET_ITEM(spelled, 1));
        if (type->element == NULL)
            return -1;
        if (type->kind == K_PACKED && (type->element->kind < K_I8 || type->element->kind > K_DOUBLE)) {
            PyErr_Format(PyExc_TypeError, "a packed list spelled %R", spelled);
            return -1;
        }
        return 0;
    }
    return 0;
}

static Type *type_new(PyObject *spelled)
{
    PyObject *word = PyTuple_Check(spelled) && PyTuple_GET_SIZE(spelled) > 0 ? PyTuple_GET_ITEM(spelled, 0) : NULL;
    if (word == NULL || !PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "a type spelled %R", spelled);
        return NULL;
    }
    for (size_t at = 0; at < Py_ARRAY_LENGTH(KINDS); at++) {
        if (PyUnicode_CompareWithASCIIString(word, KINDS[at].word) != 0)
            continue;
        Type *type = type_alloc();
        if (type == NULL)
            return NULL;
        type->kind = KINDS[at].kind;
        type->code = KINDS[at].code;
        type->compact = KINDS[at].compact;
        type->size = KINDS[at].size;
        type->least = KINDS[at].least;
        type->least_compact = KINDS[at].least_compact;
        if (type_fill(type, spelled) == 0)
            return type;
        type_free(type);
        return NULL;
    }
    PyErr_Format(PyExc_TypeError, "there is no type %R", word);
    return NULL;
}

static int word_in(const char *const *words, const char *word)
{
    for (int at = 0; words[at] != NULL; at++)
        if (strcmp(words[at], word) == 0)
            return at;
    PyErr_Format(PyExc_TypeError, "unknown word '%s'", word);
    return -1;
}

int field_set(Field *field, Type *type, PyObject *attribute, const char *presence, const char *absence,
              PyObject *missing)
{
    int present = word_in(PRESENCES, presence), absent = present < 0 ? -1 : word_in(ABSENCES, absence);
    if (absent < 0) {
        type_free(type);
        return -1;
    }
    field->type = type;
    field->kind = type->kind;
    field->presence = (uint8_t)present;
    field->absence = (uint8_t)absent;
    field->attribute = Py_NewRef(attribute);
    field->missing = Py_NewRef(missing);
    return 0;
}

static int field_fill(Plan *plan, Field *field, PyObject *row)
{
    int id;
    PyObject *attribute, *spelled, *missing;
    const char *present, *absent;
    if (!PyTuple_Check(row) || !PyArg_ParseTuple(row, "iUO!ssO", &id, &attribute, &PyTuple_Type, &spelled, &present,
                                                 &absent, &missing))
        return -1;
    if (id != (int16_t)id) {
        PyErr_Format(PyExc_ValueError, "field id %d", id);
        return -1;
    }
    Type *type = type_new(spelled);
    if (type == NULL || field_set(field, type, attribute, present, absent, missing) < 0)
        return -1;
    field->id = id;
    uint8_t header[4] = {type->code, 0, 0, 0};
    put16(header + 1, (uint16_t)id);
    memcpy(&field->header, header, 4);
    /* Header, and the value or its length: at most 3 + 16 bytes, 4 + 16 in compact. */
    plan->reserve += 3 + (type->size ? type->size : 4);
    plan->reserve_compact += 4 + 16;
    plan->is_leaf = plan->is_leaf && type->kind <= K_BINARY;
    return 0;
}

/* Ids from the first one up to this many on are looked up in an array. */
#define CLOSE_IDS 1024

static int plan_index(Plan *plan)
{
    int first = plan->count == 0 ? 0 : INT32_MAX, last = -1;
    for (int at = 0; at < plan->count; at++)
        first = Py_MIN(first, plan->fields[at].id);
    for (int at = 0; at < plan->count; at++) {
        if (plan->fields[at].id - (int64_t)first < CLOSE_IDS)
            last = Py_MAX(last, plan->fields[at].id - first);
        else
            plan->has_far = true;
    }
    plan->first_id = first;
    plan->id_count = last + 1;
    plan->by_id = PyMem_Malloc(sizeof(int16_t) * (size_t)(plan->id_count + 1));
    if (plan->by_id == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int at = 0; at < plan->id_count; at++)
        plan->by_id[at] = -1;
    for (int at = 0; at < plan->count; at++)
        if (plan->fields[at].id - (int64_t)first < CLOSE_IDS)
            plan->by_id[plan->fields[at].id - first] = (int16_t)at;
    return 0;
}

Field *plan_search(const Plan *plan, int id)
{
    for (int at = 0; at < plan->count; at++)
        if (plan->fields[at].id == id)
            return plan->fields + at;
    return NULL;
}

Plan *plan_new(PyTypeObject *cls, PyObject *rows, bool reads, FieldFill fill)
{
    Py_ssize_t count = PyTuple_GET_SIZE(rows);
    if (count > INT16_MAX) {
        PyErr_SetString(PyExc_ValueError, "more fields than are expected");
        return NULL;
    }
    Plan *plan = PyMem_Calloc(1, sizeof(Plan));
    if (plan == NULL)
        return (Plan *)PyErr_NoMemory();
    plan->cls = (PyTypeObject *)Py_NewRef(cls);
    plan->reads = reads;
    plan->is_leaf = true;
    plan->fields = PyMem_Calloc((size_t)count + 1, sizeof(Field));
    int status = 0;
    if (plan->fields == NULL) {
        PyErr_NoMemory();
        status = -1;
    }
    while (status == 0 && plan->count < count) {
        int at = plan->count++; /* first, so that a field that is half filled is freed, too */
        status = fill(plan, plan->fields + at, PyTuple_GET_ITEM(rows, at));
    }
    if (status == 0 && plan_index(plan) == 0)
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(Plan *plan)
{
    for (int at = 0; at < plan->count; at++) {
        type_free(plan->fields[at].type);
        Py_XDECREF(plan->fields[at].attribute);
        Py_XDECREF(plan->fields[at].missing);
    }
    PyMem_Free(plan->fields);
    PyMem_Free(plan->by_id);
    Py_XDECREF(plan->blanks);
    Py_XDECREF(plan->cls);
    PyMem_Free(plan);
}

static int type_traverse(Type *type, visitproc visit, void *arg)
{
    if (type == NULL)
        return 0;
    Py_VISIT(type->cls);
    Py_VISIT(type->members);
    int stopped = type_traverse(type->key, visit, arg);
    return stopped ? stopped : type_traverse(type->element, visit, arg);
}

int plan_traverse(Plan *plan, visitproc visit, void *arg)
{
    Py_VISIT(plan->cls);
    Py_VISIT(plan->blanks);
    for (int at = 0; at < plan->count; at++) {
        Py_VISIT(plan->fields[at].missing);
        int stopped = type_traverse(plan->fields[at].type, visit, arg);
        if (stopped)
            return stopped;
    }
    return 0;
}

PyObject *plan_add(PyObject *module, PyObject *args)
{
    PyObject *rows, *blanks;
    PyTypeObject *cls;
    int reads, is_union, keeps_unknown;
    if (!PyArg_ParseTuple(args, "O!O!pppO!", &PyType_Type, &cls, &PyTuple_Type, &rows, &reads, &is_union,
                          &keeps_unknown, &PyDict_Type, &blanks))
        return NULL;
    Plan *plan = plan_new(cls, rows, reads, field_fill);
    if (plan == NULL)
        return NULL;
    plan->blanks = Py_NewRef(blanks);
    plan->is_union = is_union;
    plan->keeps_unknown = keeps_unknown;
    plan->reserve += 1 + 4; /* STOP; and headers are stored as four bytes */
    plan->reserve_compact += 1;
    return registry_add(PyModule_GetState(module), THRIFT, plan) < 0 ? NULL : Py_NewRef(Py_None);
}
