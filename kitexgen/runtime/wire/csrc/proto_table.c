/* Tables of messages out of what `message_plans.py` hands over. */
#include "proto.h"
#include "proto_varint.h"
#include "registry.h"

static const struct { const char *word; uint8_t kind, code, size, parts; } KINDS[] = {
    {"bool", P_BOOL, V_VARINT, 0, 1},
    {"int32", P_INT32, V_VARINT, 0, 1},
    {"int64", P_INT64, V_VARINT, 0, 1},
    {"uint32", P_UINT32, V_VARINT, 0, 1},
    {"uint64", P_UINT64, V_VARINT, 0, 1},
    {"sint32", P_SINT32, V_VARINT, 0, 1},
    {"sint64", P_SINT64, V_VARINT, 0, 1},
    {"enum", P_ENUM, V_VARINT, 0, 3},
    {"closed_enum", P_CLOSED_ENUM, V_VARINT, 0, 3},
    {"fixed32", P_FIXED32, V_FIXED32, 4, 1},
    {"sfixed32", P_SFIXED32, V_FIXED32, 4, 1},
    {"float", P_FLOAT, V_FIXED32, 4, 1},
    {"fixed64", P_FIXED64, V_FIXED64, 8, 1},
    {"sfixed64", P_SFIXED64, V_FIXED64, 8, 1},
    {"double", P_DOUBLE, V_FIXED64, 8, 1},
    {"string", P_STRING, V_LENGTH, 0, 1},
    {"unchecked_string", P_UNCHECKED_STRING, V_LENGTH, 0, 1},
    {"bytes", P_BYTES, V_LENGTH, 0, 1},
    {"message", P_MESSAGE, V_LENGTH, 0, 2},
    {"group", P_GROUP, V_GROUP, 0, 2},
    {"list", P_LIST, 0, 0, 2},
    {"packed_list", P_PACKED_LIST, 0, 0, 2},
    {"array", P_ARRAY, 0, 0, 2},
    {"packed_array", P_PACKED_ARRAY, 0, 0, 2},
    {"map", P_MAP, V_LENGTH, 0, 3},
};

static Type *type_new(PyObject *spelled, bool may_repeat);

/* What stands behind the word of a type: (cls, members), (cls,), (element,) or (key, value). */
static int type_fill(Type *type, PyObject *spelled)
{
    switch (type->kind) {
    case P_ENUM: case P_CLOSED_ENUM:
        if (type_set_class(type, PyTuple_GET_ITEM(spelled, 1)) < 0)
            return -1;
        return type_set_members(type, PyTuple_GET_ITEM(spelled, 2));
    case P_MESSAGE: case P_GROUP:
        return type_set_class(type, PyTuple_GET_ITEM(spelled, 1));
    case P_LIST: case P_PACKED_LIST: case P_ARRAY: case P_PACKED_ARRAY:
        type->element = type_new(PyTuple_GET_ITEM(spelled, 1), false);
        if (type->element == NULL)
            return -1;
        type->code = type->element->code;
        if (is_array(type->kind) ? array_kind(type->element->kind) != K_BOOL
                                 : type->kind == P_LIST || is_number(type->element->kind))
            return 0;
        PyErr_Format(PyExc_TypeError, "a list of numbers spelled %R", spelled);
        return -1;
    case P_MAP:
        type->key = type_new(PyTuple_GET_ITEM(spelled, 1), false);
        type->element = type->key == NULL ? NULL : type_new(PyTuple_GET_ITEM(spelled, 2), false);
        return type->element == NULL ? -1 : 0;
    }
    return 0;
}

static Type *type_new(PyObject *spelled, bool may_repeat)
{
    PyObject *word = PyTuple_Check(spelled) && PyTuple_GET_SIZE(spelled) > 0 ? PyTuple_GET_ITEM(spelled, 0) : NULL;
    for (size_t at = 0; at < Py_ARRAY_LENGTH(KINDS) && word != NULL && PyUnicode_Check(word); at++) {
        if (PyUnicode_CompareWithASCIIString(word, KINDS[at].word) != 0)
            continue;
        if (PyTuple_GET_SIZE(spelled) != KINDS[at].parts || (KINDS[at].kind >= P_LIST && !may_repeat))
            break;
        Type *type = type_alloc();
        if (type == NULL)
            return NULL;
        type->kind = KINDS[at].kind;
        type->code = KINDS[at].code;
        type->size = KINDS[at].size;
        type->width = 1;
        if (type_fill(type, spelled) == 0)
            return type;
        type_free(type);
        return NULL;
    }
    PyErr_Format(PyExc_TypeError, "a type spelled %R", spelled);
    return NULL;
}

static int field_fill(Plan *plan, Field *field, PyObject *row)
{
    int number, oneof;
    PyObject *attribute, *spelled, *missing;
    const char *present, *absent;
    if (!PyTuple_Check(row) || !PyArg_ParseTuple(row, "iUOssOi", &number, &attribute, &spelled, &present, &absent,
                                                 &missing, &oneof))
        return -1;
    if (number < 1 || number >= 1 << 29 || oneof < 0 || oneof > MOST_ONEOFS) {
        PyErr_Format(PyExc_ValueError, "field %d of oneof %d", number, oneof);
        return -1;
    }
    Type *type = type_new(spelled, true);
    if (type == NULL || field_set(field, type, attribute, present, absent, missing) < 0)
        return -1;
    bool is_block = type->kind == P_PACKED_LIST || type->kind == P_PACKED_ARRAY;
    field->id = number;
    field->oneof = (uint8_t)oneof;
    field->tag = (uint32_t)number << 3 | (is_block ? V_LENGTH : type->code);
    field->tag_size = (uint8_t)(varint_put(field->tag_bytes, field->tag) - field->tag_bytes);
    plan->reserve += field->tag_size + VARINT_BYTES;
    plan->is_leaf = plan->is_leaf && type->kind <= P_BYTES;
    return 0;
}

/* The fields of each oneof in a ring. */
static void link_oneofs(Plan *plan)
{
    int first[MOST_ONEOFS + 1], last[MOST_ONEOFS + 1];
    for (int oneof = 0; oneof <= MOST_ONEOFS; oneof++)
        first[oneof] = -1;
    for (int at = 0; at < plan->count; at++) {
        Field *field = plan->fields + at;
        if (first[field->oneof] < 0)
            first[field->oneof] = at;
        else
            plan->fields[last[field->oneof]].sibling = (int16_t)at;
        last[field->oneof] = at;
        field->sibling = (int16_t)first[field->oneof];
    }
}

PyObject *message_plan_add(PyObject *module, PyObject *args)
{
    PyObject *rows;
    PyTypeObject *cls;
    int reads;
    if (!PyArg_ParseTuple(args, "O!O!p", &PyType_Type, &cls, &PyTuple_Type, &rows, &reads))
        return NULL;
    Plan *plan = plan_new(cls, rows, reads, field_fill);
    if (plan == NULL)
        return NULL;
    plan->keeps_unknown = true;
    plan->reserve += TAG_ROOM + NUMBER_ROOM;
    link_oneofs(plan);
    return registry_add(PyModule_GetState(module), PROTOBUF, plan) < 0 ? NULL : Py_NewRef(Py_None);
}
