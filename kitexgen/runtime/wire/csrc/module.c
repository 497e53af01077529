/* The module: what Python calls.
 *
 * Each function does what the Python function of the same name does, which `install` has put behind it: whatever is
 * not done here, for a mistake in the data as well as for a type that is too rare, that one does from the start. So it
 * alone says what is wrong. What is raised here are MemoryError and what is no Exception.
 */
#include "module.h"
#include "calls.h"
#include "driver.h"
#include "envelope.h"
#include "proto.h"
#include "reader.h"
#include "strings.h"
#include "writer.h"

static PyMethodDef METHODS[FUNCTIONS + 8]; /* the first FUNCTIONS of them in the order of Function */

typedef enum { BINARY, COMPACT, NEITHER } Protocol;

bool is_final(void)
{
    PyObject *type = PyErr_Occurred();
    if (LIKELY(type == NULL))
        return false;
    if (PyErr_GivenExceptionMatches(type, PyExc_Exception) && !PyErr_GivenExceptionMatches(type, PyExc_MemoryError)) {
        PyErr_Clear();
        return false;
    }
    return true;
}

NOINLINE PyObject *fall_back(State *state, Function function, PyObject *const *args, Py_ssize_t count,
                             PyObject *names)
{
    if (is_final())
        return NULL;
    state->fallen_back += !state->paused;
    if (state->fallbacks[function] == NULL)
        return PyErr_Format(PyExc_RuntimeError, "nothing is installed behind %s", METHODS[function].ml_name);
    return PyObject_Vectorcall(state->fallbacks[function], args, (size_t)count, names);
}

/* What the one keyword argument that may be there says. */
static inline Protocol protocol_of(State *state, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (LIKELY(names == NULL))
        return BINARY;
    if (PyTuple_GET_SIZE(names) != 1 || !is_word(PyTuple_GET_ITEM(names, 0), state->protocol))
        return NEITHER;
    return is_word(args[count], state->binary) ? BINARY : is_word(args[count], state->compact) ? COMPACT : NEITHER;
}

/* Start `writer` and write a record. Returns the place behind it. */
static inline uint8_t *write_with(Writer *writer, State *state, uint8_t *stack, Plan **found, PyObject *record,
                                  Protocol protocol, bool splits)
{
    writer->bytes = writer->apart = NULL;
    Plan *plan = *found = UNLIKELY(state->paused) ? NULL : plan_of(state, THRIFT, Py_TYPE(record));
    if (UNLIKELY(plan == NULL))
        return NULL;
    uint8_t *at = writer_begin(writer, state, stack, plan->hint);
    if (UNLIKELY(at == NULL))
        return NULL;
    writer->depth = 1;
    writer->splits = splits;
    return LIKELY(protocol == BINARY) ? write_binary_record(writer, at, plan, record)
                                      : write_compact_record(writer, at, plan, record);
}

static PyObject *written(State *state, PyObject *record, Protocol protocol)
{
    uint8_t stack[STACK_BUFFER];
    Writer writer;
    Plan *plan;
    uint8_t *at = write_with(&writer, state, stack, &plan, record, protocol, false);
    take_hint(plan, &writer, at);
    return writer_end(&writer, at);
}

static PyObject *read_with(State *state, PyObject *cls, PyObject *data, Py_ssize_t at, Protocol protocol, Py_ssize_t *end)
{
    if (UNLIKELY(state->paused) || UNLIKELY(!PyType_Check(cls)) || at < 0 || at > PyBytes_GET_SIZE(data))
        return NULL;
    Plan *plan = plan_of(state, THRIFT, (PyTypeObject *)cls);
    if (UNLIKELY(plan == NULL))
        return NULL;
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(data);
    Reader reader = {from + at, from + PyBytes_GET_SIZE(data), state, 1};
    PyObject *record = LIKELY(protocol == BINARY) ? read_binary_record(&reader, plan)
                                                  : read_compact_record(&reader, plan);
    *end = reader.at - from;
    return record;
}

static PyObject *encode(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (LIKELY(count == 1) && LIKELY(protocol != NEITHER)) {
        PyObject *made = written(state, args[0], protocol);
        if (LIKELY(made != NULL))
            return made;
    }
    return fall_back(state, ENCODE, args, count, names);
}

static PyObject *encoded_size(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (count == 1 && protocol != NEITHER) {
        uint8_t stack[STACK_BUFFER];
        Writer writer;
        Plan *plan;
        uint8_t *at = write_with(&writer, state, stack, &plan, args[0], protocol, false);
        Py_ssize_t size = at != NULL ? at - writer.base : -1;
        Py_CLEAR(writer.bytes);
        if (size >= 0)
            return PyLong_FromSsize_t(size);
    }
    return fall_back(state, ENCODED_SIZE, args, count, names);
}

static PyObject *decode(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    Protocol protocol = protocol_of(state, args, count, names);
    if (LIKELY(count == 2) && LIKELY(protocol != NEITHER)) {
        Py_ssize_t end = 0;
        PyObject *record = NULL, *data = args[1];
        if (LIKELY(PyBytes_CheckExact(data)))
            record = read_with(state, args[0], data, 0, protocol, &end);
        else if (PyByteArray_Check(data) || PyMemoryView_Check(data)) {
            /* A copy: what others may change while we read cannot be held against its end. */
            data = PyBytes_FromObject(data);
            if (data != NULL)
                record = read_with(state, args[0], data, 0, protocol, &end);
            Py_XDECREF(data);
        }
        if (LIKELY(record != NULL)) {
            if (LIKELY(end == (data == args[1] ? PyBytes_GET_SIZE(data) : PyObject_Size(args[1]))))
                return record;
            Py_DECREF(record); /* there is more behind it */
        }
    }
    return fall_back(state, DECODE, args, count, names);
}

static PyObject *encode_with(ARGUMENTS, Function function, Protocol protocol)
{
    State *state = PyModule_GetState(module);
    PyObject *made = count == 1 && names == NULL ? written(state, args[0], protocol) : NULL;
    return LIKELY(made != NULL) ? made : fall_back(state, function, args, count, names);
}

static PyObject *encode_binary(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_BINARY, BINARY); }

static PyObject *encode_compact(ARGUMENTS) { return encode_with(module, args, count, names, ENCODE_COMPACT, COMPACT); }

static PyObject *append_binary(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 2 && names == NULL && PyList_CheckExact(args[1])) {
        uint8_t stack[STACK_BUFFER];
        Writer writer;
        Plan *plan;
        uint8_t *at = write_with(&writer, state, stack, &plan, args[0], BINARY, true);
        take_hint(plan, &writer, at);
        if (writer_end_apart(&writer, at, args[1]) == 0)
            Py_RETURN_NONE;
    }
    return fall_back(state, APPEND_BINARY, args, count, names);
}

static PyObject *decode_with(ARGUMENTS, Function function, Protocol protocol)
{
    State *state = PyModule_GetState(module);
    Py_ssize_t at = 0, end = 0;
    if (count == 3) {
        at = PyLong_CheckExact(args[2]) ? PyLong_AsSsize_t(args[2]) : -1;
        if (at == -1)
            PyErr_Clear();
    }
    if (LIKELY(count == 2 || count == 3) && names == NULL && PyBytes_CheckExact(args[1])) {
        PyObject *record = read_with(state, args[0], args[1], at, protocol, &end);
        if (LIKELY(record != NULL)) {
            PyObject *place = PyLong_FromSsize_t(end), *pair = place != NULL ? PyTuple_New(2) : NULL;
            if (pair == NULL) {
                Py_XDECREF(place);
                Py_DECREF(record);
                return NULL;
            }
            PyTuple_SET_ITEM(pair, 0, record);
            PyTuple_SET_ITEM(pair, 1, place);
            return pair;
        }
    }
    return fall_back(state, function, args, count, names);
}

static PyObject *decode_binary(ARGUMENTS) { return decode_with(module, args, count, names, DECODE_BINARY, BINARY); }

static PyObject *decode_compact(ARGUMENTS) { return decode_with(module, args, count, names, DECODE_COMPACT, COMPACT); }

static PyObject *write_message_begin(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (count == 4 && names == NULL && !state->paused && is_word(args[0], state->binary)) {
        PyObject *made = binary_message_begin(args[1], args[2], args[3]);
        if (made != NULL)
            return made;
    }
    return fall_back(state, WRITE_MESSAGE_BEGIN, args, count, names);
}

static PyObject *read_message_begin(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if ((count == 2 || count == 3) && names == NULL && !state->paused && is_word(args[0], state->binary)
        && PyBytes_CheckExact(args[1])) {
        Py_ssize_t at = count == 3 && PyLong_CheckExact(args[2]) ? PyLong_AsSsize_t(args[2]) : count == 3 ? -1 : 0;
        PyObject *made = state->begin_type != NULL ? binary_message_open(state, args[1], at) : NULL;
        if (made != NULL)
            return made;
    }
    return fall_back(state, READ_MESSAGE_BEGIN, args, count, names);
}

/* pause(on): whether everything is left to Python from now on. Returns how it was. */
static PyObject *pause_(PyObject *module, PyObject *on)
{
    State *state = PyModule_GetState(module);
    bool before = state->paused;
    int wanted = PyObject_IsTrue(on);
    if (wanted < 0)
        return NULL;
    state->paused = wanted;
    return PyBool_FromLong(before);
}

/* fallbacks(): how often a call was left to Python. */
static PyObject *fallbacks(PyObject *module, PyObject *unused)
{
    return PyLong_FromSsize_t(((State *)PyModule_GetState(module))->fallen_back);
}

/* Say of one of ours what the Python function says of itself. The text is made once, and stays as long as the process. */
static int describe(PyMethodDef *method, PyObject *function)
{
    PyObject *doc = PyObject_GetAttrString(function, "__doc__");
    const char *text = doc != NULL && PyUnicode_Check(doc) ? PyUnicode_AsUTF8(doc) : NULL;
    if (text != NULL && method->ml_doc[strlen(method->ml_doc) - 1] == '\n') {
        size_t size = strlen(method->ml_doc), more = strlen(text) + 1;
        char *whole = PyMem_RawMalloc(size + more);
        if (whole != NULL) {
            memcpy(whole, method->ml_doc, size);
            memcpy(whole + size, text, more);
            method->ml_doc = whole;
        }
    }
    Py_XDECREF(doc);
    return PyErr_Occurred() ? -1 : 0;
}

/* install(name, function): put the Python function behind ours, and return ours. */
static PyObject *install(PyObject *module, PyObject *args)
{
    State *state = PyModule_GetState(module);
    const char *name;
    PyObject *function;
    if (!PyArg_ParseTuple(args, "sO", &name, &function))
        return NULL;
    for (int at = 0; at < FUNCTIONS; at++)
        if (strcmp(METHODS[at].ml_name, name) == 0) {
            if (describe(METHODS + at, function) < 0)
                return NULL;
            Py_XSETREF(state->fallbacks[at], Py_NewRef(function));
            return PyObject_GetAttrString(module, name);
        }
    return PyErr_Format(PyExc_ValueError, "there is no function %s", name);
}

/* A class that instances of ours are made of without its `__init__`, and two of its slots. */
static int know(PyObject **type, PyObject *given, const char *first, Py_ssize_t *one, const char *second,
                Py_ssize_t *other)
{
    PyObject *left = PyUnicode_InternFromString(first), *right = PyUnicode_InternFromString(second);
    int status = -1;
    if (left != NULL && right != NULL && PyType_Check(given)) {
        *one = slot_offset((PyTypeObject *)given, left);
        *other = *one < 0 ? -1 : slot_offset((PyTypeObject *)given, right);
        status = *other < 0 ? -1 : 0;
    }
    Py_XDECREF(left);
    Py_XDECREF(right);
    if (status == 0)
        Py_XSETREF(*type, Py_NewRef(given));
    else if (!PyErr_Occurred())
        PyErr_Format(PyExc_TypeError, "%R is no such class", given);
    return status;
}

/* know(resolve, resolve_message, UUID, SafeUUID.unknown, FrozenMap, array): the Python that plans and values are made
 * with.
 */
static PyObject *know_classes(PyObject *module, PyObject *args)
{
    static const char letters[] = "?bhiqd";
    static const int widths[] = {0, 1, 2, 4, 8, 8};
    State *state = PyModule_GetState(module);
    PyObject *resolve, *resolve_message, *uuid, *safe, *map, *array;
    if (!PyArg_ParseTuple(args, "OOOOOO", &resolve, &resolve_message, &uuid, &safe, &map, &array))
        return NULL;
    if (know(&state->uuid_type, uuid, "int", &state->uuid_int, "is_safe", &state->uuid_is_safe) < 0
        || know(&state->map_type, map, "_entries", &state->map_entries, "_hash", &state->map_hash) < 0)
        return NULL;
    for (int kind = K_I8; kind <= K_DOUBLE; kind++) {
        PyObject *one = PyObject_CallFunction(array, "C(i)", letters[kind], 0);
        Py_buffer buffer;
        if (one == NULL || PyObject_GetBuffer(one, &buffer, PyBUF_SIMPLE) < 0) {
            Py_XDECREF(one);
            return NULL;
        }
        bool fits = buffer.len == widths[kind];
        PyBuffer_Release(&buffer);
        Py_DECREF(one);
        if (!fits)
            return PyErr_Format(PyExc_ImportError, "array('%c') has another width than expected", letters[kind]);
        Py_XSETREF(state->array_codes[kind], PyUnicode_FromStringAndSize(letters + kind, 1));
    }
    Py_XSETREF(state->uuid_safe, Py_NewRef(safe));
    Py_XSETREF(state->array_type, Py_NewRef(array));
    Py_XSETREF(state->resolve[THRIFT], Py_NewRef(resolve));
    Py_XSETREF(state->resolve[PROTOBUF], Py_NewRef(resolve_message));
    Py_RETURN_NONE;
}

/* know_begin(cls): MessageBegin, a tuple of four. */
static PyObject *know_begin(PyObject *module, PyObject *cls)
{
    State *state = PyModule_GetState(module);
    if (!PyType_Check(cls) || !PyType_IsSubtype((PyTypeObject *)cls, &PyTuple_Type)
        || ((PyTypeObject *)cls)->tp_basicsize != PyTuple_Type.tp_basicsize
        || ((PyTypeObject *)cls)->tp_alloc != PyType_GenericAlloc)
        return PyErr_Format(PyExc_TypeError, "%R is no plain tuple", cls);
    Py_XSETREF(state->begin_type, Py_NewRef(cls));
    Py_RETURN_NONE;
}

#define ENTRY(name, signature) \
    {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL | METH_KEYWORDS, #name signature "\n--\n\n"}

static PyMethodDef METHODS[FUNCTIONS + 8] = {
    ENTRY(encode, "(record, *, protocol='binary')"),
    ENTRY(decode, "(cls, data, *, protocol='binary')"),
    ENTRY(encoded_size, "(record, *, protocol='binary')"),
    ENTRY(encode_binary, "(record)"),
    ENTRY(append_binary, "(record, pieces)"),
    ENTRY(decode_binary, "(cls, data, at=0)"),
    ENTRY(encode_compact, "(record)"),
    ENTRY(decode_compact, "(cls, data, at=0)"),
    ENTRY(write_usual_call, "(form, sequence_id, arguments)"),
    ENTRY(take_usual_answers, "(data, waiting, plain, limit)"),
    ENTRY(open_usual_answer, "(data, sequence_id, opening, plain, limit)"),
    ENTRY(write_message_begin, "(protocol, name, kind, sequence)"),
    ENTRY(read_message_begin, "(protocol, data, at=0)"),
    ENTRY(encode_message, "(message, *, deterministic=False)"),
    ENTRY(decode_message, "(cls, data)"),
    ENTRY(message_size, "(message)"),
    ENTRY(encode_protobuf, "(message, *, deterministic=False)"),
    ENTRY(append_protobuf, "(message, pieces)"),
    ENTRY(decode_protobuf, "(cls, data)"),
    ENTRY(copy_slots, "(template)"),
    ENTRY(read_info_area, "(info)"),
    {"add", plan_add, METH_VARARGS, NULL},
    {"add_message", message_plan_add, METH_VARARGS, NULL},
    {"install", install, METH_VARARGS, NULL},
    {"pause", pause_, METH_O, NULL},
    {"fallbacks", fallbacks, METH_NOARGS, NULL},
    {"know", know_classes, METH_VARARGS, NULL},
    {"know_begin", know_begin, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int module_exec(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (layout_check() < 0 || (state->set_result = PyUnicode_InternFromString("set_result")) == NULL)
        return -1;
    for (int family = 0; family < FAMILIES; family++) {
        state->registries[family] = registry_new(256);
        if (state->registries[family] == NULL)
            return -1;
    }
    state->binary = PyUnicode_InternFromString("binary");
    state->compact = PyUnicode_InternFromString("compact");
    state->protocol = PyUnicode_InternFromString("protocol");
    state->deterministic = PyUnicode_InternFromString("deterministic");
    state->nothing = PyTuple_New(0);
    state->no_bytes = PyBytes_FromStringAndSize(NULL, 0);
    if (!state->binary || !state->compact || !state->protocol || !state->deterministic || !state->nothing
        || !state->no_bytes)
        return -1;
    PyType_Spec *specs[] = {&CALLS_SPEC, &DRIVER_SPEC};
    for (size_t at = 0; at < sizeof(specs) / sizeof(*specs); at++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[at], NULL);
        int status = type != NULL ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
        Py_XDECREF(type);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    for (int family = 0; family < FAMILIES; family++)
        Py_VISIT(state->resolve[family]);
    Py_VISIT(state->uuid_type);
    Py_VISIT(state->uuid_safe);
    Py_VISIT(state->map_type);
    Py_VISIT(state->array_type);
    Py_VISIT(state->begin_type);
    for (int at = 0; at < FUNCTIONS; at++)
        Py_VISIT(state->fallbacks[at]);
    return registry_traverse(state, visit, arg);
}

static int module_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    for (int family = 0; family < FAMILIES; family++)
        Py_CLEAR(state->resolve[family]);
    Py_CLEAR(state->uuid_type);
    Py_CLEAR(state->uuid_safe);
    Py_CLEAR(state->map_type);
    Py_CLEAR(state->array_type);
    Py_CLEAR(state->begin_type);
    for (int at = 0; at < FUNCTIONS; at++)
        Py_CLEAR(state->fallbacks[at]);
    state->paused = true; /* without plans and classes there is nothing that could be done here */
    return 0;
}

static void module_free(void *module)
{
    State *state = PyModule_GetState((PyObject *)module);
    module_clear((PyObject *)module);
    for (int kind = 0; kind <= K_DOUBLE; kind++)
        Py_CLEAR(state->array_codes[kind]);
    Py_CLEAR(state->binary);
    Py_CLEAR(state->compact);
    Py_CLEAR(state->protocol);
    Py_CLEAR(state->deterministic);
    Py_CLEAR(state->set_result);
    Py_CLEAR(state->nothing);
    Py_CLEAR(state->no_bytes);
    registry_clear(state);
}

static PyModuleDef_Slot SLOTS[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    .m_name = "kitexgen.runtime.wire._native",
    .m_doc = "Thrift and Protobuf codecs over generated records, compiled. `kitexgen.runtime.wire.native` is what uses it.",
    .m_size = sizeof(State),
    .m_methods = METHODS,
    .m_slots = SLOTS,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModuleDef_Init(&MODULE); }
